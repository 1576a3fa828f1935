import type { ChainFault } from '@espalier/core';

/** How many faults are named at most: a report stays small, whatever has happened to the file. */
export const MOST = 1000;

/** What is found, as it is found. */
export class Faults {
  readonly #found: ChainFault[] = [];
  /** Records that have not come where they belong, as first and last. Some come later. */
  #missing: (readonly [number, number])[] = [];

  add(seq: number, kind: ChainFault['kind'], message: string): void {
    if (this.#found.length < MOST) this.#found.push({ seq, kind, message });
  }

  miss(first: number, last: number): void {
    if (this.#missing.length < MOST) this.#missing.push([first, last]);
  }

  /** Whether a record was named. */
  has(seq: number): boolean {
    return this.#found.some((fault) => fault.seq === seq);
  }

  /** @returns whether a record was missing until now */
  comesLate(seq: number): boolean {
    const range = this.#missing.find(([first, last]) => first <= seq && seq <= last);
    if (range === undefined) return false;
    const parts = [[range[0], seq - 1] as const, [seq + 1, range[1]] as const].filter(([first, last]) => first <= last);
    this.#missing = this.#missing.flatMap((other) => (other === range ? parts : [other]));
    return true;
  }

  /** In the order of the history. */
  all(): readonly ChainFault[] {
    const missing = this.#missing.map(([first, last]) => ({
      ...{ seq: first, kind: 'missing' as const },
      message: first === last ? `Record ${first} is missing.` : `Records ${first} to ${last} are missing.`,
    }));
    return [...this.#found, ...missing].sort((one, other) => one.seq - other.seq).slice(0, MOST);
  }
}
