import type { Memory, MemoryChange, MemoryHandle } from '../memory/memory.js';
import type { Notes, NotesHandle, RecalledNote } from '../memory/notes.js';
import { toPlain } from '../schema/plain.js';

/** Memories and notes of a preview: what it was given. What it writes it sees itself, and nobody else does. */
export class PreviewMemories {
  readonly #given: Map<string, unknown>;

  constructor(given: Readonly<Record<string, unknown>> = {}) {
    this.#given = new Map(Object.entries(given).map(([name, value]) => [name, toPlain(value)]));
  }

  memory<T>({ name }: Memory<T>): MemoryHandle<T> {
    const given = this.#given;
    const read = (): T | undefined => given.get(name) as T | undefined;
    const write = (value: unknown): void => {
      given.set(name, toPlain(value, { what: `memory '${name}'` }));
    };
    return {
      read: async () => read(),
      write: async (value) => write(value),
      update: async (change: MemoryChange<T>) => {
        write(typeof change === 'function' ? change(read()) : { ...read(), ...change });
        return read() as T;
      },
      clear: async () => write(undefined),
    };
  }

  notes({ name }: Notes): NotesHandle {
    const texts = (this.#given.get(name) ?? []) as readonly string[];
    const found = texts.map((text, index): RecalledNote => ({ key: String(index), text, time: 0, score: 1 }));
    return {
      remember: async () => {},
      recall: async (_query, { limit = 5 } = {}) => found.slice(0, limit),
      forget: async () => {},
    };
  }
}
