import type { Memory, MemoryHandle } from './memory.js';
import type { MemoryScope } from './memory-scope.js';
import type { Notes, NotesHandle } from './notes.js';
import type { MemorySummary, PlacedNote } from './scoped-store.js';

export interface NoteListOptions {
  /** Where to go on: the `position` of the last one before. @default from the first */
  readonly after?: number;
  /** @default 100 @minimum 1 */
  readonly limit?: number;
}

/** Notes outside of runs: these can also be listed. */
export interface StoredNotes extends NotesHandle {
  /** In the order in which they were kept. */
  list(options?: NoteListOptions): Promise<readonly PlacedNote[]>;
}

/** What there is under one name, and whose it is. */
export interface OwnedMemory extends MemorySummary {
  /** The fields of the identity that it belongs to; none for what is shared. */
  readonly owner: Readonly<Record<string, string>>;
}

/** Memories and notes outside of runs: for pages that show them, for support, and for erasing what is known of a person. */
export interface Memories {
  /** @throws memory-scope-missing */
  memory<T>(memory: Memory<T>, identity: unknown): MemoryHandle<T>;
  /** @throws memory-scope-missing */
  notes(notes: Notes, identity: unknown): StoredNotes;
  /** What there is, a page at a time. @param options.after the last one of the page before */
  list(options?: { readonly after?: OwnedMemory; readonly limit?: number }): Promise<readonly OwnedMemory[]>;
  /**
   * Removes all memories, notes and threads of a scope and of all that lie within it: of `'tenant'` also those of
   * `['tenant', 'user']`. What runs have recorded stays in their journal until that is pruned.
   * @throws memory-scope-missing
   * @example await espalier.memories.forget('user', { user: '7' });
   */
  forget(scope: MemoryScope, identity: unknown): Promise<void>;
  /**
   * Makes vectors anew where another embedding model made them, or the same one with another length, in all scopes. May be stopped and called again.
   * @returns how many notes got other vectors
   */
  embedAgain(notes: Notes, options?: { readonly signal?: AbortSignal }): Promise<number>;
}
