import type { Source } from './briefing.js';

/** Numbers sources in the order in which they are first cited. */
export class Citations {
  readonly #sources: Source[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf({ path, line, heading, quote }: Source): number {
    const key = `${path}\n${line}\n${quote}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#sources.push({ path, line, heading, quote });
    this.#numbers.set(key, this.#sources.length);
    return this.#sources.length;
  }

  all(): readonly Source[] {
    return this.#sources;
  }
}
