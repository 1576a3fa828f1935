import { formatMark, pointerOf, type Range } from './marks.js';
import { MaskedStream } from './masked-stream.js';
import { scanJson } from './scan-json.js';
import type { SensitiveShape } from './sensitive-shape.js';
import { TextIndex } from './text-index.js';
import { visitLeaves, visitSensitive } from './visit-sensitive.js';

/** A step of a run: what streams belongs to one. A run shares what it knows with its child runs. */
type StepPlace = { readonly runId: string; readonly node: string; readonly attempt: number; readonly step: string };

/** Shorter values are found only where a schema says that they are: as text they would be everywhere. */
export const SHORTEST = 4;

/**
 * The sensitive values that a run has met. Each is looked for in all that is recorded after it, however it got there:
 * in prompts, arguments, outputs and errors.
 */
export class SensitiveValues {
  readonly #index = new TextIndex();
  readonly #texts = new Set<string>();
  readonly #numbers = new Set<number>();
  /** Names of tools that there are not: models wrote them. */
  readonly #invented = new Set<string>();
  readonly #streams = new Map<string, MaskedStream>();

  /** Takes up what a schema marks of a value. @returns the marks of it, for a record that has the value at these keys */
  learn(value: unknown, shape: SensitiveShape, at: readonly (string | number)[] = []): readonly string[] {
    const marks: string[] = [];
    visitSensitive(value, shape, (part, keys) => {
      this.add(part);
      marks.push(pointerOf([...at, ...keys]));
    });
    return marks;
  }

  /** The same for JSON that is still text, such as the arguments of a tool call. */
  learnJson(text: string, shape: SensitiveShape, at: readonly (string | number)[]): readonly string[] {
    const ranges = scanJson(text, shape);
    if (ranges.length === 0) return [];
    for (const range of ranges) this.addPart(text, range);
    return [formatMark({ keys: at.map(String), ranges })];
  }

  /** A part of a text, which may be JSON. */
  addPart(text: string, { from, to, json }: Range): void {
    const part = text.slice(from, to);
    this.add(json === true ? parsed(part) : part);
  }

  /** Takes up every string and number of a value. */
  add(value: unknown): void {
    visitLeaves(value, (leaf) => (typeof leaf === 'string' ? this.#addText(leaf) : this.#addNumber(leaf)));
  }

  /** Takes up all that another run knows. */
  addAll(other: SensitiveValues): void {
    for (const text of other.#texts) this.#addText(text);
    for (const value of other.#numbers) this.#addNumber(value);
    for (const tool of other.#invented) this.#invented.add(tool);
  }

  /** A model called a tool that there is not. */
  addInvented(tool: string): void {
    this.#invented.add(tool);
  }

  isInvented(tool: string): boolean {
    return this.#invented.has(tool);
  }

  /** All that it knows, as it was met. */
  *values(): Generator<string | number> {
    yield* this.#texts;
    yield* this.#numbers;
  }

  has(value: number): boolean {
    return this.#numbers.has(value);
  }

  find(text: string): readonly Range[] {
    return text.length < SHORTEST ? [] : this.#index.find(text);
  }

  /** From where on a text may be the beginning of a value. */
  tailOf(text: string): number {
    return this.#index.tailOf(text);
  }

  /** Masks text that comes in pieces: see {@link MaskedStream}. */
  maskText(step: StepPlace, text: string): string {
    const key = streamKey(step);
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      stream = new MaskedStream(this);
      this.#streams.set(key, stream);
    }
    return stream.next(text);
  }

  /** The text of a step is over. @returns what was held back of it */
  endText(step: StepPlace): string {
    const key = streamKey(step);
    const rest = this.#streams.get(key)?.end() ?? '';
    this.#streams.delete(key);
    return rest;
  }

  #addNumber(value: number): void {
    const text = String(value);
    if (text.length < SHORTEST || this.#numbers.has(value)) return;
    this.#numbers.add(value);
    this.#index.add(text, true);
  }

  /** As it is, without the space around it, and as JSON writes it, also within JSON in JSON. */
  #addText(text: string): void {
    if (this.#texts.has(text)) return;
    this.#texts.add(text);
    for (const plain of new Set([text, text.trim(), parsed(`"${text}"`)])) {
      if (typeof plain !== 'string' || plain.length < SHORTEST) continue;
      const once = inJson(plain);
      for (const form of new Set([plain, once, inJson(once)])) this.#index.add(form);
    }
  }
}

const streamKey = ({ runId, node, attempt, step }: StepPlace): string => `${runId}\n${node}\n${attempt}\n${step}`;

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
