import type { MaybePromise } from '../journal/maybe-promise.js';
import type { Json } from '../schema/json.js';

/** Where a memory or notes are kept. */
export interface MemoryPlace {
  /** Whose it is: a text that the runtime makes. Not to be looked into. */
  readonly scope: string;
  readonly name: string;
}

/** A memory as it is kept. One that was cleared has no value, but goes on counting. */
export interface KeptMemory {
  /** Grows by one with every write, from 1. Of one that was forgotten it goes on behind all that were given before. */
  readonly version: number;
  readonly value?: Json;
  /** Where it holds sensitive data, if it does, as in records: `/value/email`. */
  readonly sensitive?: readonly string[];
}

export interface MemoryWrite {
  /** The version that is to be replaced; 0 for none. */
  readonly replaces: number;
  /** Names the write: one of the same key is made once. */
  readonly key: string;
  /** Nothing removes the value. */
  readonly value?: Json;
  readonly sensitive?: readonly string[];
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
}

/** A vector of length 1, and the model that made it. */
export interface NoteVector {
  readonly model: string;
  readonly vector: Float32Array;
}

/** A text as it is kept. */
export interface KeptNote {
  readonly key: string;
  readonly text: string;
  readonly metadata?: Json;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  /** Where it holds sensitive data, if it does, as in records: `/text#3-9`. */
  readonly sensitive?: readonly string[];
}

export interface NoteSearch extends NoteVector {
  readonly limit: number;
  /** The least cosine. */
  readonly minScore: number;
}

export interface FoundNotes {
  /** The nearest first; of two that are as near, the one that was kept first. */
  readonly notes: readonly (KeptNote & { readonly score: number })[];
  /** How many notes there are whose vectors another model made, or of another length: they were not compared. */
  readonly others: number;
}

/** A note and where it is kept. */
export interface PlacedNote extends KeptNote, MemoryPlace {
  /** Grows with every note that is kept, over all places. */
  readonly position: number;
  readonly model: string;
}

export interface NoteFilter {
  readonly scope?: string;
  readonly name?: string;
  /** Only those whose vectors another model made, or of another length. */
  readonly except?: { readonly model: string; readonly length: number };
  /** Only those after this position. @default all */
  readonly after?: number;
  readonly limit: number;
}

/** What a scope holds under one name. */
export interface MemorySummary extends MemoryPlace {
  readonly kind: 'memory' | 'notes';
  /** How many notes; 1 for a memory. */
  readonly count: number;
}

/**
 * Memories and notes by scope: what outlives runs. The port of every store of them.
 *
 * K1 What is kept under one scope and name is read and changed under these only, whatever texts they are.
 * K2 A write is made if the version is the one that it replaces, else not at all; of several at once one is.
 * K3 A write whose key is one of the newest 100 of its memory is not made again.
 * K4 A note of the same key is replaced, and is the newest then; of more notes than `max` the oldest go.
 * K5 Vectors of different models, or of different lengths, are never compared.
 * K6 A call that has returned (or resolved) is kept; `forget` leaves nothing of the scopes that begin with its text.
 * K7 No version is given twice to a memory, also where it was forgotten in between: what was read before is never replaced.
 */
export interface ScopedStore {
  read(place: MemoryPlace): MaybePromise<KeptMemory | undefined>;
  /** @returns the version that it made, also where it was made before; nothing where it replaces another version */
  write(place: MemoryPlace, write: MemoryWrite): MaybePromise<number | undefined>;
  /** @param max how many notes the place may have */
  keep(place: MemoryPlace, notes: readonly (KeptNote & NoteVector)[], max: number): MaybePromise<void>;
  /** Removes the notes of these keys. */
  drop(place: MemoryPlace, keys: readonly string[]): MaybePromise<void>;
  find(place: MemoryPlace, search: NoteSearch): MaybePromise<FoundNotes>;
  /** Notes of any place, in order of their positions. */
  notes(filter: NoteFilter): MaybePromise<readonly PlacedNote[]>;
  /** Gives notes other vectors, each where the note is still the one at this position. */
  revise(vectors: readonly (NoteVector & { readonly position: number })[]): MaybePromise<void>;
  /** What there is, scope by scope and name by name. @param after where to go on */
  list(options: { readonly after?: MemorySummary; readonly limit: number }): MaybePromise<readonly MemorySummary[]>;
  /** Removes all that is kept under scopes that begin with this text. */
  forget(scope: string): MaybePromise<void>;
}
