import type { Range } from './marks.js';
import { maskRanges } from './mask-record.js';

/** Finds sensitive values. */
interface Finder {
  find(text: string): readonly Range[];
  /** From where on a text may be the beginning of a value. */
  tailOf(text: string): number;
}

/**
 * Text that comes in pieces, with sensitive values masked. What may be the beginning of a value is held back until it is
 * known whether it is one.
 */
export class MaskedStream {
  readonly #values: Finder;
  #held = '';

  constructor(values: Finder) {
    this.#values = values;
  }

  /** @returns what may be shown now */
  next(piece: string): string {
    const text = this.#held + piece;
    const found = this.#values.find(text);
    let from = this.#values.tailOf(text);
    for (const range of found) if (range.from < from && range.to > from) from = range.from;
    this.#held = text.slice(from);
    const safe = found.filter(({ to }) => to <= from);
    return maskRanges(text.slice(0, from), safe);
  }

  /** @returns what was held back */
  end(): string {
    const text = this.#held;
    this.#held = '';
    return maskRanges(text, this.#values.find(text));
  }
}
