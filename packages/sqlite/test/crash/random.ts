/** Numbers in [0, 1) that are the same for the same seed: mulberry32. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Random choices of one round. */
export class Choices {
  readonly #random: () => number;

  constructor(seed: number, round: number) {
    this.#random = randomNumbers(Math.imul(seed, 0x9e3779b1) ^ round);
  }

  /** A whole number from 0, below `end`. */
  below(end: number): number {
    return Math.floor(this.#random() * end);
  }

  one<T>(of: readonly T[]): T {
    return of[this.below(of.length)] as T;
  }

  /** So many of these, or all, each once. */
  some<T>(of: readonly T[], count: number): readonly T[] {
    const left = [...of];
    return Array.from({ length: Math.min(count, of.length) }, () => left.splice(this.below(left.length), 1)[0] as T);
  }
}
