import { describeValue, EspalierError } from '../errors/espalier-error.js';
import type {
  FoundNotes,
  KeptMemory,
  KeptNote,
  MemoryPlace,
  MemorySummary,
  MemoryWrite,
  NoteFilter,
  NoteSearch,
  NoteVector,
  PlacedNote,
  ScopedStore,
} from './scoped-store.js';
import { NearestVectors } from './vectors.js';

export interface MemoryScopedStoreOptions {
  /** How many memories are kept; the one that nobody wrote for longest is forgotten. @default 10000 @minimum 1 */
  readonly keepMemories?: number;
  /** How many notes are kept, over all scopes; the oldest is forgotten. @default 10000 @minimum 1 */
  readonly keepNotes?: number;
}

type Note = PlacedNote & NoteVector;

interface ValueCell extends MemoryPlace {
  kept: KeptMemory;
  /** The newest writes, oldest first. */
  readonly writes: { readonly key: string; readonly version: number }[];
}

/** How many writes of a memory are known by their keys. */
const WRITES = 100;

/** Memories and notes that live as long as their process. */
export class MemoryScopedStore implements ScopedStore {
  readonly #keepMemories: number;
  readonly #keepNotes: number;
  /** In order of their newest writes. */
  readonly #values = new Map<string, ValueCell>();
  /** By place and key, in order of their positions. */
  readonly #places = new Map<string, Map<string, Note>>();
  /** By position, in their order. */
  readonly #notes = new Map<number, Note>();
  #position = 0;
  /** The highest version of all memories that were forgotten. */
  #forgotten = 0;

  constructor({ keepMemories = 10_000, keepNotes = 10_000 }: MemoryScopedStoreOptions = {}) {
    this.#keepMemories = wholeNumber(keepMemories, 'keepMemories');
    this.#keepNotes = wholeNumber(keepNotes, 'keepNotes');
  }

  read(place: MemoryPlace): KeptMemory | undefined {
    return this.#values.get(keyOf(place))?.kept;
  }

  write({ scope, name }: MemoryPlace, { replaces, key, value, sensitive }: MemoryWrite): number | undefined {
    const id = keyOf({ scope, name });
    const cell = this.#values.get(id) ?? { scope, name, kept: { version: 0 }, writes: [] };
    const before = cell.writes.find((write) => write.key === key);
    if (before !== undefined) return before.version;
    if (cell.kept.version !== replaces) return undefined;
    const version = (this.#values.has(id) ? replaces : this.#forgotten) + 1;
    cell.kept = {
      version,
      ...(value === undefined ? {} : { value }),
      ...(sensitive === undefined ? {} : { sensitive }),
    };
    cell.writes.push({ key, version });
    if (cell.writes.length > WRITES) cell.writes.shift();
    this.#values.delete(id);
    this.#values.set(id, cell);
    const [oldest] = this.#values.keys();
    if (this.#values.size > this.#keepMemories) this.#forgetValue(oldest as string);
    return version;
  }

  keep({ scope, name }: MemoryPlace, notes: readonly (KeptNote & NoteVector)[], max: number): void {
    const place = keyOf({ scope, name });
    const here = this.#places.get(place) ?? new Map<string, Note>();
    this.#places.set(place, here);
    for (const note of notes) {
      this.#remove(here, note.key);
      this.#position += 1;
      const placed = { ...note, scope, name, position: this.#position };
      here.set(note.key, placed);
      this.#notes.set(placed.position, placed);
    }
    for (const key of here.keys()) {
      if (here.size <= max) break;
      this.#remove(here, key);
    }
    for (const oldest of this.#notes.values()) {
      if (this.#notes.size <= this.#keepNotes) return;
      this.drop(oldest, [oldest.key]);
    }
  }

  drop(place: MemoryPlace, keys: readonly string[]): void {
    const id = keyOf(place);
    const here = this.#places.get(id);
    if (here === undefined) return;
    for (const key of keys) this.#remove(here, key);
    if (here.size === 0) this.#places.delete(id);
  }

  find(place: MemoryPlace, search: NoteSearch): FoundNotes {
    const nearest = new NearestVectors<Note>(search);
    let others = 0;
    for (const note of this.#places.get(keyOf(place))?.values() ?? []) {
      if (isMadeBy(note, { model: search.model, length: search.vector.length })) nearest.offer(note, note.vector);
      else others += 1;
    }
    return { notes: nearest.found.map(({ item, score }) => ({ ...keptOf(item), score })), others };
  }

  notes({ scope, name, except, after = 0, limit }: NoteFilter): readonly PlacedNote[] {
    const found: PlacedNote[] = [];
    for (const note of this.#notes.values()) {
      if (found.length === limit) break;
      if (note.position <= after || isMadeBy(note, except)) continue;
      if ((scope !== undefined && note.scope !== scope) || (name !== undefined && note.name !== name)) continue;
      const { position, model } = note;
      found.push({ ...keptOf(note), scope: note.scope, name: note.name, position, model });
    }
    return found;
  }

  revise(vectors: readonly (NoteVector & { readonly position: number })[]): void {
    for (const { position, model, vector } of vectors) {
      const note = this.#notes.get(position);
      if (note === undefined) continue;
      const revised = { ...note, model, vector };
      this.#notes.set(position, revised);
      this.#places.get(keyOf(note))?.set(note.key, revised);
    }
  }

  list({ after, limit }: { readonly after?: MemorySummary; readonly limit: number }): readonly MemorySummary[] {
    const summaries = new Map<string, MemorySummary & { count: number }>();
    const count = (kind: MemorySummary['kind'], { scope, name }: MemoryPlace): void => {
      const id = JSON.stringify([scope, name, kind]);
      const summary = summaries.get(id) ?? { scope, name, kind, count: 0 };
      summaries.set(id, { ...summary, count: summary.count + 1 });
    };
    for (const cell of this.#values.values()) if (cell.kept.value !== undefined) count('memory', cell);
    for (const note of this.#notes.values()) count('notes', note);
    const sorted = [...summaries.values()].sort(inOrder);
    return sorted.filter((one) => after === undefined || inOrder(one, after) > 0).slice(0, limit);
  }

  forget(scope: string): void {
    for (const [id, cell] of this.#values) if (cell.scope.startsWith(scope)) this.#forgetValue(id);
    for (const note of this.#notes.values()) if (note.scope.startsWith(scope)) this.drop(note, [note.key]);
  }

  #forgetValue(id: string): void {
    this.#forgotten = Math.max(this.#forgotten, this.#values.get(id)?.kept.version ?? 0);
    this.#values.delete(id);
  }

  #remove(here: Map<string, Note>, key: string): void {
    const note = here.get(key);
    if (note === undefined) return;
    here.delete(key);
    this.#notes.delete(note.position);
  }
}

/** No two places have the same, whatever their names are. */
const keyOf = ({ scope, name }: MemoryPlace): string => JSON.stringify([scope, name]);

/** Whether a note's vector is one of a model, and can be compared with its others. */
const isMadeBy = ({ model, vector }: NoteVector, by: NoteFilter['except']): boolean =>
  model === by?.model && vector.length === by.length;

const keptOf = ({ key, text, metadata, time, sensitive }: KeptNote): KeptNote => ({
  key,
  text,
  ...(metadata === undefined ? {} : { metadata }),
  time,
  ...(sensitive === undefined ? {} : { sensitive }),
});

const inOrder = (a: MemorySummary, b: MemorySummary): number =>
  compare(a.scope, b.scope) || compare(a.name, b.name) || compare(a.kind, b.kind);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function wholeNumber(value: number, option: keyof MemoryScopedStoreOptions): number {
  if (Number.isInteger(value) && value >= 1) return value;
  const got = describeValue(value);
  const message = `MemoryScopedStore({ ${option} }): expected a whole number from 1, got ${got}.`;
  throw new EspalierError('option-invalid', message);
}
