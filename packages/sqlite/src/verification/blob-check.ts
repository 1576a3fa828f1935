import type { Blobs } from '../blobs/blobs.js';
import { isPacked, unpack } from '../blobs/packed-record.js';
import type { Faults } from './faults.js';

/** Looks whether the large values that records refer to are there, as they were. Each is read once. */
export class BlobCheck {
  readonly #blobs: Blobs;
  readonly #faults: Faults;
  readonly #known = new Map<string, 'whole' | 'changed' | 'missing'>();

  constructor(blobs: Blobs, faults: Faults) {
    this.#blobs = blobs;
    this.#faults = faults;
  }

  /** @param text of a record, or of a value that was taken out of one */
  check(seq: number, text: string): void {
    if (!isPacked(text)) return;
    try {
      unpack(text, (hash) => {
        const state = this.#known.get(hash) ?? this.#read(seq, hash);
        this.#known.set(hash, state);
        if (state !== 'whole') this.#faults.add(seq, state, messages[state](seq));
        return null;
      });
    } catch {
      // A text that is no JSON has no hash that follows from the one before it: it was named for that.
    }
  }

  #read(seq: number, hash: string): 'whole' | 'changed' | 'missing' {
    if (!this.#blobs.has(hash)) return 'missing';
    try {
      const text = this.#blobs.text(hash);
      if (!this.#blobs.isWhole(hash, text)) return 'changed';
      this.check(seq, text);
      return 'whole';
    } catch {
      return 'changed';
    }
  }
}

const messages = {
  changed: (seq: number) => `A large value of record ${seq} was changed.`,
  missing: (seq: number) => `A large value of record ${seq} is missing.`,
} as const;
