import { describe, expect, it } from '@jest/globals';
import { MemoryScopedStore } from './memory-scoped-store.js';

// K1 to K7: scopedStoreConformance of @espalier/testing, which runs on this store there.
describe('MemoryScopedStore', () => {
  const note = (key: string) => ({ key, text: key, time: 0, model: 'm', vector: Float32Array.of(1) });

  it('holds no more memories than it may: the one that nobody wrote for longest goes', () => {
    const store = new MemoryScopedStore({ keepMemories: 2 });
    const write = (scope: string, replaces = 0) =>
      store.write({ scope, name: 'n' }, { replaces, key: `${scope} ${replaces}`, value: 1, time: 0 });
    write('a');
    write('b');
    write('a', 1);
    write('c');
    expect(store.list({ limit: 10 }).map(({ scope }) => scope)).toEqual(['a', 'c']);
  });

  it('holds no more notes than it may, over all places: the oldest go', () => {
    const store = new MemoryScopedStore({ keepNotes: 3 });
    store.keep({ scope: 'a', name: 'n' }, [note('1'), note('2')], 100);
    store.keep({ scope: 'b', name: 'n' }, [note('3'), note('4')], 100);
    store.keep({ scope: 'a', name: 'n' }, [note('2')], 100);
    store.keep({ scope: 'c', name: 'n' }, [note('5')], 100);
    expect(store.notes({ limit: 10 }).map(({ key }) => key)).toEqual(['4', '2', '5']);
    expect(store.list({ limit: 10 })).toHaveLength(3);
  });

  it.each([0, -1, 1.5, Number.NaN, 'many'])('refuses to keep %p', (value) => {
    const expected = 'expected a whole number from 1, got ';
    expect(() => new MemoryScopedStore({ keepMemories: value as number })).toThrow(`({ keepMemories }): ${expected}`);
    expect(() => new MemoryScopedStore({ keepNotes: value as number })).toThrow(`({ keepNotes }): ${expected}`);
  });
});
