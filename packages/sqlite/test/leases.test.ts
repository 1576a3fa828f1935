import { type JournalRecord, type RunStartEvent, VirtualClock } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { type SqliteStore, sqlite } from '../src/index.js';
import { newFile } from './new-file.js';
import { openFile } from './open-file.js';

const start = (runId: string): RunStartEvent => ({
  ...({ v: 1, runId, seq: 0, time: 0, type: 'run-start', workflow: 'w', version: 1, fingerprint: 'f' } as const),
});

const step = (runId: string, seq: number): JournalRecord => ({
  ...({ v: 1, runId, seq, time: 0, type: 'node-start', node: 'n', attempt: 1 } as const),
});

/** A file that two processes have open. Each has a clock of its own, so that one can be stopped. */
async function twoProcesses(play: (one: Process, other: Process) => Promise<void>): Promise<void> {
  const file = newFile();
  const processes = [1, 2].map(() => {
    const clock = new VirtualClock();
    return { clock, store: sqlite(file, { clock, lease: '9s', poll: '100ms' }) };
  }) as [Process, Process];
  try {
    await play(...processes);
  } finally {
    for (const { store } of processes) await store.close();
  }
}

interface Process {
  readonly clock: VirtualClock;
  readonly store: SqliteStore;
}

/** Lets time pass in both processes, as much as can pass between two signs of life. */
async function pass(seconds: number, ...processes: readonly Process[]): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    for (const { clock, store } of processes) {
      await clock.advance(1000);
      await store.answer('none', { node: '', step: '', value: null }).catch(() => {}); // what was begun is written
    }
  }
}

describe('a lease', () => {
  it('is kept as long as its process lives', () =>
    twoProcesses(async (one, other) => {
      const lease = await one.store.create(start('r'), 'a');
      await pass(60, one, other);
      expect(other.store.find('r')?.owned).toBe(true);
      await expect(other.store.acquire('r', 'b')).rejects.toMatchObject({
        code: 'run-owned',
        message: "Run 'r' is held by 'a'.",
        hint: expect.stringMatching(/^Wait until .* its lease ends at 2026-01-01T00:01:/),
        details: { owner: 'a', until: expect.any(Number) },
      });
      await one.store.append(lease, step('r', 1));
    }));

  it('ends some time after its process shows no sign of life, and not before', () =>
    twoProcesses(async (stopped, other) => {
      await stopped.store.create(start('r'), 'a');
      await pass(8, other);
      expect(other.store.list()).toMatchObject([{ runId: 'r', owned: true }]);
      await expect(other.store.acquire('r', 'b')).rejects.toMatchObject({ code: 'run-owned' });
      await pass(1, other);
      expect(other.store.list()).toMatchObject([{ runId: 'r', owned: false }]);
      expect(await other.store.acquire('r', 'b')).toEqual({ runId: 'r', owner: 'b', token: 2, expired: true });
    }));

  it('is fenced when it has been taken over: a process that comes back writes nothing', () =>
    twoProcesses(async (stopped, other) => {
      const old = await stopped.store.create(start('r'), 'a');
      await stopped.store.append(old, step('r', 1));
      await pass(10, other);
      const lease = await other.store.acquire('r', 'b');
      const late = [2, 3].map((seq) => stopped.store.append(old, step('r', seq)));
      for (const append of late) {
        await expect(append).rejects.toMatchObject({
          code: 'run-fenced',
          message: "Run 'r' has a newer owner ('b'): token 1 may not append any more, 2 may.",
        });
      }
      await stopped.store.release(old);
      await other.store.append(lease, step('r', 2));
      expect(other.store.read('r').map(({ seq }) => seq)).toEqual([0, 1, 2]);
      expect(stopped.store.find('r')?.owned).toBe(true);
    }));

  it('goes on for a process that comes back before anybody has taken its run', () =>
    twoProcesses(async (stopped, other) => {
      const lease = await stopped.store.create(start('r'), 'a');
      await pass(20, other);
      await stopped.store.append(lease, step('r', 1));
      await expect(stopped.store.acquire('r', 'a')).rejects.toMatchObject({ code: 'run-owned' });
      await pass(20, stopped);
      await expect(other.store.acquire('r', 'b')).rejects.toMatchObject({ code: 'run-owned' });
    }));

  it('holds for a run that begins long after the last one ended', () =>
    twoProcesses(async (one, other) => {
      await one.store.release(await one.store.create(start('r1'), 'a'));
      await pass(100, one, other);
      await one.store.create(start('r2'), 'a');
      expect(other.store.list()).toMatchObject([{ owned: false }, { owned: true }]);
      await pass(30, one, other);
      expect(other.store.list()).toMatchObject([{ owned: false }, { owned: true }]);
    }));

  it('leaves nothing that runs when no run is held', () =>
    twoProcesses(async ({ clock, store }) => {
      const leases = await Promise.all(['r1', 'r2'].map((id) => store.create(start(id), 'a')));
      expect(clock.pending).toBe(0); // signs of life keep no process alive
      for (const lease of leases) await store.release(lease);
      expect(clock.pending).toBe(0);
      const stop = store.onAnswer('r1', () => {});
      expect(clock.pending).toBe(1);
      stop();
      expect(clock.pending).toBe(0);
    }));
});

describe('a history', () => {
  it('that could not be given back may be taken again by its process at once, and by others after its next sign of life', () =>
    twoProcesses(async (one, other) => {
      const leases = [await one.store.create(start('r1'), 'a'), await one.store.create(start('r2'), 'a')] as const;
      const database = openFile(one.store.file);
      database.exec(
        "CREATE TRIGGER full BEFORE UPDATE OF session ON runs BEGIN SELECT raise(ABORT, 'disk is full'); END",
      );
      for (const lease of leases) {
        await expect(one.store.release(lease)).rejects.toMatchObject({ code: 'store-failed' });
      }
      await pass(4, one, other);
      database.exec('DROP TRIGGER full');
      database.close();
      expect(await one.store.acquire('r1', 'b')).toEqual({ runId: 'r1', owner: 'b', token: 2 });
      await expect(one.store.acquire('r1', 'c')).rejects.toMatchObject({ code: 'run-owned' });
      await expect(other.store.acquire('r2', 'b')).rejects.toMatchObject({ code: 'run-owned' });
      await pass(4, one, other);
      expect(await other.store.acquire('r2', 'b')).toEqual({ runId: 'r2', owner: 'b', token: 2 });
      await expect(other.store.acquire('r1', 'b')).rejects.toMatchObject({ code: 'run-owned' });
    }));

  it('has no gap: what follows a record that was not kept is refused', () =>
    twoProcesses(async ({ store }) => {
      const lease = await store.create(start('r'), 'a');
      await expect(store.append(lease, step('r', 2))).rejects.toMatchObject({
        code: 'store-failed',
        message: "Record 2 of run 'r' cannot follow record 0: the history would not be whole.",
      });
      await store.append(lease, step('r', 1));
      await expect(store.append(lease, step('r', 1))).rejects.toMatchObject({ code: 'store-failed' });
      expect(store.read('r')).toEqual([start('r'), step('r', 1)]);
    }));
});

describe('answers of another process', () => {
  it('are heard at the next look, each by who waits for it', () =>
    twoProcesses(async (one, other) => {
      await Promise.all(['r1', 'r2', 'r3'].map((id) => one.store.create(start(id), 'a')));
      await one.store.answer('r1', { node: 'n', step: 'before', value: 0 });
      const heard: unknown[] = [];
      const stops = ['r1', 'r2'].map((id) => one.store.onAnswer(id, ({ value }) => heard.push([id, value])));
      await other.store.answer('r2', { node: 'n', step: 's', value: 2 });
      await other.store.answer('r3', { node: 'n', step: 's', value: 3 });
      await other.store.answer('r1', { node: 'n', step: 's', value: undefined });
      expect(heard).toEqual([]);
      await one.clock.advance(100);
      expect(heard).toEqual([
        ['r2', 2],
        ['r1', undefined],
      ]);
      await one.clock.advance(1000);
      expect(heard).toHaveLength(2);
      for (const stop of stops) stop();
    }));
});

describe('answers in a file that cannot be read for a while', () => {
  it('are heard when it can be read again', async () => {
    const clock = new VirtualClock();
    let broken = false;
    const file = newFile();
    const store = sqlite(file, {
      clock,
      driver: (path) => {
        const database = openFile(path);
        const failing = (sql: string) => {
          if (broken && sql.includes('FROM answers a')) throw new Error('disk I/O error');
        };
        return {
          exec: (sql) => database.exec(sql),
          close: () => database.close(),
          prepare: (sql) => {
            const statement = database.prepare(sql);
            return {
              run: (...values) => statement.run(...values),
              get: (...values) => statement.get(...values),
              all: (...values) => {
                failing(sql);
                return statement.all(...values);
              },
            };
          },
        };
      },
    });
    await store.create(start('r'), 'a');
    const heard: unknown[] = [];
    const stop = store.onAnswer('r', ({ value }) => heard.push(value));
    broken = true;
    expect(await store.answer('r', { node: 'n', step: 's', value: 1 })).toBe(true);
    await clock.advance(1000);
    expect(heard).toEqual([]);
    broken = false;
    await clock.advance(1000);
    expect(heard).toEqual([1]);
    stop();
    await store.close();
  });
});
