import { dirname, join } from 'node:path';
import type { JournalRecord } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { sqlite } from '../src/index.js';
import { newFile } from './new-file.js';
import { type Orders, readLines, startWorker } from './processes/worker.js';

// Real processes: they start in half a second each, and may have to wait for each other's disk.
const PATIENCE = 60_000;
const recovery = { every: 50 };

function newPlace(more: Partial<Orders> = {}): Orders {
  const file = newFile();
  const beside = (name: string): string => join(dirname(file), name);
  const common = { effects: beside('effects'), kept: beside('kept'), start: [], resume: false, ahead: 0 };
  return { name: 'one', file, ...common, ...more };
}

async function historiesOf(file: string): Promise<readonly (readonly JournalRecord[])[]> {
  await using store = sqlite(file);
  return store.list().map(({ runId }) => store.read(runId));
}

const isTakeover = (record: JournalRecord): boolean => record.type === 'run-resume' && record.owner !== undefined;

/** How often each effect was had. */
function effectsOf({ effects }: Orders): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { key } of readLines<{ readonly key: string }>(effects)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

// Elsewhere a process that has died holds its runs until its lease is over.
const onLinux = process.platform === 'linux' ? it : it.skip;

describe('a process', () => {
  onLinux(
    'goes on with the runs of one that is killed beside it',
    async () => {
      const start = ['r1', 'r2', 'r3'];
      const place = newPlace({ start, stop: { signal: 'SIGKILL', when: 'after', at: 40 } });
      const one = startWorker(place);
      await one.says(({ status }) => status === 'completed').catch(() => {}); // it may die first
      const { stop: _stop, ...rest } = place;
      const two = startWorker({ ...rest, name: 'two', start: [], recovery });
      expect([await one.end, await two.end]).toEqual(['SIGKILL', 0]);
      const histories = await historiesOf(place.file);
      expect(histories.map((records) => records.at(-1))).toMatchObject(start.map(() => ({ status: 'completed' })));
      const takenOver = histories.flat().filter(isTakeover);
      expect(takenOver.length).toBeGreaterThan(0);
      for (const record of takenOver) expect(record).toMatchObject({ expired: true });
    },
    PATIENCE,
  );

  it(
    'goes on with what one gives back that is told to end, within one look',
    async () => {
      const place = newPlace({ start: ['r1'], waits: true, layAsideAfter: 60_000 });
      const one = startWorker(place);
      await one.says(({ status }) => status === 'suspended');
      const two = startWorker({ ...place, name: 'two', start: [], recovery });
      await two.says(({ status }) => status === 'looking');
      one.kill('SIGTERM');
      await one.says(({ parked }) => parked?.includes('r1') === true);
      expect(await one.end).toBe(0);
      const parked = Date.now();
      await using store = sqlite(place.file);
      while (store.find('r1')?.owned !== true) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(Date.now() - parked).toBeLessThan(5000); // far less: a lease that was not given back lasts 15 s
      await store.answer('r1', { node: 'report', step: 'signal:name', value: 'Tides' });
      expect(await two.end).toBe(0);
      expect(store.read('r1').at(-1)).toMatchObject({ status: 'completed', output: expect.stringMatching(/^Tides: /) });
      expect(Math.max(...effectsOf(place).values())).toBe(1);
    },
    PATIENCE,
  );

  it(
    'leaves a run at rest where it is until it is answered, and goes on with it then',
    async () => {
      const place = newPlace({ start: ['r1'], waits: true, layAsideAfter: 10 });
      const one = startWorker(place);
      await one.says(({ status }) => status === 'suspended');
      await using store = sqlite(place.file);
      while (store.find('r1')?.rest === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
      one.kill('SIGKILL');
      await one.end;
      const two = startWorker({ ...place, name: 'two', start: [], recovery, ahead: 60_000 });
      await two.says(({ status }) => status === 'looking');
      await new Promise((resolve) => setTimeout(resolve, 300)); // several looks
      expect(store.find('r1')).toMatchObject({ rest: {}, ended: false });
      expect(store.read('r1').some(isTakeover)).toBe(false);
      await store.answer('r1', { node: 'report', step: 'signal:name', value: 'Tides' });
      expect(await two.end).toBe(0);
      expect(store.read('r1').at(-1)).toMatchObject({ status: 'completed' });
      expect(Math.max(...effectsOf(place).values())).toBe(1);
    },
    PATIENCE,
  );

  onLinux(
    'is not killed by a run over and over that kills whatever takes it over',
    async () => {
      const place = newPlace({ start: ['r1'], stop: { signal: 'SIGKILL', when: 'before', at: 3 } });
      expect(await startWorker(place).end).toBe('SIGKILL');
      // Takes the run over, and dies at its first record after the one that says so.
      const next = { ...place, start: [], recovery, stop: { signal: 'SIGKILL', when: 'before', at: 2 } } as const;
      const ends: unknown[] = [];
      for (const name of ['two', 'three', 'four']) ends.push(await startWorker({ ...next, name }).end);
      expect(ends).toEqual(['SIGKILL', 'SIGKILL', 'SIGKILL']);
      const last = startWorker({ ...next, name: 'five' });
      expect(await last.says(({ refused }) => refused !== undefined)).toMatchObject({
        runId: 'r1',
        refused: 'run-crash-loop',
      });
      last.kill('SIGTERM');
      await using store = sqlite(place.file);
      expect(store.read('r1').filter(isTakeover)).toHaveLength(3);
      last.kill('SIGKILL');
      await last.end;
    },
    PATIENCE,
  );
});
