// `npm run test:crash`: kills processes at every write of every workflow, then at random; prints what came of it.
// --rounds 500   how many random rounds                    --seed 7        which ones
// --round 12     only this random round of the seed        --only retry    only this workflow
// --no-matrix    only at random                            --lanes 4       how many at a time, at least 2
// --case 'retry:after-7,before-3'   only this case of the matrix, as a problem names it
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { crashCase, undisturbedRun } from './crash-case.js';
import type { Kill } from './kill.js';
import { everyWrite, everyWriteTwice, knownOf, type Row, rowOf } from './matrix.js';
import { type RoundResult, randomRound } from './random-rounds.js';
import { stopRound, takeoverRound } from './rival-rounds.js';
import { playRounds, type RoundsResult } from './rounds.js';
import { subjectOf, subjects } from './subjects/subjects.js';
import { table } from './table.js';
import { Lane } from './worker.js';

const { values } = parseArgs({
  allowNegative: true,
  options: {
    matrix: { type: 'boolean', default: true },
    rounds: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    round: { type: 'string' },
    only: { type: 'string' },
    lanes: { type: 'string', default: String(Math.max(2, availableParallelism())) },
    case: { type: 'string' },
  },
});
const program = join(import.meta.dirname, 'process.mjs');
const seed = Number(values.seed);
const chosen = values.only === undefined ? subjects : [subjectOf(values.only)];
const lanes = Array.from({ length: Number(values.lanes) }, () => new Lane(program)) as [Lane, Lane, ...Lane[]];
const problems: string[] = [];

function tell(title: string, { rounds, result }: RoundsResult): void {
  const { kills, effects, repeated, repeatedOnRecord } = result;
  const again = `${repeated} made again, ${repeatedOnRecord} of those on record`;
  console.log(
    `${title}: ${rounds} rounds, ${kills} kills, ${effects} calls, ${again}, ${result.problems.length} problems`,
  );
  problems.push(...result.problems);
}

async function oneCase(name: string): Promise<void> {
  const [workflow = '', kills = ''] = name.split(':');
  const subject = subjectOf(workflow);
  const plan = kills.split(',').map((kill): Kill => {
    const [when, at] = kill.split('-');
    return { when: when as Kill['when'], at: Number(at) };
  });
  const result = await crashCase(lanes[0], subject, await undisturbedRun(lanes[0], subject), plan);
  problems.push(...result.problems);
  console.log(result);
}

async function theMatrix(): Promise<void> {
  const choices = [everyWrite('before'), everyWrite('torn'), everyWrite('after'), everyWriteTwice];
  const rows: Row[] = [];
  for (const subject of chosen) {
    const row = await rowOf(lanes, subject, choices);
    rows.push(row);
    console.error(table([row]).split('\n')[2]);
  }
  console.log(`Killed at every write: before it, between it and its commit, after it, and twice.\n\n${table(rows)}\n`);
  problems.push(...rows.flatMap((row) => row.problems));
}

async function theRounds(): Promise<void> {
  console.log(`Seed ${seed}.`);
  const known = await knownOf(lanes[0], chosen);
  const count = Number(values.rounds);
  const alone = (lane: Lane, round: number): Promise<RoundResult> => randomRound(lane, known, seed, round);
  tell('Killed at random', await playRounds(count, lanes, alone));
  const few = Math.ceil(count / 20);
  const pair: readonly [Lane, Lane] = [lanes[0], lanes[1]];
  tell('Two processes', await playRounds(few, [pair], (both, round) => takeoverRound(both, known, seed, round)));
  tell('Stopped, and woken', await playRounds(few, [pair], (both, round) => stopRound(both, known, seed, round)));
}

try {
  if (values.case !== undefined) await oneCase(values.case);
  else if (values.round !== undefined) {
    const known = await knownOf(lanes[0], chosen);
    const round = Number(values.round);
    tell('Killed at random', await playRounds(1, lanes, (lane) => randomRound(lane, known, seed, round)));
  } else {
    if (values.matrix) await theMatrix();
    await theRounds();
  }
} finally {
  for (const lane of lanes) lane.close();
}
for (const problem of problems.slice(0, 50)) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
