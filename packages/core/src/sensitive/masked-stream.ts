import type { Range } from './marks.js';
import { maskRanges } from './mask-record.js';

/** Finds sensitive values. */
interface Finder {
  find(text: string): readonly Range[];
  /** From where on a text may be the beginning of a value. */
  tailOf(text: string): number;
}

/** So much that is held back is looked at with every piece. What is longer has to grow by an eighth first: see S2. */
const LOOKED_AT = 256;

/**
 * Text that comes in pieces, with sensitive values masked. What may be the beginning of a value is held back until it is
 * known whether it is one.
 *
 * S1 No part of a value is shown before it is known that it is none, however the text was cut.
 * S2 What is held back is searched from its beginning, so a long text that is the beginning of a longer value is not searched
 *    with every piece: the time would grow with the square of its length. It is shown a little later.
 */
export class MaskedStream {
  readonly #values: Finder;
  #held = '';
  /** How long what is held back has to be to be searched. */
  #due = 0;

  constructor(values: Finder) {
    this.#values = values;
  }

  /** @returns what may be shown now */
  next(piece: string): string {
    const text = this.#held + piece;
    this.#held = text;
    if (text.length < this.#due) return '';
    const found = this.#values.find(text);
    let from = this.#values.tailOf(text);
    for (const range of found) if (range.from < from && range.to > from) from = range.from;
    this.#held = text.slice(from);
    const { length } = this.#held;
    this.#due = length < LOOKED_AT ? 0 : length * (9 / 8);
    const safe = found.filter(({ to }) => to <= from);
    return maskRanges(text.slice(0, from), safe);
  }

  /** @returns what was held back */
  end(): string {
    const text = this.#held;
    this.#held = '';
    this.#due = 0;
    return maskRanges(text, this.#values.find(text));
  }
}
