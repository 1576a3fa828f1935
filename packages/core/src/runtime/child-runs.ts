import type { CompiledNode, CompiledWorkflow } from '../boot/compiled-workflow.js';
import type { Engine } from '../engine/engine.js';
import { spentBy } from '../engine/recorded-spending.js';
import { EspalierError } from '../errors/espalier-error.js';
import type { RunEndEvent } from '../events/event.js';
import type { Attempt } from '../execution/attempt.js';
import type { ChildCall } from '../execution/runtime-services.js';
import { sensitiveOutput } from '../execution/settlement-marks.js';
import type { Workflow } from '../graph/workflow.js';
import type { RunSummary } from '../journal/journal.js';
import { toPlain } from '../schema/plain.js';
import { learnAll, learnShape } from '../sensitive/learn.js';
import { learnFromRecords } from '../sensitive/learn-from-records.js';
import { ChildWait } from '../suspension/child-wait.js';
import type { RunControl } from './run-control.js';
import type { RunControlOptions } from './run-control-options.js';
import { recordedResult } from './run-end.js';

/** What a child takes from where it is called. */
export type ChildOptions = Pick<RunControlOptions, 'identity' | 'parent' | 'ledger' | 'onRest' | 'sensitive'>;

/** The runtime as its child runs see it. */
export interface ChildHost {
  readonly engine: Engine;
  /** Whether it is drained: no child begins or goes on here any more. */
  readonly closed: boolean;
  compiled(workflow: Workflow): CompiledWorkflow;
  control(compiled: CompiledWorkflow, input: unknown, options: Omit<RunControlOptions, 'onEnd'>): RunControl;
  adopt(runId: string, options: ChildOptions): Promise<RunControl>;
}

/** How often it is looked whether a child is free, in milliseconds: less and less often. */
const SHORTEST = 20;
const LONGEST = 1000;

/** A child run has a fixed id, so that a parent that is resumed finds it: running, parked or ended. */
export async function callChild(host: ChildHost, attempt: Attempt, call: ChildCall): Promise<unknown> {
  const { childId, workflow, input, ledger } = call;
  const compiled = host.compiled(workflow);
  const known = await whenFree(host.engine, attempt, childId);
  if (known?.ended === true) {
    const records = await host.engine.read(childId);
    ledger.charge(spentBy(records));
    learnAll(attempt.learner, learnFromRecords(records));
    return marked(attempt, call, compiled, recordedResult(records.at(-1) as RunEndEvent));
  }
  attempt.assertOpen();
  const wait = new ChildWait(attempt);
  const forgetWait = attempt.onClose(() => wait.stop());
  if (host.closed) return await parkedToo(wait);
  const around: ChildOptions = {
    identity: toPlain(attempt.identity, {}),
    parent: { runId: attempt.runId, node: attempt.node },
    ledger,
    onRest: (rests) => wait.rest(rests),
    sensitive: attempt.learner.sensitive,
  };
  try {
    const child =
      known === undefined
        ? host.control(compiled, input, { runId: childId, ...around, engineRun: undefined })
        : await host.adopt(childId, around);
    const result = await resultOf(child, attempt);
    await wait.end();
    learnAll(attempt.learner, child.execution?.engine.sensitive);
    return marked(attempt, call, compiled, result);
  } catch (error) {
    if (host.closed && EspalierError.is(error) && ['run-parked', 'runtime-closed'].includes(error.code)) {
      return await parkedToo(wait);
    }
    if (EspalierError.is(error, 'run-owned') && error.where.runId === childId)
      return await callChild(host, attempt, call);
    await wait.end();
    throw error;
  } finally {
    forgetWait();
  }
}

/**
 * A child that some process holds is waited for: the one that had its parent is about to give it back, or somebody goes on
 * with it by itself.
 */
async function whenFree(engine: Engine, attempt: Attempt, childId: string): Promise<RunSummary | undefined> {
  for (let pause = SHORTEST; ; pause = Math.min(2 * pause, LONGEST)) {
    const known = await engine.find(childId);
    if (known === undefined || known.ended || !known.owned || attempt.isOver) return known;
    await new Promise<void>((resolve) => {
      const cancel = attempt.run.execution.clock.setTimer(pause, () => {
        forget();
        resolve();
      });
      const forget = attempt.onClose(() => {
        cancel();
        resolve();
      });
    });
  }
}

/** The result of a child, with the marks of the record that its parent makes of it. */
function marked(attempt: Attempt, call: ChildCall, { nodes, graph }: CompiledWorkflow, result: unknown): unknown {
  const shape = sensitiveOutput(nodes[graph.output] as CompiledNode);
  if (shape !== undefined) call.marks = learnShape(attempt.learner, shape, result, ['value']);
  return result;
}

/** The child stops with the attempt: for good, unless its parent is to go on elsewhere. */
async function resultOf(child: RunControl, attempt: Attempt): Promise<unknown> {
  const forget = attempt.onClose(() => {
    if (attempt.run.execution.parking) child.park();
    else child.cancel('its parent stopped');
  });
  try {
    return await child.result;
  } finally {
    forget();
  }
}

/** The child will go on when its parent does, elsewhere: until that is parked too, it waits. */
function parkedToo(wait: ChildWait): Promise<never> {
  wait.rest(true);
  return new Promise(() => {});
}
