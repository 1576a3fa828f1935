import { describeValue, EspalierError } from '../errors/espalier-error.js';
import type { Json } from '../schema/json.js';
import { checkedName, checkedScope, type MemoryScope } from './memory-scope.js';

export interface NotesOptions {
  /** Unique within a scope; small letters, digits and `-`. */
  readonly name: string;
  /** Whose they are: a field of the run's identity, several, or `'shared'`. */
  readonly scope: MemoryScope;
  /** Name of a registered embedding model. @default 'default' */
  readonly embedding?: string;
  /** How many are kept in one scope; the oldest go. The time of a search grows with it. @default 10000 @minimum 1 */
  readonly max?: number;
  /** One line for models that search them. @default the name */
  readonly description?: string;
}

/** Texts that outlive runs and are found by their meaning. Made by {@link defineNotes}. */
export interface Notes extends Required<Omit<NotesOptions, 'description'>> {
  readonly kind: 'notes';
  readonly description: string | undefined;
}

/** What is to be remembered. */
export interface NoteInput {
  readonly text: string;
  /** A note of the same key is replaced. @default its place in the run: an attempt that is made again replaces its notes */
  readonly key?: string;
  /** Plain data that is kept with it, such as where it comes from. */
  readonly metadata?: unknown;
}

export interface RecallOptions {
  /** How many notes at the most. @default 5 @minimum 1 */
  readonly limit?: number;
  /** How near they have to be: the cosine, from -1 to 1. What is near depends on the embedding model. @default no limit */
  readonly minScore?: number;
}

/** A note that was found. */
export interface RecalledNote {
  readonly key: string;
  readonly text: string;
  readonly metadata?: Json;
  /** When it was kept, in milliseconds since the Unix epoch. */
  readonly time: number;
  /** How near it is: the cosine of the angle between its vector and that of what was asked. */
  readonly score: number;
}

/** Notes as a run sees them: those of the user, or whoever their scope names, for whom the run was started. */
export interface NotesHandle {
  /**
   * Keeps texts with their vectors. One call of the embedding model for all of them, as far as it takes so many; where it needs
   * several, what each gave is kept before the next, and stays where a later one fails.
   */
  remember(notes: string | NoteInput | readonly (string | NoteInput)[]): Promise<void>;
  /**
   * The notes that are nearest to a text, the nearest first.
   * @throws embedding-changed where notes were kept by another embedding model: vectors of two models are never compared
   */
  recall(query: string, options?: RecallOptions): Promise<readonly RecalledNote[]>;
  /** Removes the notes of these keys. */
  forget(...keys: readonly string[]): Promise<void>;
}

/**
 * Declares texts that outlive runs and are found by their meaning. Kept and searched by `ctx.notes(…)`.
 *
 * @throws option-invalid
 * @example
 * const facts = defineNotes({ name: 'facts', scope: 'user' });
 * @since 0.1.0
 */
export function defineNotes(options: NotesOptions): Notes {
  const { embedding = 'default', max = 10_000, description } = options;
  const name = checkedName(options.name, 'defineNotes');
  const scope = checkedScope(options.scope, `defineNotes '${name}'`);
  if (!Number.isInteger(max) || max < 1) {
    const got = describeValue(max);
    throw new EspalierError(
      'option-invalid',
      `defineNotes '${name}': max: expected a whole number from 1, got ${got}.`,
    );
  }
  return Object.freeze({ kind: 'notes', name, scope, embedding, max, description });
}
