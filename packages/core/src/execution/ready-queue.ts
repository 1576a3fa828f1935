/** Something that waits for a slot. */
export interface Startable {
  /** Topological index of its node: the lowest starts first. */
  readonly order: number;
  /** Breaks ties within a node: the index of the item. */
  readonly item: number;
  start(): void;
}

/** Ready work by topological index, then item: a binary heap, so that a wide graph costs n log n. */
export class ReadyQueue {
  readonly #heap: Startable[] = [];

  get size(): number {
    return this.#heap.length;
  }

  push(entry: Startable): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Startable;
      if (!before(entry, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  pop(): Startable | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (heap.length > 0 && last !== undefined) this.#sink(last);
    return first;
  }

  clear(): void {
    this.#heap.length = 0;
  }

  #sink(entry: Startable): void {
    const heap = this.#heap;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      const right = heap[child + 1];
      if (right !== undefined && before(right, heap[child] as Startable)) child += 1;
      const below = heap[child] as Startable;
      if (!before(below, entry)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = entry;
  }
}

const before = (a: Startable, b: Startable): boolean => a.order < b.order || (a.order === b.order && a.item < b.item);
