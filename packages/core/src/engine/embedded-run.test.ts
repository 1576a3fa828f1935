import { type Journal, type JournalRecord, type Lease, MemoryJournal, VirtualClock } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { EmbeddedEngine } from './embedded-engine.js';

/** A disk: what is appended can be read a little later. Reading waits for nothing. */
class LateJournal extends MemoryJournal {
  override async append(lease: Lease, record: JournalRecord): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    super.append(lease, record);
  }
}

describe('a run that is loaded again', () => {
  it('knows of the wait that was being recorded when it was laid aside', async () => {
    const engine = new EmbeddedEngine(new LateJournal() as Journal, new VirtualClock(), 'one');
    const start = { runId: 'r1', workflow: 'w', version: 1, fingerprint: 'f' };
    const run = await engine.open(start);
    const key = { node: 'asker', attempt: 0, step: 'signal:approval' };
    const kept = run.record({ type: 'node-suspend', ...key, signal: 'approval' });
    const stop = run.rest(
      { waits: [key] },
      () => {},
      () => {},
    );
    stop();
    await run.reload();
    expect(run.history?.suspension(key)).toEqual({ until: undefined });
    expect(run.history?.length).toBe(2);
    await kept;
  });
});

describe('a run at rest', () => {
  it.each(['onAnswer', 'rest'] as const)(
    'tells of a journal whose %s throws, and leaves nothing that wakes it',
    async (broken) => {
      const journal = new MemoryJournal();
      const clock = new VirtualClock();
      const run = await new EmbeddedEngine(journal, clock, 'one').open({
        runId: 'r1',
        workflow: 'w',
        version: 1,
        fingerprint: 'f',
      });
      const fault = new Error('the disk is gone');
      journal[broken] = () => {
        throw fault;
      };
      const seen: unknown[] = [];
      const key = { node: 'asker', step: 'signal:approval' };
      const stop = run.rest(
        { waits: [key], until: clock.now() + 1000 },
        () => seen.push('awake'),
        (error) => seen.push(error),
      );
      await clock.advance(2000);
      journal.answer('r1', { ...key, value: true });
      expect(seen).toEqual([fault]);
      stop();
    },
  );
});
