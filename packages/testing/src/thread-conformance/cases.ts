import assert from 'node:assert/strict';
import { type ThreadEntry, type ThreadStore, type ThreadTurn, userText } from '@espalier/core';

interface ThreadCase {
  readonly name: string;
  readonly run: (store: ThreadStore) => Promise<void>;
}

const turn = (key: string, text = key): ThreadTurn => ({
  kind: 'turn',
  key,
  runId: 'r',
  node: 'writer',
  time: 1000,
  messages: [userText(text), { role: 'assistant', content: [{ type: 'text', text: 'ü\u2028\u0000\ud83c\udf0a' }] }],
});

const keys = (entries: readonly ThreadEntry[]): string[] => Array.from(entries, ({ key }) => key);

/** What every store of threads must hold, whatever it is made of. */
export const threadCases: readonly ThreadCase[] = [
  {
    name: 'C1: entries are read as they were appended, in their order',
    run: async (store) => {
      const summary: ThreadEntry = { kind: 'summary', key: 's', covers: 2, text: 'Tides.', time: 2000 };
      const entries = [turn('1'), turn('2'), summary, turn('3')];
      for (const entry of entries) await store.append('t', entry);
      assert.deepEqual([...(await store.read('t'))], entries);
      assert.equal(await store.length('t'), 4);
    },
  },
  {
    name: 'C1: appends that do not wait for each other keep the order of calls',
    run: async (store) => {
      const expected = Array.from({ length: 50 }, (_, index) => String(index));
      await Promise.all(expected.map(async (key) => store.append('t', turn(key))));
      assert.deepEqual(keys(await store.read('t')), expected);
    },
  },
  {
    name: 'C1: what was read stays as it was',
    run: async (store) => {
      await store.append('t', turn('1'));
      const before = await store.read('t');
      await store.append('t', turn('2'));
      assert.deepEqual(keys(before), ['1']);
    },
  },
  {
    name: 'C1: the first entries can be read alone',
    run: async (store) => {
      for (const key of ['1', '2', '3']) await store.append('t', turn(key));
      assert.deepEqual(keys(await store.read('t', 2)), ['1', '2']);
      assert.deepEqual(keys(await store.read('t', 0)), []);
      assert.deepEqual(keys(await store.read('t', 9)), ['1', '2', '3']);
    },
  },
  {
    name: 'C1: some entries can be read alone',
    run: async (store) => {
      for (const key of ['1', '2', '3', '4']) await store.append('t', turn(key));
      assert.deepEqual(keys(await store.read('t', 3, 1)), ['2', '3']);
      assert.deepEqual(keys(await store.read('t', 9, 3)), ['4']);
      assert.deepEqual(keys(await store.read('t', undefined, 2)), ['3', '4']);
      assert.deepEqual(keys(await store.read('t', 1, 3)), []);
    },
  },
  {
    name: 'C2: an entry whose key the thread has already is not appended again',
    run: async (store) => {
      await store.append('t', turn('1', 'first'));
      await store.append('t', turn('2'));
      await store.append('t', turn('1', 'again'));
      await Promise.all([turn('3', 'first'), turn('3', 'again')].map(async (entry) => store.append('t', entry)));
      assert.deepEqual([...(await store.read('t'))], [turn('1', 'first'), turn('2'), turn('3', 'first')]);
      assert.equal(await store.length('t'), 3);
    },
  },
  {
    name: 'C3: what has returned is kept',
    run: async (store) => {
      await store.append('t', turn('1'));
      assert.equal(await store.length('t'), 1);
      assert.deepEqual([...(await store.read('t'))], [turn('1')]);
    },
  },
  {
    name: 'C4: a thread that nobody has appended to is empty',
    run: async (store) => {
      await store.append('other', turn('1'));
      assert.deepEqual([...(await store.read('t'))], []);
      assert.equal(await store.length('t'), 0);
    },
  },
  {
    name: 'C5: entries of one call are appended together, in their order',
    run: async (store) => {
      await Promise.all(
        ['a', 'b', 'c'].map(async (call) => store.append('t', turn(`${call}1`), turn(`${call}2`), turn(`${call}1`))),
      );
      assert.deepEqual(keys(await store.read('t')), ['a1', 'a2', 'b1', 'b2', 'c1', 'c2']);
      await store.append('t', turn('a1'), turn('d'));
      assert.deepEqual(keys(await store.read('t', 9, 6)), ['d']);
      await store.append('t');
      assert.equal(await store.length('t'), 7);
    },
  },
  {
    name: 'C5: of entries of one call none is appended where one cannot be',
    run: async (store) => {
      const endless: Record<string, unknown> = {};
      endless.self = endless;
      const wrong = { ...turn('2'), messages: [endless] } as unknown as ThreadTurn;
      const kept = await Promise.resolve()
        .then(() => store.append('t', turn('1'), wrong))
        .then(() => true)
        .catch(() => false);
      assert.equal(await store.length('t'), kept ? 2 : 0);
    },
  },
  {
    name: 'C6: what is forgotten is the threads whose ids begin with the text, and nothing else',
    run: async (store) => {
      const ids = ['"u"="a"\nt', '"u"="a"\n', '"u"="a', '"u"="A"\nt', '"u"="a%"\nt', '"u"="ab"\nt', 't'];
      for (const id of ids) await store.append(id, turn('1'));
      await store.forget('"u"="a"\n');
      for (const [index, id] of ids.entries()) assert.equal(await store.length(id), index < 2 ? 0 : 1);
      await store.append('"u"="a"\nt', turn('1'));
      assert.equal(await store.length('"u"="a"\nt'), 1);
    },
  },
  {
    name: 'threads are kept apart, whatever they and their entries are called',
    run: async (store) => {
      const names = ['t', 'T', 't ', '', '"t"', 't\u0000', 't\ud800', 't\ud801', '1', '01'];
      for (const name of names) for (const key of names) await store.append(name, turn(key, name));
      for (const name of names) {
        assert.deepEqual(
          [...(await store.read(name))],
          names.map((key) => turn(key, name)),
        );
      }
    },
  },
];
