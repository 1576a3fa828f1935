import { describeValue, EspalierError } from '../errors/espalier-error.js';
import type { Json } from '../schema/json.js';
import { toPlain } from '../schema/plain.js';
import { learnKept, markKept } from '../sensitive/kept-marks.js';
import type { EmbeddingModel } from './embedding-model.js';
import type { MemoryEffects } from './memory-effects.js';
import { scopeText } from './memory-scope.js';
import type { NoteInput, Notes, RecalledNote, RecallOptions } from './notes.js';
import type { KeptNote, MemoryPlace } from './scoped-store.js';

/**
 * Notes in the hands of an attempt, or of the application. Each call is a step of its own; where its texts need several calls
 * of the model, each of these is.
 */
export class HeldNotes {
  readonly #notes: Notes;
  readonly #effects: MemoryEffects;
  readonly #place: MemoryPlace;

  /** @throws memory-scope-missing */
  constructor(notes: Notes, effects: MemoryEffects) {
    const { name, scope } = notes;
    this.#notes = notes;
    this.#effects = effects;
    this.#place = { scope: scopeText(scope, effects.identity, `Notes '${name}'`), name };
  }

  async remember(given: string | NoteInput | readonly (string | NoteInput)[]): Promise<void> {
    const { name, max } = this.#notes;
    const model = this.#model();
    const step = this.#nextStep('remember');
    const list = Array.isArray(given) ? (given as readonly (string | NoteInput)[]) : [given as string | NoteInput];
    const notes = list.map((note, index) => this.#keptOf(note, `${this.#effects.place}/${step}.${index}`));
    if (notes.length === 0) return;
    if (notes.length > max) throw tooMany(name, notes.length, max);
    let rest = await this.#keepFirst(step, model, notes);
    while (rest > 0) {
      const from = notes.length - rest;
      rest = await this.#keepFirst(step.replace(/]$/, `.${from}]`), model, notes.slice(from));
    }
  }

  /** What one call of the model has made vectors of is kept before the next call. @returns how many notes are left */
  async #keepFirst(step: string, model: EmbeddingModel, notes: readonly Omit<KeptNote, 'time'>[]): Promise<number> {
    const left = await this.#effects.task(step, async ({ embed }) => {
      const texts = notes.map(({ text }) => text);
      const vectors = await embed(model, texts);
      const time = this.#effects.now();
      const kept = vectors.map((vector, index) => ({
        ...markKept(notes[index] as Omit<KeptNote, 'time'>, this.#effects.learner),
        time,
        model: model.name,
        vector,
      }));
      await this.#effects.store.keep(this.#place, kept, this.#notes.max);
      return notes.length === kept.length ? undefined : notes.length - kept.length;
    });
    return left ?? 0;
  }

  async recall(query: string, { limit = 5, minScore = -1 }: RecallOptions = {}): Promise<readonly RecalledNote[]> {
    const model = this.#model();
    checkText(query, `recall of notes '${this.#notes.name}'`);
    checkRecall(this.#notes.name, limit, minScore);
    const found = await this.#effects.task(this.#nextStep('recall'), async ({ embed, mark }) => {
      const [vector] = await embed(model, [query]);
      const search = { model: model.name, vector: vector as Float32Array, limit, minScore };
      const { notes, others } = await this.#effects.store.find(this.#place, search);
      if (others > 0) throw changed(this.#notes.name, model.name, others);
      return notes.map(({ sensitive, ...note }, index) => {
        if (sensitive !== undefined) mark(learnKept(this.#effects.learner, { ...note, sensitive }, [index]));
        return note;
      }) as unknown as Json;
    });
    return found as unknown as readonly RecalledNote[];
  }

  async forget(...keys: readonly string[]): Promise<void> {
    await this.#effects.task(this.#nextStep('forget'), async () => {
      await this.#effects.store.drop(this.#place, keys);
      return undefined;
    });
  }

  #model(): EmbeddingModel {
    return this.#effects.embedding(this.#notes.embedding, `Notes '${this.#notes.name}'`);
  }

  #nextStep(what: string): string {
    const kind = `notes:${this.#notes.name}/${what}`;
    return `${kind}[${this.#effects.count(kind)}]`;
  }

  #keptOf(note: string | NoteInput, place: string): Omit<KeptNote, 'time'> {
    const what = `remember of notes '${this.#notes.name}'`;
    const { text, key = place, metadata } = typeof note === 'string' ? ({ text: note } as NoteInput) : note;
    checkText(text, what);
    checkText(key, `${what}: key`);
    const data = toPlain(metadata, { what: `the metadata of a note of '${this.#notes.name}'` });
    return { key, text, ...(data === undefined ? {} : { metadata: data }) };
  }
}

/** @throws option-invalid */
function checkText(text: unknown, what: string): void {
  if (typeof text === 'string' && text.trim() !== '') return;
  throw new EspalierError('option-invalid', `${what}: expected text, got ${describeValue(text)}.`);
}

/** @throws option-invalid */
function checkRecall(name: string, limit: unknown, minScore: unknown): void {
  const wrong = (option: string, expected: string, got: unknown): EspalierError =>
    new EspalierError(
      'option-invalid',
      `recall of notes '${name}': ${option}: expected ${expected}, got ${describeValue(got)}.`,
    );
  if (!(Number.isInteger(limit) && (limit as number) >= 1)) throw wrong('limit', 'a whole number from 1', limit);
  if (typeof minScore !== 'number' || !(minScore >= -1 && minScore <= 1)) {
    throw wrong('minScore', 'a number from -1 to 1', minScore);
  }
}

const tooMany = (name: string, count: number, max: number): EspalierError =>
  new EspalierError('option-invalid', `remember of notes '${name}': got ${count} notes at once, and keeps ${max}.`, {
    hint: `Write defineNotes({ name: '${name}', max: ${count}, … }), or remember fewer.`,
  });

const changed = (name: string, model: string, others: number): EspalierError =>
  new EspalierError(
    'embedding-changed',
    `Notes '${name}' has ${others} ${others === 1 ? 'note' : 'notes'} whose vectors '${model}' did not make: they cannot be compared.`,
    { details: { notes: name, model, others } },
  );
