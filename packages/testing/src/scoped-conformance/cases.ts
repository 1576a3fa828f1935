import assert from 'node:assert/strict';
import type { KeptNote, MemoryPlace, MemorySummary, NoteVector, ScopedStore } from '@espalier/core';

/** A test of a store, and of the same one opened anew where it outlives its process. */
export interface ScopedCase {
  readonly name: string;
  readonly run: (store: ScopedStore, again: () => Promise<ScopedStore>) => Promise<void>;
}

export const place = (scope = '"user"="ada"\n', name = 'profile'): MemoryPlace => ({ scope, name });

/** A note at an angle, in degrees. */
export const note = (
  key: string,
  degrees: number,
  about: Partial<KeptNote & NoteVector> = {},
): KeptNote & NoteVector => {
  const angle = (degrees * Math.PI) / 180;
  const vector = Float32Array.of(Math.cos(angle), Math.sin(angle));
  return { key, text: `text of ${key}`, time: 1000, model: 'm', vector, ...about };
};

export const search = (degrees: number, about: Partial<Parameters<ScopedStore['find']>[1]> = {}) => {
  const { model, vector } = note('', degrees);
  return { model, vector, limit: 10, minScore: -1, ...about };
};

export const write = (replaces: number, value: MemoryValue, key = `write ${replaces}`) =>
  ({ replaces, key, time: 1000, ...(value === undefined ? {} : { value }) }) as const;

type MemoryValue = NonNullable<Awaited<ReturnType<ScopedStore['read']>>>['value'];

/** Texts that are easily taken for each other, or for something else. */
export const hostile: readonly string[] = [
  ...[
    'a',
    'A',
    'a ',
    ' a',
    '',
    '"a"',
    "a'",
    'a\\',
    'a\n',
    'a\u0000',
    'a\u0000b',
    'a%',
    'a_',
    '*',
    '../a',
    'a/b',
    '__proto__',
  ],
  ...[
    'constructor',
    'toString',
    'é',
    'e\u0301',
    'a\ud800',
    'a\ud801',
    'ß',
    'ss',
    '1',
    '01',
    '1e0',
    "'; DROP TABLE x; --",
  ],
];

const keysOf = async (store: ScopedStore, at: MemoryPlace): Promise<readonly string[]> =>
  (await store.find(at, search(0, { limit: 1000 }))).notes.map(({ key }) => key);

export const memoryCases: readonly ScopedCase[] = [
  {
    name: 'K1: a memory that nobody wrote is none',
    run: async (store) => {
      assert.equal(await store.read(place()), undefined);
    },
  },
  {
    name: 'K2: a write replaces the version that it names, and counts',
    run: async (store) => {
      const value = { text: 'ü\u2028\u0000\ud83c\udf0a', list: [1, null, true], deep: { a: { b: 0.1 } } };
      assert.equal(await store.write(place(), write(0, value)), 1);
      assert.deepEqual(await store.read(place()), { version: 1, value });
      assert.equal(await store.write(place(), write(1, null)), 2);
      assert.deepEqual(await store.read(place()), { version: 2, value: null });
    },
  },
  {
    name: 'K2: a write of another version is not made',
    run: async (store) => {
      assert.equal(await store.write(place(), write(1, 'early', 'a')), undefined);
      await store.write(place(), write(0, 'first'));
      assert.equal(await store.write(place(), write(0, 'late', 'b')), undefined);
      assert.equal(await store.write(place(), write(2, 'early', 'c')), undefined);
      assert.deepEqual(await store.read(place()), { version: 1, value: 'first' });
    },
  },
  {
    name: 'K2: of several writes at once one is made',
    run: async (store) => {
      const all = Array.from({ length: 20 }, async (_, index) =>
        store.write(place(), write(0, index, `write ${index}`)),
      );
      const made = (await Promise.all(all))
        .map((version, index) => ({ version, index }))
        .filter(({ version }) => version);
      assert.equal(made.length, 1);
      assert.deepEqual(await store.read(place()), { version: 1, value: made[0]?.index });
    },
  },
  {
    name: 'K2: a memory that was cleared has no value, and goes on counting',
    run: async (store) => {
      await store.write(place(), write(0, 'first'));
      assert.equal(await store.write(place(), write(1, undefined)), 2);
      const kept = await store.read(place());
      assert.deepEqual([kept?.version, kept?.value], [2, undefined]);
      assert.equal(await store.write(place(), write(0, 'again', 'other')), undefined);
      assert.equal(await store.write(place(), write(2, 'third')), 3);
    },
  },
  {
    name: 'K2: no write is lost where the store is opened twice, and both write at once',
    run: async (store, again) => {
      const count = async (from: ScopedStore, who: string): Promise<void> => {
        for (let done = 0, tries = 0; done < 10; tries++) {
          const { version, value } = (await from.read(place())) ?? { version: 0 };
          const next = { ...write(version, ((value as number | undefined) ?? 0) + 1), key: `${who} ${tries}` };
          if ((await from.write(place(), next)) !== undefined) done += 1;
        }
      };
      const second = await again();
      await Promise.all([count(store, 'one'), count(second, 'two'), count(store, 'three')]);
      assert.deepEqual(await second.read(place()), { version: 30, value: 30 });
    },
  },
  {
    name: 'K3: a write of a known key is made once, however much was written since',
    run: async (store) => {
      await store.write(place(), write(0, 'first', 'one'));
      for (let version = 1; version < 100; version++) await store.write(place(), write(version, version));
      assert.equal(await store.write(place(), write(0, 'first', 'one')), 1);
      assert.equal(await store.write(place(), write(100, 'again', 'one')), 1);
      assert.deepEqual(await store.read(place()), { version: 100, value: 99 });
    },
  },
  {
    name: 'K3: keys count for one memory',
    run: async (store) => {
      assert.equal(await store.write(place(), write(0, 'first', 'one')), 1);
      assert.equal(await store.write(place('s'), write(0, 'first', 'one')), 1);
      assert.equal(await store.write(place(undefined, 'other'), write(0, 'first', 'one')), 1);
    },
  },
  {
    name: 'K6: what was written is there when the store is opened anew, and its keys are known',
    run: async (store, again) => {
      await store.write(place(), write(0, { city: 'Oslo' }, 'one'));
      const second = await again();
      assert.deepEqual(await second.read(place()), { version: 1, value: { city: 'Oslo' } });
      assert.equal(await second.write(place(), write(1, 'again', 'one')), 1);
    },
  },
];

export const noteCases: readonly ScopedCase[] = [
  {
    name: 'K5: the nearest notes are found, the nearest first, with how near they are',
    run: async (store) => {
      await store.keep(place(), [note('north', 90), note('east', 0, { metadata: { at: [1] } }), note('near', 10)], 100);
      const { notes, others } = await store.find(place(), search(2, { limit: 2 }));
      assert.deepEqual([notes.map(({ key }) => key), others], [['east', 'near'], 0]);
      assert.ok(Math.abs((notes[0]?.score ?? 0) - Math.cos((2 * Math.PI) / 180)) < 1e-6);
      const { score: _, ...first } = notes[0] as NonNullable<(typeof notes)[0]>;
      assert.deepEqual(first, { key: 'east', text: 'text of east', metadata: { at: [1] }, time: 1000 });
      const near = await store.find(place(), search(0, { minScore: Math.cos((20 * Math.PI) / 180) }));
      assert.deepEqual(
        near.notes.map(({ key }) => key),
        ['east', 'near'],
      );
    },
  },
  {
    name: 'K5: of notes that are as near the one that was kept first comes first',
    run: async (store) => {
      await store.keep(
        place(),
        ['c', 'a', 'b'].map((key) => note(key, 30)),
        100,
      );
      assert.deepEqual(await keysOf(store, place()), ['c', 'a', 'b']);
      const { notes } = await store.find(place(), search(30, { limit: 2 }));
      assert.deepEqual(
        notes.map(({ key }) => key),
        ['c', 'a'],
      );
    },
  },
  {
    name: 'K5: vectors of another model, or of another length, are counted and not compared',
    run: async (store) => {
      const long = { vector: Float32Array.of(1, 0, 0) };
      await store.keep(place(), [note('a', 0), note('b', 0, { model: 'other' }), note('c', 0, long)], 100);
      const { notes, others } = await store.find(place(), search(0));
      assert.deepEqual([notes.map(({ key }) => key), others], [['a'], 2]);
    },
  },
  {
    name: 'K4: a note of the same key is replaced, and is the newest then',
    run: async (store) => {
      await store.keep(place(), [note('a', 0), note('b', 0)], 100);
      await store.keep(place(), [note('a', 90, { text: 'other' })], 100);
      const { notes } = await store.find(place(), search(90));
      assert.deepEqual(
        notes.map(({ key, text }) => [key, text]),
        [
          ['a', 'other'],
          ['b', 'text of b'],
        ],
      );
      await store.keep(place(), [note('c', 0)], 2);
      assert.deepEqual([...(await keysOf(store, place()))].sort(), ['a', 'c']);
    },
  },
  {
    name: 'K4: of one key twice in one call the last counts',
    run: async (store) => {
      await store.keep(place(), [note('a', 0, { text: 'first' }), note('a', 0, { text: 'last' })], 100);
      assert.deepEqual(
        (await store.find(place(), search(0))).notes.map(({ text }) => text),
        ['last'],
      );
    },
  },
  {
    name: 'K4: of more notes than the place may have the oldest go, of this place alone',
    run: async (store) => {
      await store.keep(place('other'), [note('x', 0)], 3);
      for (const key of ['1', '2', '3', '4', '5']) await store.keep(place(), [note(key, 0)], 3);
      assert.deepEqual(await keysOf(store, place()), ['3', '4', '5']);
      assert.deepEqual(await keysOf(store, place('other')), ['x']);
    },
  },
  {
    name: 'notes are dropped by their keys',
    run: async (store) => {
      await store.keep(place(), [note('a', 0), note('b', 0), note('c', 0)], 100);
      await store.drop(place(), ['a', 'c', 'none']);
      await store.drop(place('other'), ['b']);
      assert.deepEqual(await keysOf(store, place()), ['b']);
    },
  },
  {
    name: 'notes are listed in the order in which they were kept, a page at a time',
    run: async (store) => {
      await store.keep(place(), [note('a', 0), note('b', 0, { model: 'other', metadata: [1] }), note('c', 0)], 100);
      await store.keep(place('s', 'n'), [note('d', 0)], 100);
      const all = await store.notes({ limit: 100 });
      assert.deepEqual(
        all.map(({ key }) => key),
        ['a', 'b', 'c', 'd'],
      );
      const { position, ...second } = all[1] as NonNullable<(typeof all)[1]>;
      const about = { key: 'b', text: 'text of b', time: 1000, model: 'other', metadata: [1] };
      assert.deepEqual(second, { ...about, ...place() });
      const keys = async (filter: Parameters<ScopedStore['notes']>[0]) =>
        (await store.notes(filter)).map(({ key }) => key);
      assert.deepEqual(await keys({ after: position, limit: 1 }), ['c']);
      assert.deepEqual(await keys({ scope: 's', limit: 100 }), ['d']);
      assert.deepEqual(await keys({ name: 'profile', limit: 2 }), ['a', 'b']);
      assert.deepEqual(await keys({ except: { model: 'm', length: 2 }, limit: 100 }), ['b']);
      assert.deepEqual(await keys({ ...place(), after: position, limit: 100 }), ['c']);
      assert.deepEqual(await keys({ ...place(), limit: 2 }), ['a', 'b']);
      assert.deepEqual(await keys({ ...place(), except: { model: 'other', length: 2 }, limit: 100 }), ['a', 'c']);
      const shorter = { model: 'm', length: 1 };
      assert.deepEqual(await keys({ ...place(), except: shorter, limit: 100 }), ['a', 'b', 'c']);
    },
  },
  {
    name: 'notes get other vectors where they stand, and none where they were replaced',
    run: async (store) => {
      await store.keep(place(), [note('a', 0), note('b', 0)], 100);
      const before = await store.notes({ limit: 100 });
      await store.keep(place(), [note('b', 90)], 100);
      const { vector } = note('', 45);
      await store.revise(before.map(({ position }) => ({ position, model: 'new', vector })));
      const { notes, others } = await store.find(place(), search(45, { model: 'new' }));
      assert.deepEqual([notes.map(({ key, text }) => [key, text]), others], [[['a', 'text of a']], 1]);
    },
  },
  {
    name: 'K6: notes are found when the store is opened anew, by the vectors that were kept',
    run: async (store, again) => {
      await store.keep(place(), [note('a', 0), note('b', 33.3)], 100);
      const { notes } = await (await again()).find(place(), search(33.3));
      assert.deepEqual(
        notes.map(({ key }) => key),
        ['b', 'a'],
      );
      assert.ok(Math.abs((notes[0]?.score ?? 0) - 1) < 1e-6);
    },
  },
];

export const scopeCases: readonly ScopedCase[] = [
  {
    name: 'K1: memories are kept apart, whatever their scopes and names are',
    run: async (store) => {
      const places = hostile.flatMap((scope) => hostile.map((name) => ({ scope, name })));
      await Promise.all(places.map(async (at) => store.write(at, write(0, [at.scope, at.name]))));
      for (const at of places) {
        assert.deepEqual(await store.read(at), { version: 1, value: [at.scope, at.name] });
      }
    },
  },
  {
    name: 'K1: notes are kept apart, whatever their scopes, names and keys are',
    run: async (store) => {
      for (const scope of hostile) {
        await store.keep(
          { scope, name: scope },
          hostile.map((key) => note(key, 0, { text: `${scope} ${key}` })),
          100,
        );
      }
      for (const scope of hostile) {
        const { notes } = await store.find({ scope, name: scope }, search(0, { limit: 100 }));
        assert.deepEqual(
          notes.map(({ key, text }) => [key, text]),
          hostile.map((key) => [key, `${scope} ${key}`]),
        );
      }
      await store.drop({ scope: 'a', name: 'a' }, hostile);
      assert.equal((await store.notes({ limit: 10_000 })).length, hostile.length * (hostile.length - 1));
    },
  },
  {
    name: 'K6: what is forgotten is the scopes that begin with the text, and nothing else',
    run: async (store) => {
      const scopes = ['"t"="a"\n', '"t"="a"\n"u"="1"\n', '"t"="a%"\n', '"t"="A"\n', '"t"="ab"\n', '"u"="1"\n', '*\n'];
      for (const scope of scopes) {
        await store.write(place(scope), write(0, scope));
        await store.keep(place(scope, 'facts'), [note('a', 0)], 100);
      }
      await store.forget('"t"="a"\n');
      for (const [index, scope] of scopes.entries()) {
        const left = [(await store.read(place(scope)))?.value, await keysOf(store, place(scope, 'facts'))];
        assert.deepEqual(left, index < 2 ? [undefined, []] : [scope, ['a']]);
      }
      assert.ok(((await store.write(place('"t"="a"\n'), write(0, 'anew'))) as number) > 0);
    },
  },
  {
    name: 'what there is is listed scope by scope, a page at a time',
    run: async (store) => {
      await store.write(place('a', 'x'), write(0, 1));
      await store.write(place('b', 'x'), write(0, 1));
      await store.write(place('b', 'gone'), write(0, 1));
      await store.write(place('b', 'gone'), write(1, undefined));
      await store.keep(place('b', 'x'), [note('1', 0), note('2', 0)], 100);
      await store.keep(place('c', 'a'), [note('1', 0)], 100);
      const expected: readonly MemorySummary[] = [
        { scope: 'a', name: 'x', kind: 'memory', count: 1 },
        { scope: 'b', name: 'x', kind: 'memory', count: 1 },
        { scope: 'b', name: 'x', kind: 'notes', count: 2 },
        { scope: 'c', name: 'a', kind: 'notes', count: 1 },
      ];
      assert.deepEqual([...(await store.list({ limit: 10 }))], expected);
      for (const [index, after] of expected.entries()) {
        assert.deepEqual([...(await store.list({ after, limit: 2 }))], expected.slice(index + 1, index + 3));
      }
    },
  },
];
