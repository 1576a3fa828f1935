import { MemoryThreadStore } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';

describe('MemoryThreadStore', () => {
  const entry = (key: string) => ({ kind: 'turn' as const, key, runId: 'r', node: 'n', time: 0, messages: [] });

  it('appends once by key, and reads up to a length', () => {
    const store = new MemoryThreadStore();
    for (const key of ['1', '2', '1', '3']) store.append('a', entry(key));
    expect(store.read('a').map(({ key }) => key)).toEqual(['1', '2', '3']);
    expect(store.read('a', 2).map(({ key }) => key)).toEqual(['1', '2']);
    expect([store.length('a'), store.length('b'), store.read('b')]).toEqual([3, 0, []]);
  });

  it('forgets the thread that was quiet for longest', () => {
    const store = new MemoryThreadStore({ keep: 2 });
    for (const [thread, key] of [
      ['a', '1'],
      ['b', '1'],
      ['a', '2'],
      ['c', '1'],
    ] as const)
      store.append(thread, entry(key));
    expect(['a', 'b', 'c'].map((thread) => store.length(thread))).toEqual([2, 0, 1]);
    expect(() => new MemoryThreadStore({ keep: 0 })).toThrow(
      'MemoryThreadStore({ keep }): expected a whole number from 1, got 0 (number).',
    );
  });

  it('forgets the oldest entries of a long thread: those that are left keep their positions', () => {
    const store = new MemoryThreadStore({ keepEntries: 3 });
    for (const key of ['1', '2', '3', '4', '5']) store.append('a', entry(key));
    const keys = (...range: [number?, number?]) => store.read('a', ...range).map((one) => one.key);
    expect([store.length('a'), keys(), keys(4), keys(5, 4), keys(1)]).toEqual([
      5,
      ['3', '4', '5'],
      ['3', '4'],
      ['5'],
      [],
    ]);
    store.append('a', entry('5'), entry('1'));
    expect(keys()).toEqual(['4', '5', '1']);
    expect(() => new MemoryThreadStore({ keepEntries: 1.5 })).toThrow('MemoryThreadStore({ keepEntries }): expected');
  });
});
