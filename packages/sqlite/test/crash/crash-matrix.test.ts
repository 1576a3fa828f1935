import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Choice, everyWrite, everyWriteTwice, knownOf, rowOf } from './matrix.js';
import { randomRound } from './random-rounds.js';
import { stopRound, takeoverRound } from './rival-rounds.js';
import { playRounds } from './rounds.js';
import { subjects } from './subjects/subjects.js';
import { Lane } from './worker.js';

// A sample, of some two hundred real processes: they share the machine with all other tests. `npm run test:crash` kills at
// every write, and a thousand times more.
const PATIENCE = 600_000;

const program = join(import.meta.dirname, '../../../../node_modules/.cache/espalier-crash/process.mjs');
const lanes: [Lane, Lane] = [undefined as never, undefined as never];

beforeAll(() => {
  const made = spawnSync(process.execPath, [join(import.meta.dirname, 'bundle-process.mjs')], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
  for (const at of [0, 1]) lanes[at] = new Lane(program);
}, PATIENCE);

afterAll(() => {
  for (const lane of lanes) lane.close();
});

/** One case of so many. */
const each =
  (nth: number, choice: Choice): Choice =>
  (writes) =>
    [...choice(writes)].filter((_, index) => index % nth === 1);

describe('a process that is killed', () => {
  it.each(subjects.map((subject) => [subject.name, subject] as const))(
    'at any write of a run loses nothing, and what is on record is not done again: %s',
    async (_name, subject) => {
      const choices = [
        each(3, everyWrite('after')),
        each(9, everyWrite('before')),
        each(9, everyWrite('torn')),
        each(9, everyWriteTwice),
      ];
      const row = await rowOf(lanes, subject, choices);
      expect(row.problems).toEqual([]);
      expect(row.repeatedOnRecord).toBe(0);
      expect(row.kills).toBeGreaterThanOrEqual(row.writes / 3);
    },
    PATIENCE,
  );

  const seed = Math.floor(Math.random() * 1_000_000);

  it(
    `at any time loses nothing either: seed ${seed}`,
    async () => {
      const known = await knownOf(lanes[0], subjects);
      const { result } = await playRounds(8, lanes, (lane, round) => randomRound(lane, known, seed, round));
      expect(result.problems).toEqual([]);
      const pairs = [lanes];
      const rivals = await playRounds(3, pairs, (pair, round) => takeoverRound(pair, known, seed, round));
      expect(rivals.result.problems).toEqual([]);
      const stopped = await playRounds(3, pairs, (pair, round) => stopRound(pair, known, seed, round));
      expect(stopped.result.problems).toEqual([]);
    },
    PATIENCE,
  );
});
