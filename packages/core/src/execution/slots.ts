import { ReadyQueue, type Startable } from './ready-queue.js';

/** A node run as the slots see it. */
export interface SlotHolder {
  readonly order: number;
  readonly item: number;
  holdsSlot: boolean;
  /** How many waits are open in it and in what runs inside it. */
  waits: number;
}

/**
 * The slots of one run, and what is ready for one.
 *
 * S1 No more slots are held than there are.
 * S2 A holder gives its slot back when it begins to wait, and queues for one before it goes on.
 * S3 What is ready gets a slot in the order of the graph, then of items.
 */
export class Slots {
  readonly #count: number;
  readonly #ready = new ReadyQueue();
  #held = 0;
  #waiting = 0;

  constructor(count: number) {
    this.#count = count;
  }

  get held(): number {
    return this.#held;
  }

  /** Whether all that is left waits. */
  get resting(): boolean {
    return this.#held === 0 && this.#waiting > 0 && this.#ready.size === 0;
  }

  /** How many are ready for a slot. */
  get queued(): number {
    return this.#ready.size;
  }

  queue(entry: Startable): void {
    this.#ready.push(entry);
  }

  /** What may start now. */
  next(): Startable | undefined {
    return this.#held < this.#count ? this.#ready.pop() : undefined;
  }

  clear(): void {
    this.#ready.clear();
  }

  take(holder: SlotHolder): void {
    holder.holdsSlot = true;
    this.#held += 1;
  }

  giveBack(holder: SlotHolder): void {
    if (!holder.holdsSlot) return;
    holder.holdsSlot = false;
    this.#held -= 1;
  }

  beginWait(holder: SlotHolder): void {
    holder.waits += 1;
    if (holder.waits === 1) this.#waiting += 1;
    this.giveBack(holder);
  }

  endWait(holder: SlotHolder): void {
    holder.waits -= 1;
    if (holder.waits === 0) this.#waiting -= 1;
  }

  /**
   * Calls back when the holder has a slot: at once if it has one already.
   * @returns what takes it out of the queue
   */
  whenHeld(holder: SlotHolder, then: () => void): () => void {
    if (holder.holdsSlot) {
      then();
      return nothing;
    }
    let wanted = true;
    this.queue({
      order: holder.order,
      item: holder.item,
      start: () => {
        if (!wanted) return;
        // While other waits of the holder are open, it goes on without a slot: it would hold it for as long as they last.
        if (holder.waits === 0 && !holder.holdsSlot) this.take(holder);
        then();
      },
    });
    return () => {
      wanted = false;
    };
  }
}

const nothing = (): void => {};
