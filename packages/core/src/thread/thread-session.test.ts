import { MemoryThreadStore, userText } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { ThreadSession } from './thread-session.js';

/** A thread of so many turns, and what was read of it. */
function thread(length: number) {
  const store = new MemoryThreadStore();
  const turn = (key: number) =>
    ({ kind: 'turn', key: String(key), runId: 'r', node: 'n', time: 0, messages: [userText('x')] }) as const;
  store.append('t', ...Array.from({ length }, (_, key) => turn(key)));
  const reads: [number | undefined, number | undefined][] = [];
  const read = store.read.bind(store);
  store.read = (id, to, from) => {
    reads.push([to, from]);
    return read(id, to, from);
  };
  return { store, reads, session: new ThreadSession(store, { id: 't', length }) };
}

const atLeast =
  (count: number) =>
  ({ entries }: { readonly entries: readonly unknown[] }): boolean =>
    entries.length >= count;

describe('a thread as a run sees it', () => {
  it('is read from its end, as far as it takes: of a long one only the newest entries', async () => {
    const { session, reads } = thread(100_000);
    const tail = await session.newest(atLeast(40));
    expect([tail.from, tail.entries.length, tail.entries.at(-1)?.key]).toEqual([99_936, 64, '99999']);
    expect(reads).toEqual([
      [100_000, 99_968],
      [99_968, 99_936],
    ]);
  });

  it('is read once for all agents, also where they ask at the same time', async () => {
    const { session, reads } = thread(100);
    await Promise.all([session.newest(atLeast(30)), session.newest(atLeast(60)), session.newest(() => false)]);
    expect(reads).toEqual([
      [100, 68],
      [68, 36],
      [36, 0],
    ]);
    expect((await session.newest(() => false)).entries.map(({ key }) => Number(key))).toEqual([...Array(100).keys()]);
  });

  it('does not see what others append meanwhile', async () => {
    const { store, session } = thread(2);
    store.append('t', { kind: 'summary', key: 's', covers: 2, text: 'x', time: 0 });
    expect((await session.newest(() => false)).entries.map(({ key }) => key)).toEqual(['0', '1']);
  });

  it('may have lost what nobody reads any more, and nothing else', async () => {
    const store = new MemoryThreadStore({ keepEntries: 40 });
    for (let key = 0; key < 100; key++)
      store.append('t', { kind: 'summary', key: `${key}`, covers: 0, text: '', time: 0 });
    const session = new ThreadSession(store, { id: 't', length: 100 });
    expect((await session.newest(atLeast(32))).from).toBe(68);
    await expect(session.newest(atLeast(50))).rejects.toMatchObject({ code: 'thread-lost' });
  });
});
