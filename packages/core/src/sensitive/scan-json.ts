import type { Range } from './marks.js';
import { isWhole, ofItem, ofProperty, resolved, type SensitiveShape, type Shapes } from './sensitive-shape.js';

/**
 * The sensitive parts of the JSON in a text that a model wrote, by its shape. Where a bracket begins no JSON, as in an
 * answer that was cut off, all of the text is sensitive: which part of it is can't be told.
 */
export function scanJson(text: string, shape: SensitiveShape): readonly Range[] {
  if (text.trim() === '') return [];
  const all = [{ from: 0, to: text.length }];
  const shapes = resolved([shape]);
  if (isWhole(shapes)) return all;
  const found: Range[] = [];
  for (let at = nextBracket(text, 0); at >= 0; ) {
    const scanner = new JsonScanner(text, at);
    try {
      at = nextBracket(text, scanner.scan(shapes));
    } catch (error) {
      if (error === noJson) return all;
      throw error;
    }
    found.push(...scanner.found);
  }
  return found;
}

function nextBracket(text: string, from: number): number {
  const offset = text.slice(from).search(/[[{]/);
  return offset < 0 ? -1 : from + offset;
}

const noJson = new Error('no JSON');

const scalar = /true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Deeper JSON is refused by whoever parses it. */
const MAX_DEPTH = 1000;

/** Walks along a JSON text and notes where the sensitive values are. */
class JsonScanner {
  readonly found: Range[] = [];
  readonly #text: string;
  #at: number;
  #depth = 0;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  /** @returns where the JSON ends */
  scan(shapes: Shapes): number {
    this.#value(shapes);
    return this.#at;
  }

  #value(shapes: Shapes): void {
    this.#space();
    const from = this.#at;
    const sensitive = isWhole(shapes);
    const isText = this.#peek() === '"';
    const below = sensitive ? nothing : shapes;
    if (isText) this.#string();
    else if (this.#peek() === '{') this.#list('}', () => this.#property(below));
    else if (this.#peek() === '[') {
      let index = 0;
      this.#list(']', () => this.#value(ofItem(below, index++)));
    } else this.#scalar();
    if (!sensitive) return;
    this.found.push(isText ? { from: from + 1, to: this.#at - 1 } : { from, to: this.#at, json: true });
  }

  #property(shapes: Shapes): void {
    this.#space();
    const key = this.#string();
    this.#space();
    if (this.#peek() !== ':') throw noJson;
    this.#at += 1;
    this.#value(ofProperty(shapes, key));
  }

  #list(end: string, part: () => void): void {
    if (++this.#depth > MAX_DEPTH) throw noJson;
    this.#at += 1;
    this.#space();
    if (this.#peek() !== end) {
      for (;;) {
        part();
        this.#space();
        if (this.#peek() !== ',') break;
        this.#at += 1;
      }
    }
    if (this.#peek() !== end) throw noJson;
    this.#at += 1;
    this.#depth -= 1;
  }

  #string(): string {
    if (this.#peek() !== '"') throw noJson;
    const from = this.#at;
    for (let at = from + 1; at < this.#text.length; at++) {
      const code = this.#text.charCodeAt(at);
      if (code === 0x5c) at += 1;
      else if (code === 0x22) {
        this.#at = at + 1;
        return unquoted(this.#text.slice(from, this.#at));
      }
    }
    throw noJson;
  }

  #scalar(): void {
    scalar.lastIndex = this.#at;
    if (!scalar.test(this.#text)) throw noJson;
    this.#at = scalar.lastIndex;
  }

  #space(): void {
    while (this.#at < this.#text.length && this.#text.charCodeAt(this.#at) <= 0x20) this.#at += 1;
  }

  #peek(): string | undefined {
    return this.#text[this.#at];
  }
}

const nothing: Shapes = new Set();

function unquoted(token: string): string {
  try {
    return JSON.parse(token) as string;
  } catch {
    throw noJson;
  }
}
