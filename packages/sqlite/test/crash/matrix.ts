import { type CaseResult, crashCase, undisturbedRun } from './crash-case.js';
import type { Kill } from './kill.js';
import type { Known } from './random-rounds.js';
import type { Subject } from './subjects/subject.js';
import type { Undisturbed } from './verdict.js';
import type { Lane } from './worker.js';

/** One line of the table. */
export interface Row {
  readonly workflow: string;
  readonly writes: number;
  readonly cases: number;
  readonly kills: number;
  readonly effects: number;
  readonly repeated: number;
  readonly repeatedOnRecord: number;
  readonly sameResult: number;
  readonly problems: readonly string[];
}

/** Chooses kills by how many writes an undisturbed run has. */
export type Choice = (writes: number) => Iterable<readonly Kill[]>;

/** A kill at every write, in this way. */
export const everyWrite =
  (when: Kill['when']): Choice =>
  (writes) =>
    Array.from({ length: writes }, (_, index) => [{ when, at: index + 1 }]);

/** A kill at every write, and another one at a write of the process that goes on: each time at another one. */
export const everyWriteTwice: Choice = (writes) =>
  Array.from({ length: writes }, (_, index) => [
    { when: index % 2 === 0 ? 'after' : 'before', at: index + 1 },
    { when: index % 3 === 0 ? 'before' : 'after', at: 1 + ((index * 5) % 11) },
  ]);

/** What names a case, so that it can be done again alone. */
export const caseName = (workflow: string, kills: readonly Kill[]): string =>
  `${workflow}:${kills.map(({ when, at }) => `${when}-${at}`).join(',')}`;

/** How each workflow goes that nobody disturbs. */
export async function knownOf(lane: Lane, subjects: readonly Subject[]): Promise<Known> {
  const known = new Map<string, { readonly subject: Subject; readonly expected: Undisturbed }>();
  for (const subject of subjects) {
    known.set(subject.name, { subject, expected: await undisturbedRun(lane, subject) });
  }
  return known;
}

/** Kills processes of a workflow at the chosen writes, in several lanes at a time. */
export async function rowOf(lanes: readonly Lane[], subject: Subject, choices: readonly Choice[]): Promise<Row> {
  const workflow = subject.name;
  const expected = await undisturbedRun(lanes[0] as Lane, subject);
  const cases = choices.flatMap((choice) => [...choice(expected.writes)]);
  const results: CaseResult[] = [];
  const problems: string[] = [];
  const waiting = [...cases];
  const work = async (lane: Lane): Promise<void> => {
    for (let kills = waiting.shift(); kills !== undefined; kills = waiting.shift()) {
      const result = await crashCase(lane, subject, expected, kills).catch(failed);
      results.push(result);
      problems.push(...result.problems.map((problem) => `${caseName(workflow, kills ?? [])}: ${problem}`));
    }
  };
  await Promise.all(lanes.map(work));
  const sum = (amount: (result: CaseResult) => number): number =>
    results.reduce((total, result) => total + amount(result), 0);
  return {
    workflow,
    writes: expected.writes,
    cases: results.length,
    kills: sum(({ kills }) => kills),
    effects: sum(({ effects }) => effects),
    repeated: sum(({ repeated }) => repeated),
    repeatedOnRecord: sum(({ repeatedOnRecord }) => repeatedOnRecord),
    sameResult: results.filter(({ problems: found }) => found.length === 0).length,
    problems,
  };
}

/** Of a case that came to no end. */
const failed = (error: unknown): CaseResult => ({
  ...{ kills: 0, effects: 0, repeated: 0, repeatedOnRecord: 0, problems: [String(error)] },
});
