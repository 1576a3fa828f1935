import type { CompiledNode, CompiledWorkflow } from '../boot/compiled-workflow.js';
import type { EngineRun } from '../engine/engine.js';
import { deserializeError, EspalierError, serializeError } from '../errors/espalier-error.js';
import type { RecordBody, RunEndEvent, RunEndStatus } from '../events/event.js';
import { sensitiveOutput } from '../execution/settlement-marks.js';
import { isPromise } from '../journal/maybe-promise.js';
import type { Json } from '../schema/json.js';
import { toPlain } from '../schema/plain.js';
import { learnShape } from '../sensitive/learn.js';

/** How a run stops here: it ends, or it is parked and goes on elsewhere. */
export type StopStatus = RunEndStatus | 'parked';

/** Why and how a run stops before everything has settled. */
export interface Stop {
  readonly status: StopStatus;
  readonly error: EspalierError;
}

/** The record of a run's end. */
export function endRecord(status: RunEndStatus, output: unknown, error: unknown): RecordBody {
  return {
    type: 'run-end',
    status,
    ...(output === undefined ? {} : { output: output as Json }),
    ...(error === undefined ? {} : { error: serializeError(error) }),
  };
}

/** The same, with the marks of what is sensitive in it. */
export function lastRecord(
  { nodes, graph }: CompiledWorkflow,
  engineRun: EngineRun,
  { status, output, error }: { readonly status: RunEndStatus; readonly output: unknown; readonly error: unknown },
): RecordBody {
  const shape = sensitiveOutput(nodes[graph.output] as CompiledNode);
  const record = endRecord(status, output, error);
  return shape === undefined ? record : { ...record, ...learnShape(engineRun, shape, output, ['output']) };
}

/** The output of a run that ended before, as it is on record. @throws the error that it ended with */
export function recordedResult(end: RunEndEvent): unknown {
  if (end.status === 'completed') return toPlain(end.output, {});
  throw end.error === undefined
    ? new EspalierError('run-failed', `Run '${end.runId}' ended ${end.status}.`)
    : deserializeError(end.error);
}

export const cancelled = (runId: string, workflow: string, reason: string): Stop => ({
  status: 'cancelled',
  error: new EspalierError('run-cancelled', `Run '${runId}' of workflow '${workflow}' was cancelled: ${reason}.`, {
    where: { runId },
  }),
});

export const timedOut = (runId: string, workflow: string, deadline: number): Stop => ({
  status: 'timed_out',
  error: new EspalierError(
    'run-timed-out',
    `Run '${runId}' of workflow '${workflow}' reached its deadline of ${deadline} ms.`,
    { where: { runId } },
  ),
});

export const parked = (runId: string): Stop => ({
  status: 'parked',
  error: new EspalierError('run-parked', `Run '${runId}' was parked: its runtime was drained before the run ended.`, {
    hint: `Resume it: espalier.resume('${runId}').`,
    where: { runId },
  }),
});

/** What the code of a node is told that still asks for something when its run was laid aside. */
export const laidAside = (runId: string): EspalierError =>
  new EspalierError('run-parked', `Run '${runId}' was laid aside: all that is left of it waits.`, {
    hint: 'Do what takes time in ctx.step: a run in which one is performed stays in memory.',
    where: { runId },
  });

/** What an attempt is told that still asks for something when its run has ended. */
export const runOver = (runId: string): EspalierError =>
  new EspalierError('run-settled', `Run '${runId}' has ended.`, { where: { runId } });

/** Records the last thing, if there is one, and gives the run back whatever comes of it. @returns the first fault */
export async function closeRun(
  engineRun: EngineRun,
  last: () => RecordBody | undefined,
): Promise<{ readonly fault: unknown } | undefined> {
  let fault: { readonly fault: unknown } | undefined;
  try {
    const body = last();
    const kept = body === undefined ? undefined : engineRun.record(body);
    if (isPromise(kept)) await kept;
  } catch (reason) {
    fault = { fault: reason };
  }
  try {
    const closed = engineRun.close();
    if (isPromise(closed)) await closed;
  } catch (reason) {
    fault ??= { fault: reason };
  }
  return fault;
}
