import { MemoryThreadStore, type ThreadEntry, type ThreadStore } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { threadStoreConformance } from './thread-store-conformance.js';

threadStoreConformance({ name: 'MemoryThreadStore', create: () => new MemoryThreadStore() });

class Doubling extends MemoryThreadStore {
  #count = 0;

  override append(threadId: string, entry: ThreadEntry): void {
    this.#count += 1;
    super.append(threadId, { ...entry, key: `${entry.key}-${this.#count}` });
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
  override append(_threadId: string, entry: ThreadEntry): void {
    super.append('', entry);
  }

  override read(_threadId: string, to?: number): readonly ThreadEntry[] {
    return super.read('', to);
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

describe('the suite finds a store that', () => {
  it.each<[string, () => ThreadStore, string]>([
    ['reads backwards', () => new Newest(), 'C1: entries are read as they were appended, in their order'],
    ['always reads all', () => new Whole(), 'C1: the first entries can be read alone'],
    [
      'keeps entries twice',
      () => new Doubling(),
      'C2: an entry whose key the thread has already is not appended again',
    ],
    ['loses entries', () => new Lossy(), 'C3: what has returned is kept'],
    ['mixes threads', () => new OneThread(), 'C4: a thread that nobody has appended to is empty'],
    ['confuses threads', () => new OneThread(), 'threads are kept apart, whatever they and their entries are called'],
  ])('%s', async (_what, create, test) => {
    await expect(registered(create).get(test)?.()).rejects.toThrow();
  });
});
