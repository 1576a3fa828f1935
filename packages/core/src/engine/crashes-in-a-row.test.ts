import { describe, expect, it } from '@jest/globals';
import type { JournalRecord } from '../events/event.js';
import { crashesInARow } from './crashes-in-a-row.js';

const records = (text: string): readonly JournalRecord[] =>
  text.split(' ').map((word, seq) => {
    const [type, ...more] = word.split('!');
    return { v: 1, runId: 'r', seq, time: 0, type, ...(more.length > 0 ? { expired: true } : {}) } as JournalRecord;
  });

describe('crashesInARow', () => {
  it.each([
    ['run-start node-start', 0],
    ['run-start node-start run-resume! node-start', 1],
    ['run-start node-start run-resume! node-start model-start run-resume! node-start tool-start run-resume!', 3],
    // It waited for an approval each time when its process died: of a deploy, say.
    [
      'run-start node-start run-suspend run-resume! node-start run-suspend run-resume! node-start run-suspend run-resume!',
      1,
    ],
    ['run-start node-start run-resume! node-start step-end run-resume! node-start', 1],
    ['run-start run-resume! run-resume! node-suspend', 0],
    ['run-start run-resume! run-resume! node-retry node-start run-resume node-start', 0],
  ])('%s: %d', (text, expected) => {
    expect(crashesInARow(records(text))).toBe(expected);
  });
});
