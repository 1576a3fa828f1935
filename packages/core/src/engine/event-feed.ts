import type { Event } from '../events/event.js';

interface Reader {
  readonly event: (event: Event) => void;
  readonly closed: () => void;
  /** Whether it has gone. */
  gone: boolean;
}

/**
 * Tells readers of a run's events.
 *
 * E1 Every reader gets the events in the order in which they were told, also when one of them causes further ones.
 * E2 A reader that comes while an event is told gets those after it; one that leaves gets no more.
 * E3 `closed` comes once, after all events.
 */
export class EventFeed {
  /** Copied on change: it may change while it is read. */
  #readers: readonly Reader[] = [];
  #waiting: Event[] = [];
  #telling = false;
  #closed = false;

  get isRead(): boolean {
    return this.#readers.length > 0;
  }

  /** @returns what ends it */
  read(event: (event: Event) => void, closed: () => void): () => void {
    const reader: Reader = { event, closed, gone: false };
    this.#readers = [...this.#readers, reader];
    return () => {
      reader.gone = true;
      this.#readers = this.#readers.filter((other) => other !== reader);
    };
  }

  tell(event: Event): void {
    if (this.#readers.length === 0) return;
    this.#waiting.push(event);
    this.#work();
  }

  close(): void {
    this.#closed = true;
    this.#work();
  }

  #work(): void {
    if (this.#telling) return;
    this.#telling = true;
    for (let at = 0; at < this.#waiting.length; at++) {
      const event = this.#waiting[at] as Event;
      for (const reader of this.#readers) if (!reader.gone) reader.event(event);
    }
    this.#waiting = [];
    this.#telling = false;
    if (!this.#closed) return;
    const readers = this.#readers;
    this.#readers = [];
    for (const reader of readers) if (!reader.gone) reader.closed();
  }
}
