import { setTimeout as pause } from 'node:timers/promises';
import { Scene } from './evidence.js';
import type { Kill } from './kill.js';
import { type Order, type Report, type RunReport, runOf } from './orders.js';
import { Choices } from './random.js';
import type { Subject } from './subjects/subject.js';
import { type Death, deathAt, Judge, type Undisturbed, type Verdict } from './verdict.js';
import type { Ended, Lane } from './worker.js';

/** How each workflow goes that nobody disturbs, by name. */
export type Known = ReadonlyMap<string, { readonly subject: Subject; readonly expected: Undisturbed }>;

export interface RoundResult extends Verdict {
  readonly kills: number;
}

/** When a process is killed: at one of its writes, by itself, or after some milliseconds, from outside. */
type RandomKill = Kill | { readonly after: number };

interface Plan {
  readonly runs: Order['runs'];
  readonly kills: readonly RandomKill[];
  readonly recovers: boolean;
}

/** The same for the same seed and round. */
function planOf(known: Known, choices: Choices): Plan {
  const names = choices.some([...known.keys()], 1 + choices.below(3));
  const kill = (): RandomKill =>
    choices.below(2) === 0
      ? { after: choices.below(120) }
      : { when: choices.one(['before', 'torn', 'after']), at: 1 + choices.below(20 * names.length) };
  return {
    runs: names.map(runOf),
    kills: Array.from({ length: 1 + choices.below(4) }, kill),
    recovers: choices.below(2) === 0,
  };
}

/** A few workflows at once in one process, which is killed at random, as are those that go on, until one is not. */
export async function randomRound(lane: Lane, known: Known, seed: number, round: number): Promise<RoundResult> {
  const { runs, kills, recovers } = planOf(known, new Choices(seed, round));
  const scene = new Scene();
  const deaths: Death[] = [];
  try {
    for (let number = 0; ; number++) {
      const order = { name: `p${number}`, file: scene.file, effects: scene.effectsFile, runs, recovers };
      const ended = await obeyUntilKilled(lane, order, kills[number]);
      if (!ended.killed) return await judgeAll(scene, known, ended.report, deaths);
      deaths.push(await deathAt(scene));
    }
  } finally {
    scene.remove();
  }
}

/** Gives an order, and kills who has it in time. */
export async function obeyUntilKilled(lane: Lane, order: Order, kill: RandomKill | undefined): Promise<Ended> {
  if (kill === undefined) return lane.obey(order);
  if ('when' in kill) return lane.obey({ ...order, kill });
  const { worker } = lane;
  const over = new AbortController();
  const ended = lane.obey(order).finally(() => over.abort());
  pause(kill.after, undefined, { signal: over.signal }).then(
    () => worker.kill('SIGKILL'),
    () => {}, // it was faster
  );
  return ended;
}

/** Judges every run of a scene. */
export async function judgeAll(
  scene: Scene,
  known: Known,
  report: Report,
  deaths: readonly Death[],
): Promise<RoundResult> {
  const threadId = [...known.values()].find(({ subject }) => subject.threadId !== undefined)?.subject.threadId;
  const evidence = await scene.read({ threadId });
  const effects = scene.effects();
  const verdicts = report.runs.map((run: RunReport) => {
    const { subject, expected } = known.get(run.runId.replace('run of ', '')) as {
      subject: Subject;
      expected: Undisturbed;
    };
    return new Judge(run.runId, subject, expected).judge(run, evidence, effects, deaths);
  });
  const sum = (amount: (verdict: Verdict) => number): number =>
    verdicts.reduce((total, verdict) => total + amount(verdict), 0);
  return {
    kills: deaths.length,
    effects: sum((verdict) => verdict.effects),
    repeated: sum(({ repeated }) => repeated),
    repeatedOnRecord: sum(({ repeatedOnRecord }) => repeatedOnRecord),
    problems: verdicts.flatMap(({ problems }) => problems),
  };
}
