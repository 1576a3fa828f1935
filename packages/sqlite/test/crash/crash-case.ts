import { Scene } from './evidence.js';
import type { Kill } from './kill.js';
import { type RunReport, runOf } from './orders.js';
import type { Subject } from './subjects/subject.js';
import { type Death, deathAt, Judge, type Undisturbed, undisturbed, type Verdict } from './verdict.js';
import type { Lane } from './worker.js';

export interface CaseResult extends Verdict {
  readonly kills: number;
}

/** How a workflow goes where nothing is killed. */
export async function undisturbedRun(lane: Lane, subject: Subject): Promise<Undisturbed> {
  const scene = new Scene();
  try {
    const runs = [runOf(subject.name)];
    const ended = await lane.obey({ name: 'p0', file: scene.file, effects: scene.effectsFile, runs });
    if (ended.killed) throw new Error(`the undisturbed run of '${subject.name}' was killed`);
    const { report } = ended;
    return await undisturbed(scene, report.runs[0] as RunReport, report.writes, subject);
  } finally {
    scene.remove();
  }
}

/**
 * Kills a process at a write, and each one after it that goes on with the run at a write of its own, as long as there are
 * kills; the last one brings the run to its end.
 */
export async function crashCase(
  lane: Lane,
  subject: Subject,
  expected: Undisturbed,
  kills: readonly Kill[],
): Promise<CaseResult> {
  const scene = new Scene();
  const { threadId, name: workflow } = subject;
  const run = runOf(workflow);
  const deaths: Death[] = [];
  try {
    for (let number = 0; ; number++) {
      const name = `p${number}`;
      const kill = kills[number];
      const place = { file: scene.file, effects: scene.effectsFile };
      const ended = await lane.obey({ name, ...place, runs: [run], ...(kill === undefined ? {} : { kill }) });
      if (ended.killed) {
        deaths.push(await deathAt(scene));
        continue;
      }
      const judge = new Judge(run.runId, subject, expected);
      const [report] = ended.report.runs as readonly [RunReport];
      const verdict = judge.judge(report, await scene.read({ threadId }), scene.effects(), deaths);
      return { ...verdict, kills: deaths.length };
    }
  } finally {
    scene.remove();
  }
}
