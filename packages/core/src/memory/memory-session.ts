import { tended } from '../journal/maybe-promise.js';
import { HeldMemory } from './held-memory.js';
import { HeldNotes } from './held-notes.js';
import type { Memory, MemoryChange, MemoryHandle } from './memory.js';
import type { MemoryEffects } from './memory-effects.js';
import type { Notes, NotesHandle } from './notes.js';

/** The memories and notes that one attempt, or one tool call, has asked for. */
export class MemorySession {
  readonly #effects: MemoryEffects;
  readonly #held = new Map<object, MemoryHandle<never> | NotesHandle>();

  constructor(effects: MemoryEffects) {
    this.#effects = effects;
  }

  /** @throws memory-scope-missing */
  memory<T>(memory: Memory<T>): MemoryHandle<T> {
    return this.#hold<MemoryHandle<T>>(memory, () => {
      const held = new HeldMemory(memory, this.#effects);
      return {
        read: () => tended(held.read()),
        write: (value: T) => tended(held.write(value)),
        update: (change: MemoryChange<T>) => tended(held.update(change)),
        clear: () => tended(held.clear()),
      };
    });
  }

  /** @throws memory-scope-missing */
  notes(notes: Notes): NotesHandle {
    return this.#hold<NotesHandle>(notes, () => {
      const held = new HeldNotes(notes, this.#effects);
      return {
        remember: (given) => tended(held.remember(given)),
        recall: (query, options) => tended(held.recall(query, options)),
        forget: (...keys) => tended(held.forget(...keys)),
      };
    });
  }

  #hold<H>(definition: object, hold: () => H): H {
    const held = (this.#held.get(definition) as H | undefined) ?? hold();
    this.#held.set(definition, held as never);
    return held;
  }
}
