import { createSecretKey, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { Agent, createEspalier, defineWorkflow, type JournalRecord, type RunContext } from '@espalier/core';
import { scriptedModel } from '@espalier/testing';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { type SqliteKey, sqlite } from '../src/index.js';
import { drivers } from './drivers.js';
import { newFile } from './new-file.js';
import { openFile } from './open-file.js';

const key = randomBytes(32);
const otherKey = randomBytes(32);

/** What must not be found in a file. */
const SECRETS = [
  ...['secret input', 'secret answer', 'secret said', 'secret large', 'secret output', 'secret person'],
  ...['secret memory', 'secret note', 'secret request'],
];

@Agent({ model: 'default', thread: true })
class Clerk {
  async run(input: { text: string; large: string }, ctx: RunContext): Promise<{ text: string; large: string }> {
    const said = await ctx.generate(`Say something about ${input.text}`);
    const { by } = await ctx.waitFor('approval', z.object({ by: z.string() }));
    return { text: `secret output ${by} ${said}`, large: input.large };
  }
}

const letter = defineWorkflow({ name: 'letter', version: 1, output: Clerk });
const input = { text: 'secret input', large: 'secret large '.repeat(5000) };

const place = { scope: 'user', name: 'facts' };
const start = { v: 1, seq: 0, time: 0, type: 'run-start', workflow: 'w', version: 1, fingerprint: 'f' } as const;
const note = { key: 'k', time: 0, model: 'm', vector: new Float32Array([1, 0]) };

/** All that stands on the disk. */
const bytesOf = (file: string): Buffer =>
  Buffer.concat([file, `${file}-wal`].filter((path) => existsSync(path)).map((path) => readFileSync(path)));

/** A run that has come to its end, in two processes. */
async function write(file: string, options: Parameters<typeof sqlite>[1]): Promise<readonly JournalRecord[]> {
  const model = scriptedModel('secret said');
  {
    await using store = sqlite(file, options);
    await using espalier = await createEspalier({ workflows: [letter], models: { default: model }, store });
    const run = espalier.start(letter, input, { runId: 'r1', threadId: 't1' });
    run.result.catch(() => {});
    for await (const { type } of run) if (type === 'run-suspend') break;
    await store.answer('r1', { node: 'x', step: 'y', value: 'secret answer' });
    await store.memory.write(place, { replaces: 0, key: 'k', value: 'secret memory', time: 0 });
    await store.memory.keep(place, [{ ...note, text: 'secret note' }], 10);
    await store.create({ ...start, runId: 'free' }, 'somebody');
    await store.requests.post('free', { type: 'cancel', reason: 'secret request' });
  }
  await using store = sqlite(file, options);
  await using espalier = await createEspalier({ workflows: [letter], models: { default: model }, store });
  const run = await espalier.resume('r1');
  await espalier.signal('r1', 'approval', { by: 'secret person' });
  await run.result;
  expect(await espalier.thread('t1')).toMatchObject([{ kind: 'turn' }]);
  expect(store.answered('r1', 'x', 'y')).toMatchObject({ value: 'secret answer' });
  for (const secret of SECRETS) expect(bytesOf(file).includes(secret)).toBe(options?.key === undefined);
  return store.read('r1');
}

describe.each(drivers)('a file with a key, on %s', (driver) => {
  it('has nothing of what was said in it, and gives it back', async () => {
    const file = newFile();
    const records = await write(file, { driver, key });
    const plain = await write(newFile(), { driver });
    expect(records.map(({ type }) => type)).toEqual(plain.map(({ type }) => type));
    for (const secret of SECRETS) expect(bytesOf(file).includes(secret)).toBe(false);
    await using store = sqlite(file, { driver, key });
    expect(store.read('r1')).toEqual(records);
    expect(store.list()).toMatchObject([{ runId: 'r1', workflow: 'letter', version: 1, ended: true }, {}]);
    expect((await store.verify('r1')).faults).toEqual([]);
  });
});

describe('the key of a file', () => {
  it.each<[string, SqliteKey]>([
    ['bytes', new Uint8Array(key)],
    ['base64', key.toString('base64')],
    ['base64url', key.toString('base64url')],
    ['hexadecimal', key.toString('hex')],
    ['HEXADECIMAL', key.toString('hex').toUpperCase()],
    ['a KeyObject', createSecretKey(key)],
  ])('is taken as %s', async (_what, given) => {
    const file = newFile();
    await sqlite(file, { key }).close();
    await sqlite(file, { key: given }).close();
  });

  it.each<[unknown, string]>([
    [randomBytes(16), 'got 16 bytes'],
    [randomBytes(64), 'got 64 bytes'],
    [new Uint8Array(0), 'got 0 bytes'],
    ['', 'got 0 bytes'],
    ['c2hvcnQ=', 'got 5 bytes'],
    ['correct horse battery staple', 'got something else'],
    [42, 'got something else'],
    [null, 'got something else'],
  ])('is refused as %p, and not shown', (given, got) => {
    const file = newFile();
    expect(() => sqlite(file, { key: given as SqliteKey })).toThrow(
      expect.objectContaining({
        code: 'option-invalid',
        message: `sqlite({ key }): expected 32 bytes, as they are or as base64 or hexadecimal text, ${got}.`,
        hint: expect.stringContaining('openssl rand -base64 32'),
      }),
    );
    expect(existsSync(file)).toBe(false);
  });

  it.each<[string, SqliteKey | undefined, SqliteKey | undefined, string, string]>([
    ['missing', key, undefined, 'is encrypted, and no key was given', 'Give its key: sqlite(path, { key }).'],
    ['another one', key, otherKey, 'is encrypted with another key', 'Give the key that it was made with'],
    ['too much', undefined, key, 'is not encrypted, and a key was given', 'Leave the key out, or name a new file'],
  ])('is told to be %s, and nothing is changed', async (_what, made, given, message, hint) => {
    const file = newFile();
    const { key: _key, ...without } = { key: made };
    await sqlite(file, made === undefined ? without : { key: made }).close();
    const before = readFileSync(file);
    expect(() => sqlite(file, given === undefined ? {} : { key: given })).toThrow(
      expect.objectContaining({
        code: 'store-key-invalid',
        message: `The store '${file}' ${message}.`,
        hint: expect.stringContaining(hint),
        details: { file },
      }),
    );
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('can be changed: what is there is read with the new one, and no more with the old one', async () => {
    const file = newFile();
    const records = await write(file, { key });
    {
      await using store = sqlite(file, { key });
      await store.changeKey(otherKey.toString('base64'));
      expect(store.read('r1')).toEqual(records);
    }
    expect(() => sqlite(file, { key })).toThrow(expect.objectContaining({ code: 'store-key-invalid' }));
    await using store = sqlite(file, { key: otherKey });
    expect(store.read('r1')).toEqual(records);
    expect((await store.verify('r1')).faults).toEqual([]);
  });

  it('cannot be changed where there is none', async () => {
    const file = newFile();
    await using store = sqlite(file);
    await expect(store.changeKey(key)).rejects.toMatchObject({ code: 'store-key-invalid' });
    await expect(store.changeKey('short')).rejects.toMatchObject({
      code: 'option-invalid',
      message: expect.stringContaining('changeKey(): expected 32 bytes'),
    });
  });

  it('is one of the file: the same key, nothing alike in two files', async () => {
    const files = [newFile(), newFile()];
    const bodies: unknown[] = [];
    for (const file of files) {
      await write(file, { key });
      const database = openFile(file);
      const rows = database.prepare('SELECT hash FROM records UNION ALL SELECT hash FROM blobs').all();
      bodies.push(...rows.map(({ hash }) => hash));
      database.close();
    }
    expect(new Set(bodies).size).toBe(bodies.length);
  });
});

describe('what is encrypted', () => {
  it('cannot be read by who looks into the file, who sees the places', async () => {
    const file = newFile();
    await using store = sqlite(file, { key });
    await using espalier = await createEspalier({
      workflows: [letter],
      models: { default: scriptedModel('x') },
      store,
    });
    espalier.start(letter, input, { runId: 'r1', threadId: 't1' }).result.catch(() => {});
    await espalier.drain();
    const database = openFile(file);
    const row = database.prepare('SELECT run_id, seq, type, node, body FROM history WHERE seq = 0').get();
    expect({ ...row }).toEqual({ run_id: 'r1', seq: 0, type: null, node: null, body: null });
    database.close();
  });

  it('is read only where it was written', async () => {
    const file = newFile();
    await using store = sqlite(file, { key });
    const entry = { kind: 'summary', key: 'k', covers: 0, text: 'x', time: 0 } as const;
    await store.threads.append('t', entry);
    await store.threads.append('u', { ...entry, text: 'y' });
    const database = openFile(file);
    database.exec("UPDATE thread_entries SET body = (SELECT body FROM thread_entries WHERE thread = 'u')");
    expect(() => store.threads.read('t')).toThrow(
      expect.objectContaining({
        code: 'store-failed',
        message: expect.stringContaining('cannot be read: it was changed, or put there from elsewhere.'),
        retryable: false,
      }),
    );
    expect(store.threads.read('u')).toMatchObject([{ text: 'y' }]);
    database.exec("UPDATE thread_entries SET body = '{}'");
    expect(() => store.threads.read('u')).toThrow(expect.objectContaining({ code: 'store-failed' }));
    database.close();
  });

  it('tells of the other answers where one was changed', async () => {
    const file = newFile();
    await using store = sqlite(file, { key });
    await store.create({ ...start, runId: 'r' }, 'a');
    await store.create({ ...start, runId: 's' }, 'a');
    const heard: unknown[] = [];
    const stop = store.onAnswer('s', ({ value }) => heard.push(value));
    const database = openFile(file);
    database.exec('INSERT INTO answers (run, place, body) VALUES (1, \'["n","s"]\', \'forged\')');
    database.close();
    await store.answer('s', { node: 'n', step: 's', value: 1 });
    expect(heard).toEqual([1]);
    expect(() => store.answered('r', 'n', 's')).toThrow(expect.objectContaining({ code: 'store-failed' }));
    stop();
  });
});
