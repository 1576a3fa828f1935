import { MemoryThreadStore, type ThreadEntry, type ThreadStore } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { threadStoreConformance } from './thread-store-conformance.js';

threadStoreConformance({ name: 'MemoryThreadStore', create: () => new MemoryThreadStore() });

class Doubling extends MemoryThreadStore {
  #count = 0;

  override append(threadId: string, ...entries: readonly ThreadEntry[]): void {
    this.#count += 1;
    super.append(threadId, ...entries.map((entry) => ({ ...entry, key: `${entry.key}-${this.#count}` })));
  }
}

class Whole extends MemoryThreadStore {
  override read(threadId: string): readonly ThreadEntry[] {
    return super.read(threadId);
  }
}

class Newest extends MemoryThreadStore {
  override read(threadId: string, to?: number): readonly ThreadEntry[] {
    return [...super.read(threadId, to)].reverse();
  }
}

class OneThread extends MemoryThreadStore {
  override append(_threadId: string, ...entries: readonly ThreadEntry[]): void {
    super.append('', ...entries);
  }

  override read(_threadId: string, to?: number): readonly ThreadEntry[] {
    return super.read('', to);
  }
}

class OneByOne extends MemoryThreadStore {
  override async append(threadId: string, ...entries: readonly ThreadEntry[]): Promise<void> {
    for (const entry of entries) {
      super.append(threadId, entry);
      await Promise.resolve();
    }
  }
}

class Unforgetting extends MemoryThreadStore {
  override forget(): void {}
}

class Forgetful extends MemoryThreadStore {
  override forget(): void {
    super.forget('');
  }
}

class Lossy extends MemoryThreadStore {
  override append(): void {}
}

/** What the suite registers, not run. */
function registered(create: () => ThreadStore): ReadonlyMap<string, () => Promise<void>> {
  const tests = new Map<string, () => Promise<void>>();
  const add = (name: string, body: () => Promise<void>): unknown => tests.set(name, body);
  const it = Object.assign(add, { skip: () => undefined });
  threadStoreConformance({ name: 'broken', create, describe: (_name, body) => body(), it });
  return tests;
}

const forgets = 'C6: what is forgotten is the threads whose ids begin with the text, and nothing else';

describe('the suite finds a store that', () => {
  it.each<[string, () => ThreadStore, string]>([
    ['reads backwards', () => new Newest(), 'C1: entries are read as they were appended, in their order'],
    ['always reads all', () => new Whole(), 'C1: the first entries can be read alone'],
    [
      'keeps entries twice',
      () => new Doubling(),
      'C2: an entry whose key the thread has already is not appended again',
    ],
    [
      'appends one by one',
      () => new OneByOne() as never,
      'C5: entries of one call are appended together, in their order',
    ],
    ['reads the first too', () => new Whole(), 'C1: some entries can be read alone'],
    ['forgets nothing', () => new Unforgetting(), forgets],
    ['forgets all', () => new Forgetful(), forgets],
    ['loses entries', () => new Lossy(), 'C3: what has returned is kept'],
    ['mixes threads', () => new OneThread(), 'C4: a thread that nobody has appended to is empty'],
    ['confuses threads', () => new OneThread(), 'threads are kept apart, whatever they and their entries are called'],
  ])('%s', async (_what, create, test) => {
    await expect(registered(create).get(test)?.()).rejects.toThrow();
  });
});
