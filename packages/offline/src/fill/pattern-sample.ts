import type { JsonSchema } from '@espalier/core';
import { numberOf } from './fits.js';

/**
 * A text that a simple pattern matches: literals, classes, groups, alternatives and quantifiers. Best effort: look-around and
 * back references are not known, and the caller checks what comes out.
 */
export function sampleOf(schema: JsonSchema): string | undefined {
  if (typeof schema.pattern !== 'string') return undefined;
  const least = numberOf(schema, 'minLength', 0);
  try {
    const short = new PatternReader(schema.pattern, 0).read();
    return short.length >= least ? short : new PatternReader(schema.pattern, least).read();
  } catch {
    return undefined;
  }
}

const classes: Readonly<Record<string, string>> = {
  d: '0',
  w: 'a',
  s: ' ',
  D: 'a',
  W: '-',
  S: 'a',
  n: '\n',
  t: '\t',
  b: '',
  B: '',
};

class PatternReader {
  private at = 0;

  /** @param length how often an unbounded quantifier repeats at least */
  constructor(
    private readonly pattern: string,
    private readonly length: number,
  ) {}

  read(): string {
    const text = this.alternatives();
    if (this.at < this.pattern.length) throw new SyntaxError('unbalanced');
    return text;
  }

  /** The first alternative; the others are read over. */
  private alternatives(): string {
    const first = this.sequence();
    while (this.pattern[this.at] === '|') {
      this.at += 1;
      this.sequence();
    }
    return first;
  }

  private sequence(): string {
    let text = '';
    while (this.at < this.pattern.length && !'|)'.includes(this.pattern[this.at] as string)) {
      const atom = this.atom();
      text += atom.repeat(this.times());
    }
    return text;
  }

  private atom(): string {
    const mark = this.pattern[this.at++] as string;
    if (mark === '^' || mark === '$') return '';
    if (mark === '.') return 'a';
    if (mark === '[') return this.set();
    if (mark === '(') return this.group();
    if (mark !== '\\') return mark;
    const escaped = this.pattern[this.at++] as string;
    if (/[1-9kpPuxc]/.test(escaped)) throw new SyntaxError('unknown escape');
    return classes[escaped] ?? escaped;
  }

  private group(): string {
    if (this.pattern.startsWith('?:', this.at)) this.at += 2;
    else if (this.pattern.startsWith('?<', this.at) && !/[=!]/.test(this.pattern[this.at + 2] as string))
      this.at = this.pattern.indexOf('>', this.at) + 1;
    else if (this.pattern[this.at] === '?') throw new SyntaxError('look-around');
    const text = this.alternatives();
    this.at += 1;
    return text;
  }

  /** A member of a set; for a negated one, the first of some that the set leaves over. */
  private set(): string {
    const start = this.at;
    while (this.pattern[this.at] !== ']' || this.at === start) {
      if (this.at >= this.pattern.length) throw new SyntaxError('open set');
      this.at += this.pattern[this.at] === '\\' ? 2 : 1;
    }
    const body = this.pattern.slice(start, this.at);
    this.at += 1;
    const pattern = new RegExp(`^[${body}]$`, 'u');
    const member = ['a', 'A', '0', '-', ' ', '_', ...body].find((character) => pattern.test(character));
    if (member === undefined) throw new SyntaxError('empty set');
    return member;
  }

  private times(): number {
    const rest = this.pattern.slice(this.at);
    const match = /^(?:[*+?]|\{(\d+)(,(\d*))?\})\??/.exec(rest);
    if (match === null) return 1;
    this.at += match[0].length;
    const most = match[0].startsWith('?')
      ? 1
      : match[2] === undefined && match[1] !== undefined
        ? Number(match[1])
        : match[3]
          ? Number(match[3])
          : 1_000;
    const least = match[1] !== undefined ? Number(match[1]) : match[0].startsWith('+') ? 1 : 0;
    return Math.max(least, Math.min(most, this.length));
  }
}
