import assert from 'node:assert/strict';
import { note, place, type ScopedCase, search, write } from './cases.js';

/** What begins anew is never taken for what was there before. */
export const forgottenCases: readonly ScopedCase[] = [
  {
    name: 'K7: a memory that was forgotten begins behind all versions that it had, also when the store is opened anew',
    run: async (store, again) => {
      const value = { city: 'Oslo' };
      for (let version = 0; version < 3; version++) await store.write(place(), write(version, value));
      await store.write(place('s', 'n'), write(0, 1));
      await store.forget(place().scope);
      await store.forget('s');
      assert.equal(await store.read(place()), undefined);
      assert.equal(await store.write(place(), write(3, value)), undefined);
      const reopened = await again();
      const begun = (await reopened.write(place(), { ...write(0, 'new'), key: 'k' })) as number;
      assert.ok(begun > 3, `version ${begun} was given before`);
      for (let version = 1; version <= 3; version++) {
        assert.equal(await reopened.write(place(), { ...write(version, value), key: `late ${version}` }), undefined);
      }
      assert.deepEqual(await reopened.read(place()), { version: begun, value: 'new' });
      assert.equal(await reopened.write(place(), { ...write(begun, 'newer'), key: 'l' }), begun + 1);
      await reopened.forget('');
      assert.deepEqual(await reopened.list({ limit: 10 }), []);
      assert.ok(((await reopened.write(place(), { ...write(0, 'last'), key: 'm' })) as number) > begun + 1);
    },
  },
  {
    name: 'what is marked as sensitive stays marked',
    run: async (store, again) => {
      const sensitive = ['/value/name#0-3'];
      await store.write(place(), { ...write(0, { name: 'Ada' }), sensitive });
      await store.keep(place(), [note('a', 0, { sensitive: ['/text#0-4'] })], 10);
      const reopened = await again();
      assert.deepEqual(await reopened.read(place()), { version: 1, value: { name: 'Ada' }, sensitive });
      const { notes } = await reopened.find(place(), search(0));
      assert.deepEqual(
        [notes[0]?.sensitive, (await reopened.notes({ limit: 1 }))[0]?.sensitive],
        [['/text#0-4'], ['/text#0-4']],
      );
    },
  },
];
