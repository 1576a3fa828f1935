import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JournalRecord, NodeStartEvent, RunEndEvent, RunStartEvent } from '../src/events/event.js';
import type { Answer, Journal } from '../src/journal/journal.js';

export interface JournalUnderTest {
  /** A journal without any run. */
  create(): Journal | Promise<Journal>;
  /** Frees what `create` took. */
  destroy?(journal: Journal): void | Promise<void>;
}

const start = (runId: string, time = 1000): RunStartEvent => ({
  v: 1,
  runId,
  seq: 0,
  time,
  type: 'run-start',
  workflow: 'report',
  version: 2,
  fingerprint: 'f',
  input: { topic: 'tides', deep: [{ list: [1, null, 'ü\u2028'] }] },
});

const step = (runId: string, seq: number): NodeStartEvent => ({
  v: 1,
  runId,
  seq,
  time: 1000 + seq,
  type: 'node-start',
  node: `section[${seq}]`,
  attempt: 1,
});

const end = (runId: string, seq: number): RunEndEvent => ({
  v: 1,
  runId,
  seq,
  time: 2000,
  type: 'run-end',
  status: 'completed',
  output: { pages: 3 },
});

/** What every journal must hold, whatever it is made of: J1 to J6 of the port. */
export function journalConformance({ create, destroy }: JournalUnderTest): void {
  describe('journal conformance', () => {
    let journal: Journal;
    beforeEach(async () => {
      journal = await create();
    });
    afterEach(async () => {
      await destroy?.(journal);
    });
    const call = async <T>(act: () => T | Promise<T>): Promise<T> => act();

    describe('J1: records are read in the order in which they were appended', () => {
      it('gives back exactly what was appended', async () => {
        const lease = await journal.create(start('r'), 'a');
        const records: JournalRecord[] = [start('r')];
        for (let seq = 1; seq <= 200; seq++) {
          records.push(step('r', seq));
          await journal.append(lease, step('r', seq));
        }
        expect(await journal.read('r')).toEqual(records);
      });

      it('keeps the order of appends that do not wait for each other', async () => {
        const lease = await journal.create(start('r'), 'a');
        await Promise.all(
          Array.from({ length: 100 }, (_, index) => call(() => journal.append(lease, step('r', index + 1)))),
        );
        expect((await journal.read('r')).map(({ seq }) => seq)).toEqual(
          Array.from({ length: 101 }, (_, index) => index),
        );
      });

      it('reads from a position on', async () => {
        const lease = await journal.create(start('r'), 'a');
        for (let seq = 1; seq <= 5; seq++) await journal.append(lease, step('r', seq));
        expect((await journal.read('r', 4)).map(({ seq }) => seq)).toEqual([4, 5]);
        expect(await journal.read('r', 6)).toEqual([]);
        expect(await journal.read('r', 0)).toHaveLength(6);
        expect(await journal.read('r', -1)).toHaveLength(6);
      });

      it('keeps runs apart', async () => {
        const first = await journal.create(start('r1'), 'a');
        const second = await journal.create(start('r2'), 'a');
        await journal.append(second, step('r2', 1));
        await journal.append(first, step('r1', 1));
        await journal.append(second, step('r2', 2));
        expect((await journal.read('r1')).map(({ runId }) => runId)).toEqual(['r1', 'r1']);
        expect((await journal.read('r2')).map(({ seq }) => seq)).toEqual([0, 1, 2]);
      });
    });

    describe('J2: what has returned is kept', () => {
      it('gives what was read before as it was, though more is appended', async () => {
        const lease = await journal.create(start('r'), 'a');
        const before = await journal.read('r');
        await journal.append(lease, step('r', 1));
        expect(before).toEqual([start('r')]);
        expect(await journal.read('r')).toHaveLength(2);
      });

      it('finds and lists runs without reading them', async () => {
        const summary = { runId: 'r1', workflow: 'report', version: 2, startedAt: 1000, ended: false, owned: true };
        const lease = await journal.create(start('r1'), 'a');
        await journal.create(start('r2', 1001), 'b');
        expect(await journal.find('r1')).toEqual(summary);
        expect(await journal.find('r3')).toBeUndefined();
        await journal.append(lease, end('r1', 1));
        await journal.release(lease);
        expect(await journal.find('r1')).toEqual({ ...summary, ended: true, owned: false });
        const ids = (await journal.list()).map(({ runId }) => runId);
        expect([...ids].sort()).toEqual(['r1', 'r2']);
      });

      it('begins a run once', async () => {
        await journal.create(start('r'), 'a');
        await expect(call(() => journal.create(start('r'), 'b'))).rejects.toMatchObject({ code: 'run-exists' });
      });

      it.each<[string, (journal: Journal) => unknown]>([
        ['read', (it) => it.read('no')],
        ['acquire', (it) => it.acquire('no', 'a')],
        ['answer', (it) => it.answer('no', { node: 'n', step: 's', value: null })],
      ])('says that a run is unknown: %s', async (_name, act) => {
        await expect(call(() => act(journal))).rejects.toMatchObject({ code: 'run-unknown', where: { runId: 'no' } });
      });
    });

    describe('J3: only the newest lease can append', () => {
      it('refuses a lease that was given back, and one that is older', async () => {
        const first = await journal.create(start('r'), 'a');
        await journal.release(first);
        await expect(call(() => journal.append(first, step('r', 1)))).rejects.toMatchObject({ code: 'run-fenced' });
        const second = await journal.acquire('r', 'b');
        expect(second.token).toBeGreaterThan(first.token);
        await expect(call(() => journal.append(first, step('r', 1)))).rejects.toMatchObject({ code: 'run-fenced' });
        await journal.append(second, step('r', 1));
        expect(await journal.read('r')).toHaveLength(2);
      });

      it('does not let an older lease give the run back', async () => {
        const first = await journal.create(start('r'), 'a');
        await journal.release(first);
        const second = await journal.acquire('r', 'b');
        await journal.release(first);
        await journal.append(second, step('r', 1));
        await expect(call(() => journal.acquire('r', 'c'))).rejects.toMatchObject({ code: 'run-owned' });
      });

      it('gives every owner a token above all earlier ones', async () => {
        let { token } = await journal.create(start('r'), 'a');
        await journal.release({ runId: 'r', owner: 'a', token });
        for (const owner of ['a', 'b', 'a']) {
          const lease = await journal.acquire('r', owner);
          expect(lease).toMatchObject({ runId: 'r', owner });
          expect(lease.token).toBeGreaterThan(token);
          token = lease.token;
          await journal.release(lease);
        }
      });
    });

    describe('J4: a run that somebody holds cannot be acquired', () => {
      it('refuses a second owner until the first gives it back', async () => {
        const lease = await journal.create(start('r'), 'a');
        await expect(call(() => journal.acquire('r', 'b'))).rejects.toMatchObject({
          code: 'run-owned',
          retryable: true,
        });
        await journal.release(lease);
        await journal.release(lease);
        expect((await journal.acquire('r', 'b')).owner).toBe('b');
      });

      it('lets one of several win', async () => {
        await journal.release(await journal.create(start('r'), 'a'));
        const tries = Array.from({ length: 10 }, (_, index) => call(() => journal.acquire('r', `o${index}`)));
        const results = await Promise.allSettled(tries);
        expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      });
    });

    describe('J5: a suspension is answered at most once', () => {
      const yes: Answer = { node: 'n', step: 'approval', value: { ok: true } };

      it('keeps the first answer', async () => {
        await journal.create(start('r'), 'a');
        expect(await journal.answered('r', 'n', 'approval')).toBeUndefined();
        expect(await journal.answer('r', yes)).toBe(true);
        expect(await journal.answer('r', { ...yes, value: { ok: false } })).toBe(false);
        expect(await journal.answered('r', 'n', 'approval')).toEqual(yes);
      });

      it('lets one of several answers win', async () => {
        await journal.create(start('r'), 'a');
        const answers = Array.from({ length: 10 }, (_, value) => call(() => journal.answer('r', { ...yes, value })));
        const counted = (await Promise.all(answers)).filter(Boolean);
        expect(counted).toHaveLength(1);
      });

      it('tells suspensions apart, whatever their names', async () => {
        await journal.create(start('r'), 'a');
        await journal.create(start('r2'), 'a');
        expect(await journal.answer('r', { node: 'a\nb', step: 'c', value: 1 })).toBe(true);
        expect(await journal.answer('r', { node: 'a', step: 'b\nc', value: 2 })).toBe(true);
        expect(await journal.answer('r2', { node: 'a', step: 'b\nc', value: 3 })).toBe(true);
        expect((await journal.answered('r', 'a', 'b\nc'))?.value).toBe(2);
      });

      it('takes an answer while nobody holds the run, and without a value', async () => {
        await journal.release(await journal.create(start('r'), 'a'));
        expect(await journal.answer('r', { node: 'n', step: 's', value: undefined })).toBe(true);
        expect(await journal.answer('r', { node: 'n', step: 's', value: 1 })).toBe(false);
        expect((await journal.answered('r', 'n', 's'))?.value).toBeUndefined();
      });

      it('tells listeners of answers that count, until they stop', async () => {
        await journal.create(start('r'), 'a');
        const heard: unknown[] = [];
        const stop = journal.onAnswer('r', ({ value }) => heard.push(value));
        await journal.answer('r', { node: 'n', step: '1', value: 1 });
        await journal.answer('r', { node: 'n', step: '1', value: 2 });
        stop();
        stop();
        await journal.answer('r', { node: 'n', step: '2', value: 3 });
        expect(heard).toEqual([1]);
      });
    });

    describe('J6: run-end is the last record', () => {
      it('refuses what comes after it', async () => {
        const lease = await journal.create(start('r'), 'a');
        await journal.append(lease, end('r', 1));
        for (const record of [step('r', 2), end('r', 2)]) {
          await expect(call(() => journal.append(lease, record))).rejects.toMatchObject({ code: 'run-settled' });
        }
        expect((await journal.read('r')).map(({ type }) => type)).toEqual(['run-start', 'run-end']);
      });
    });
  });
}
