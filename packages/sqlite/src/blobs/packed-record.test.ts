import { createHash } from 'node:crypto';
import type { JournalRecord } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import type { Digest } from '../database/protection.js';
import { LARGEST, packRecord, unpack } from './packed-record.js';

const digest: Digest = (text) => createHash('sha256').update(text).digest('base64url');

const record = (output: unknown): JournalRecord =>
  ({ v: 1, runId: 'r', seq: 3, time: 5, type: 'run-end', status: 'completed', output }) as JournalRecord;

function pack(output: unknown) {
  const { text, blobs } = packRecord(record(output), 'A record', digest);
  const blob = (hash: string): unknown => unpack(blobs.get(hash) as string, blob);
  const back = unpack(text, blob);
  return { text, blobs, back };
}

const long = 'ü"\n'.repeat(LARGEST);

describe('packRecord', () => {
  it.each<[string, unknown, number]>([
    ['a small value', { a: [1, 'b', null] }, 0],
    ['a text as long as a text may be', 'x'.repeat(LARGEST - 200), 0],
    ['a long text', long, 1],
    ['a long text deep within', { a: [{ b: long }, 'short'] }, 1],
    ['the same long text many times', Array.from({ length: 50 }, () => ({ text: long })), 1],
    ['many small values', Array.from({ length: LARGEST }, (_, index) => index), 1],
    ['many small values and a long text', { list: Array.from({ length: LARGEST }, () => 'abc'), long }, 2],
    ['a text that looks as if it had been taken out', '\u0000blob:x', 1],
    ['such texts in a large value', [...Array.from({ length: LARGEST }, () => 0), '\u0000blob:', '\u0000blob'], 2],
    ['such a text, long', `\u0000blob:${long}`, 1],
    ['half a character', [`${long}\ud83c`, '\udf0a'], 1],
    ['a key that objects have', JSON.parse(`{"__proto__":{"a":${JSON.stringify(long)}},"constructor":1}`), 1],
    ['a key that looks as if its value had been taken out', { '\u0000blob:x': 1 }, 0],
  ])('takes %s out and puts it back', (_what, output, count) => {
    const { text, blobs, back } = pack(output);
    expect(JSON.stringify(back)).toBe(JSON.stringify(record(output)));
    expect(blobs.size).toBe(count);
    expect(text.length).toBeLessThanOrEqual(LARGEST);
  });

  it('names the same value by the same hash, wherever it stands', () => {
    const value = { list: Array.from({ length: LARGEST }, () => 'abc'), long };
    const asOutput = packRecord(record(value), 'A record', digest);
    const step = { v: 1, runId: 'p', seq: 9, time: 6, type: 'step-end', node: 'n', attempt: 1, step: 's', value };
    expect([...packRecord(step as JournalRecord, 'A record', digest).blobs.keys()]).toEqual([...asOutput.blobs.keys()]);
  });

  it('leaves out what JSON leaves out', () => {
    const { text } = packRecord({ ...record(long), error: undefined } as unknown as JournalRecord, 'A record', digest);
    expect(Object.keys(JSON.parse(text))).toEqual(['v', 'runId', 'seq', 'time', 'type', 'status', 'output']);
  });

  it('reads a text once where it is asked for once', () => {
    const { text, blobs } = packRecord(record({ a: long }), 'A record', digest);
    const asked: string[] = [];
    unpack(text, (hash) => {
      asked.push(hash);
      return JSON.parse(blobs.get(hash) as string);
    });
    expect(asked).toEqual([...blobs.keys()]);
  });
});
