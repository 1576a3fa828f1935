import { setTimeout as pause } from 'node:timers/promises';
import { Scene } from './evidence.js';
import { type Order, type Report, runOf } from './orders.js';
import { Choices } from './random.js';
import { judgeAll, type Known, obeyUntilKilled, type RoundResult } from './random-rounds.js';
import { type Death, deathAt } from './verdict.js';
import type { Lane } from './worker.js';

const ordersOf = (scene: Scene, order: Pick<Order, 'runs' | 'lease' | 'recovers'>) => (name: string) => ({
  ...{ name, file: scene.file, effects: scene.effectsFile, ...order },
});

const runsOf = (known: Known, choices: Choices, count: number): Order['runs'] =>
  choices.some([...known.keys()], count).map(runOf);

/**
 * Two processes that both want the same runs to their end. Each is killed at random, and the other one takes its runs over:
 * what either has on record, neither does again.
 */
export async function takeoverRound(
  lanes: readonly [Lane, Lane],
  known: Known,
  seed: number,
  round: number,
): Promise<RoundResult> {
  const choices = new Choices(seed, round);
  const scene = new Scene();
  const recovers = choices.below(2) === 0;
  const orderOf = ordersOf(scene, { runs: runsOf(known, choices, 2), lease: '1s', recovers });
  const kills = lanes.map(() =>
    Array.from({ length: 1 + choices.below(2) }, () => ({ after: 10 + choices.below(150) })),
  );
  const deaths: Death[] = [];
  const play = async (lane: Lane, at: number): Promise<Report> => {
    for (let number = 0; ; number++) {
      const ended = await obeyUntilKilled(lane, orderOf(`${'ab'[at]}${number}`), kills[at]?.[number]);
      if (!ended.killed) return ended.report;
      deaths.push(await deathAt(scene, true));
    }
  };
  try {
    const reports = await Promise.all(lanes.map(play));
    return await judgeAll(scene, known, best(reports), deaths);
  } finally {
    scene.remove();
  }
}

/**
 * A process is stopped, not killed, for longer than its lease. Another one takes its runs over and ends them. Then the first
 * one wakes, and still believes that it owns them.
 */
export async function stopRound(
  [owner, other]: readonly [Lane, Lane],
  known: Known,
  seed: number,
  round: number,
): Promise<RoundResult> {
  const choices = new Choices(seed, round);
  const scene = new Scene();
  const runs = runsOf(known, choices, 1);
  const orderOf = ordersOf(scene, { runs, lease: '250ms', recovers: choices.below(2) === 0 });
  try {
    const { worker } = owner;
    const first = owner.obey(orderOf('a'));
    await pause(choices.below(100));
    worker.kill('SIGSTOP');
    const second = other.obey(orderOf('b'));
    // Who is stopped within a transaction lets nobody else write: then it is woken before the other one has its way.
    const ended = await Promise.race([second, pause(3000)]);
    const before = ended === undefined ? undefined : await scene.read({ live: true });
    const awake = scene.effects().length;
    worker.kill('SIGCONT');
    const reports = [await second, await first].map((end) => (end.killed ? undefined : end.report));
    const result = await judgeAll(scene, known, best(reports), []);
    const problems: string[] = [...result.problems];
    if (before !== undefined) {
      const after = await scene.read();
      const same = JSON.stringify([...after.runs]) === JSON.stringify([...before.runs]);
      if (!same) problems.push('who was stopped has written to a run that another process had ended');
      const late = scene
        .effects()
        .slice(awake)
        .filter(({ kind }) => kind !== 'kept' && kind !== 'node');
      const { atOnce } = known.get(runs[0]?.subject as string)?.subject ?? { atOnce: 0 };
      if (late.length > atOnce) problems.push(`who was stopped has done ${late.length} things more`);
    }
    return { ...result, kills: 1, problems };
  } finally {
    scene.remove();
  }
}

/** Of each run, the report of the process that had it in the end. */
function best(reports: readonly (Report | undefined)[]): Report {
  const [first] = reports as readonly [Report];
  const all = reports.flatMap((report) => report?.runs ?? []);
  const runs = first.runs.map(({ runId }) => {
    const own = all.filter((run) => run.runId === runId);
    return own.find(({ usage }) => usage !== undefined) ?? own.find(({ status }) => status !== undefined) ?? own[0];
  });
  return { ...first, runs: runs as Report['runs'] };
}
