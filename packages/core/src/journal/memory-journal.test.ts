import { describe, expect, it } from '@jest/globals';
import type { JournalRecord, RunStartEvent } from '../events/event.js';
import { MemoryJournal } from './memory-journal.js';

// J1 to J6: journalConformance of @espalier/testing, which runs on this journal there.
describe('MemoryJournal', () => {
  it.each([-1, Number.NaN, 'many'])('refuses to keep %p', (value) => {
    const expected = 'expected a number from 0, got ';
    expect(() => new MemoryJournal({ keepEnded: value as number })).toThrow(`({ keepEnded }): ${expected}`);
    expect(() => new MemoryJournal({ keepRecords: value as number })).toThrow(`({ keepRecords }): ${expected}`);
  });

  it('keeps the newest ended runs, and every run that has not ended', () => {
    const journal = new MemoryJournal({ keepEnded: 2 });
    journal.create(start('open'), 'a');
    for (const id of ['1', '2', '3', '4']) play(journal, id, 1);
    expect(idsOf(journal)).toEqual(['open', '3', '4']);
    expect(journal.find('1')).toBeUndefined();
  });

  it('keeps no ended run where none is wanted, and lets its owner go', () => {
    const journal = new MemoryJournal({ keepEnded: 0 });
    journal.release(play(journal, '1', 1));
    expect(idsOf(journal)).toEqual([]);
    expect(play(journal, '1', 1).token).toBe(1);
  });

  it('bounds the records of ended runs, but always keeps the newest', () => {
    const journal = new MemoryJournal({ keepRecords: 10 });
    play(journal, 'small', 2);
    play(journal, 'large', 50);
    expect(idsOf(journal)).toEqual(['large']);
    for (const id of ['1', '2', '3']) play(journal, id, 2); // 4 records each: start, two nodes, end
    expect(idsOf(journal)).toEqual(['2', '3']);
    for (const id of ['4', '5', '6', '7']) play(journal, id, 2);
    expect(idsOf(journal)).toEqual(['6', '7']);
  });

  it('holds what it needs: a thousand times the bound leaves the bound', () => {
    const journal = new MemoryJournal({ keepEnded: 10 });
    for (let id = 0; id < 10_000; id++) play(journal, String(id), 1);
    expect(journal.list()).toHaveLength(10);
  });

  it('tells who listens for requests of none to a run that it has forgotten', () => {
    const journal = new MemoryJournal({ keepEnded: 1 });
    const [held, other] = [journal.create(start('held'), 'a'), journal.create(start('other'), 'a')];
    for (const { runId } of [held, other]) journal.requests.post(runId, { type: 'cancel', reason: 'late' });
    journal.append(other, end('other', 1));
    play(journal, 'newer', 1);
    const heard: string[] = [];
    journal.requests.onRequest(({ runId }) => heard.push(runId));
    expect(heard).toEqual(['held']);
    expect(() => journal.requests.post('other', { type: 'cancel', reason: 'later' })).toThrow(
      expect.objectContaining({ code: 'run-unknown' }),
    );
  });
});

const idsOf = (journal: MemoryJournal): readonly string[] => journal.list().map(({ runId }) => runId);

const start = (runId: string): RunStartEvent =>
  ({
    ...{ v: 1, runId, seq: 0, time: 0, type: 'run-start', workflow: 'w', version: 1, fingerprint: 'f' },
  }) as const;

function play(journal: MemoryJournal, runId: string, nodes: number) {
  const lease = journal.create(start(runId), 'a');
  for (let seq = 1; seq <= nodes; seq++) {
    journal.append(lease, { v: 1, runId, seq, time: 0, type: 'node-start', node: `n${seq}`, attempt: 1 });
  }
  journal.append(lease, end(runId, nodes + 1));
  return lease;
}

const end = (runId: string, seq: number): JournalRecord =>
  ({ v: 1, runId, seq, time: 0, type: 'run-end', status: 'completed' }) as const;
