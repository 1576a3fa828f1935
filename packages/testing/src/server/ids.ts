import { createHash } from 'node:crypto';

/** Ids that look as a provider's do. They follow from a count, so that two runs of a test see the same. */
export class Ids {
  #count = 0;

  /** @example ids.next('call_', 24) // call_ and 24 letters and digits */
  next(prefix: string, length: number): string {
    this.#count += 1;
    const bytes = createHash('sha512').update(`${prefix}${this.#count}`).digest();
    return `${prefix}${bytes
      .toString('base64')
      .replaceAll(/[^A-Za-z0-9]/g, '')
      .slice(0, length)}`;
  }
}

/** Opaque data that belongs to a text, as a signature or an encryption of it would. */
export const seal = (text: string): string => createHash('sha512').update(`sealed:${text}`).digest('base64');
