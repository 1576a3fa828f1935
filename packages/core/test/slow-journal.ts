import {
  type Answer,
  type Journal,
  type JournalRecord,
  type Lease,
  MemoryJournal,
  type Rest,
  type RunFilter,
  type RunStartEvent,
} from '@espalier/core';

/** A journal on a slow disk: every call takes turns of the event loop, appends are kept in order, and one may fail. */
export class SlowJournal implements Journal {
  readonly kept = new MemoryJournal();
  readonly #turns: () => number;
  readonly #failAt: number;
  #appends = 0;
  #queue: Promise<unknown> = Promise.resolve();

  /** @param failAt number of the append that fails, from 1, and all after it */
  constructor(turns: () => number, failAt = Number.POSITIVE_INFINITY) {
    this.#turns = turns;
    this.#failAt = failAt;
  }

  create(start: RunStartEvent, owner: string, taken?: readonly JournalRecord[]): Promise<Lease> {
    return this.#later(() => this.kept.create(start, owner, taken));
  }

  acquire(runId: string, owner: string): Promise<Lease> {
    return this.#later(() => this.kept.acquire(runId, owner));
  }

  append(lease: Lease, record: JournalRecord): Promise<void> {
    this.#appends += 1;
    const fails = this.#appends >= this.#failAt;
    return this.#later(() => {
      if (fails) throw new Error('the disk is full');
      this.kept.append(lease, record);
    });
  }

  rest(lease: Lease, rest: Rest): Promise<void> {
    return this.#later(() => this.kept.rest(lease, rest));
  }

  release(lease: Lease): Promise<void> {
    return this.#later(() => this.kept.release(lease));
  }

  read(runId: string, from?: number): Promise<readonly JournalRecord[]> {
    return this.#later(() => this.kept.read(runId, from));
  }

  find(runId: string) {
    return this.#later(() => this.kept.find(runId));
  }

  list(filter?: RunFilter) {
    return this.#later(() => this.kept.list(filter));
  }

  answer(runId: string, answer: Answer): Promise<boolean> {
    return this.#later(() => this.kept.answer(runId, answer));
  }

  answered(runId: string, node: string, step: string): Promise<Answer | undefined> {
    return this.#later(() => this.kept.answered(runId, node, step));
  }

  onAnswer(runId: string, listener: (answer: Answer) => void): () => void {
    return this.kept.onAnswer(runId, listener);
  }

  #later<T>(perform: () => T): Promise<T> {
    const done = this.#queue.then(async () => {
      for (let turns = this.#turns(); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
      return perform();
    });
    this.#queue = done.catch(() => {});
    return done;
  }
}
