import { redactSecrets } from '@espalier/core';
import type { Environment } from './mode.js';

export interface RedactOptions {
  /** Values that must never be in the file, besides what looks like a key and what the environment holds. */
  readonly secrets?: readonly string[];
  /** Your own replacement, after all others: for what is private in your domain, such as names. Must be pure. */
  readonly redact?: (text: string) => string;
}

/** Fields whose text is a secret, whatever it looks like. */
const secretKey =
  /^(?:proxy-?)?authorization$|api[-_]?key$|^(?:access|auth|refresh|id|bearer|session)?[-_]?token$|secret$|password$|^passwd$|cookie$|private[-_]?key$/i;

/** Variables whose values are secrets. */
const secretVariable = /KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL/i;

/** Long, and of letters and digits: a word that a prompt may have is none. */
const looksRandom = (value: string): boolean =>
  value.length >= 16 && /^[\w.~+/=:-]+$/.test(value) && /\d/.test(value) && /[A-Za-z]/.test(value);

const MASK = '***';

/** Takes secrets out of whatever goes into a cassette, and out of what is looked up in it: both sides look the same. */
export class Redactor {
  readonly #values: readonly string[];
  readonly #own: (text: string) => string;

  constructor({ secrets = [], redact = (text) => text }: RedactOptions, env: Environment) {
    const fromEnv = Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && secretVariable.test(name) && looksRandom(value) ? [value] : [],
    );
    // The longest first: one may be a part of another.
    this.#values = [...new Set([...secrets, ...fromEnv])]
      .filter((value) => value !== '')
      .sort((a, b) => b.length - a.length);
    this.#own = redact;
  }

  text(text: string): string {
    let redacted = this.#json(text);
    for (const value of this.#values) redacted = redacted.replaceAll(value, MASK);
    return this.#own(redactSecrets(redacted));
  }

  /** Arguments and results of tools are often JSON in a text: their fields tell what is secret. */
  #json(text: string): string {
    if (!/^\s*[{[]/.test(text)) return text;
    try {
      const data: unknown = JSON.parse(text);
      const redacted = JSON.stringify(this.#walk(data, ''));
      return redacted === JSON.stringify(data) ? text : redacted;
    } catch {
      return text;
    }
  }

  /** The same data with its texts redacted, and the text of fields that are secrets by their names. */
  data<T>(value: T): T {
    return this.#walk(value, '') as T;
  }

  #walk(value: unknown, key: string): unknown {
    if (typeof value === 'string') return secretKey.test(key) && value !== '' ? MASK : this.text(value);
    if (Array.isArray(value)) return value.map((one) => this.#walk(one, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.#walk(one, name)]));
  }

  /**
   * Pieces of one text. A secret may be cut in two between pieces: then the text is kept as one piece.
   */
  pieces(pieces: readonly string[]): readonly string[] {
    const whole = pieces.join('');
    const redacted = this.text(whole);
    return redacted === whole ? pieces : [redacted];
  }
}
