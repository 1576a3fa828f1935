import type { CompiledWorkflow } from '../boot/compiled-workflow.js';
import { EspalierError } from '../errors/espalier-error.js';
import type { JournalRecord, RecordBody, RunEndEvent } from '../events/event.js';
import { Execution } from '../execution/execution.js';
import type { RuntimeServices } from '../execution/runtime-services.js';
import { failureOf } from '../runtime/failure.js';
import { endRecord } from '../runtime/run-end.js';
import { finalStateConflict } from '../runtime/run-outcome.js';
import { ThreadSession } from '../thread/thread-session.js';
import { comparedData } from './compared-data.js';
import { changedData } from './divergence-of.js';
import { firstDifference } from './first-difference.js';
import { ReplayProgress } from './replay-progress.js';
import { ReplayRecord } from './replay-record.js';
import type { Divergence, ReplayReport } from './replay-report.js';
import { ReplayRun } from './replay-run.js';
import { effectless, hasBudgets, withoutPolicies } from './replayed-workflow.js';

/**
 * Does a run again from its record: the workflow's code runs, and every step gets its recorded result. Nothing is performed
 * and nothing is written.
 * @param patience in milliseconds of real time
 */
export async function replay(
  compiled: CompiledWorkflow,
  records: readonly JournalRecord[],
  services: RuntimeServices,
  patience: number,
): Promise<ReplayReport> {
  const record = new ReplayRecord(records);
  const progress = new ReplayProgress(patience, () => run.firstUnmet());
  const run: ReplayRun = new ReplayRun(record, progress, {
    isWhole: compiled.nodes.every(({ name }) => record.path(name)?.end !== undefined),
    hasBudgets: record.start.parent !== undefined || hasBudgets(compiled),
  });
  run.expectAll();
  const execution = executionOf(compiled, record, run, progress, services);
  execution.pump();
  progress.watch();
  const diverged = await progress.outcome;
  execution.stop(() => new EspalierError('run-parked', `The replay of run '${run.runId}' is over.`), true);
  run.close();
  return { runId: run.runId, records: records.length, ended: record.end !== undefined, diverged };
}

function executionOf(
  compiled: CompiledWorkflow,
  { start, end }: ReplayRecord,
  run: ReplayRun,
  progress: ReplayProgress,
  services: RuntimeServices,
): Execution {
  const workflow = withoutPolicies(compiled, () => run);
  const withoutEffects = effectless(services, run);
  const { input, identity } = start;
  const thread = start.thread && new ThreadSession(withoutEffects.threads, start.thread);
  const listener = {
    settled: () => progress.end(end === undefined ? undefined : otherEnd(execution, compiled, end, run)),
    rested: () => {},
    nodeFailed: () => {},
    idle: () => {},
    broke: (error: unknown) => progress.fail(error),
  };
  const execution: Execution = new Execution(withoutEffects, workflow, run, listener, {
    input,
    identity,
    ledger: undefined,
    thread,
  });
  return execution;
}

/** How the end of the run differs, once everything has settled. */
function otherEnd(
  execution: Execution,
  compiled: CompiledWorkflow,
  end: RunEndEvent,
  run: ReplayRun,
): Divergence | undefined {
  if (end.status === 'cancelled' || end.status === 'timed_out') return undefined; // nothing that the code decides
  const now = endOf(execution, compiled);
  const difference = firstDifference(comparedData(end), comparedData(now));
  return difference === undefined ? undefined : changedData(end, now, difference, run.sensitive);
}

function endOf(execution: Execution, compiled: CompiledWorkflow): RecordBody {
  const { output } = compiled.graph;
  const conflict = finalStateConflict(execution);
  if (conflict !== undefined) return endRecord('failed', undefined, conflict);
  if (execution.statuses[output] === 'completed') return endRecord('completed', execution.outputs[output], undefined);
  const { status, error } = failureOf(execution, compiled);
  return endRecord(status, undefined, error);
}
