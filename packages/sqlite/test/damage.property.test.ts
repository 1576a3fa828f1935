import { readFileSync, writeFileSync } from 'node:fs';
import { EspalierError } from '@espalier/core';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { type SqliteStore, sqlite } from '../src/index.js';
import { play } from './histories.js';
import { newFile } from './new-file.js';

jest.setTimeout(120_000);

const NAMES = ['m0', 'm1', 'm2'];
const VECTOR = new Float32Array([1, 0.5]);
const RUNS = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5'];
const key = Buffer.alloc(32, 1);

/** All that can be read of a store: through an id that is known, and as it lists it. */
async function contents(store: SqliteStore) {
  return {
    list: store.list(),
    found: RUNS.map((runId) => store.find(runId)),
    records: RUNS.map((runId) => store.read(runId)),
    tails: RUNS.map((runId) => store.read(runId, 3)),
    answers: RUNS.map((runId) => store.answered(runId, 'n', 's')),
    thread: store.threads.read('t'),
    length: store.threads.length('t'),
    memories: NAMES.map((name) => store.memory.read({ scope: 'u', name })),
    listed: store.memory.list({ limit: 100 }),
    notes: store.memory.notes({ scope: 'u', limit: 100 }),
    nearest: await store.memory.find({ scope: 'u', name: 'n' }, { model: 'm', vector: VECTOR, limit: 5, minScore: -1 }),
  };
}

/** A store with a bit of everything, closed. */
async function write(file: string, options: object): ReturnType<typeof contents> {
  await using store = sqlite(file, options);
  for (const runId of RUNS.slice(0, 3))
    await play(store, { runId, records: 30, endsAt: 5, value: `${runId} says`.repeat(9) });
  await play(store, { runId: 'r3', records: 5, parent: 'r2', value: 'large '.repeat(5000) });
  await play(store, { runId: 'r4', records: 2, value: 'large '.repeat(5000) });
  await play(store, { runId: 'r5', records: 1 });
  for (const runId of RUNS.slice(0, 4)) await store.answer(runId, { node: 'n', step: 's', value: `yes, ${runId}` });
  for (let entry = 0; entry < 8; entry++) {
    await store.threads.append('t', { kind: 'summary', key: `k${entry}`, covers: 0, text: `text ${entry}`, time: 0 });
  }
  for (const name of NAMES) {
    await store.memory.write({ scope: 'u', name }, { replaces: 0, key: 'k', value: `${name} knows`, time: 0 });
    const vector = new Float32Array([1, NAMES.indexOf(name)]);
    await store.memory.keep(
      { scope: 'u', name: 'n' },
      [{ key: name, time: 0, text: `note ${name}`, model: 'm', vector }],
      9,
    );
  }
  return contents(store);
}

/**
 * What becomes of a file: `right` where all is as it was written, `refused` where an error of ours says what is wrong, `found`
 * where something is not found that is there, and `check` knows. Anything else is what must not happen.
 */
async function use(file: string, options: object, expected: unknown): Promise<'right' | 'refused' | 'found' | 'wrong'> {
  let store: SqliteStore | undefined;
  try {
    store = sqlite(file, options);
    const read = await contents(store);
    if (read.list.some(({ damaged }) => damaged)) return 'refused';
    if (JSON.stringify(read) === JSON.stringify(expected)) return 'right';
    return (await store.check()).length > 0 ? 'found' : 'wrong';
  } catch (error) {
    if (!EspalierError.is(error)) throw error;
    expect(['store-invalid', 'store-failed', 'store-key-invalid', 'run-unknown']).toContain(error.code);
    expect(`${error.message} ${error.hint}`.length).toBeGreaterThan(20);
    if (error.code === 'run-unknown') return (await store?.check())?.length === 0 ? 'wrong' : 'found';
    return 'refused';
  } finally {
    // Giving back what is held writes: a damaged file may refuse that too.
    await store?.close().catch((error: unknown) => expect(EspalierError.is(error)).toBe(true));
  }
}

describe.each([
  ['without a key', {}],
  ['with a key', { key }],
])('a damaged file, %s', (_name, given) => {
  const options = { ...given, retention: false };
  let bytes: Buffer;
  let expected: unknown;

  beforeAll(async () => {
    const file = newFile();
    expected = await write(file, options);
    bytes = readFileSync(file);
  });

  const outcomeOf = (damaged: Uint8Array): ReturnType<typeof use> => {
    const file = newFile();
    writeFileSync(file, damaged);
    return use(file, options, expected);
  };

  it('is as it was where nothing was damaged', async () => {
    expect(await outcomeOf(bytes)).toBe('right');
  });

  it('is never taken for right: a bit that was flipped', async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length * 8 - 1), async (bit) => {
        const damaged = Buffer.from(bytes);
        damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
        const outcome = await outcomeOf(damaged);
        seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
        expect(outcome).not.toBe('wrong');
      }),
      { numRuns: 150 },
    );
    expect(seen.get('refused')).toBeGreaterThan(0);
    expect(seen.get('right')).toBeGreaterThan(0); // not every byte of a file is used
  });

  it('is never taken for right: a part that was overwritten', async () => {
    const place = fc.record({ at: fc.nat(bytes.length - 1), data: fc.uint8Array({ minLength: 1, maxLength: 600 }) });
    await fc.assert(
      fc.asyncProperty(place, async ({ at, data }) => {
        const damaged = Buffer.from(bytes);
        damaged.set(data.subarray(0, bytes.length - at), at);
        expect(await outcomeOf(damaged)).not.toBe('wrong');
      }),
      { numRuns: 60 },
    );
  });

  it('is never taken for right: one that was cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: bytes.length - 1 }), async (length) => {
        expect(await outcomeOf(bytes.subarray(0, length))).not.toBe('wrong');
      }),
      { numRuns: 40 },
    );
  });
});
