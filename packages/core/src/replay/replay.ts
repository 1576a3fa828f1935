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
import { ReplayAttempts } from './replay-attempts.js';
import { ReplayCheck } from './replay-check.js';
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
  const progress = new ReplayProgress(patience, () => check.firstUnmet());
  const hasParent = record.start.parent !== undefined;
  const check: ReplayCheck = new ReplayCheck(record, progress, hasParent || hasBudgets(compiled));
  const isWhole = compiled.nodes.every(({ name }) => record.path(name)?.end !== undefined);
  const attempts = new ReplayAttempts(record, check, isWhole);
  const run = new ReplayRun(record, check, attempts);
  const { start, end } = record;
  const noEffects = effectless(services, run);
  const listener = {
    settled: () => progress.end(end === undefined ? undefined : otherEnd(execution, compiled, end, check)),
    rested: nothing,
    nodeFailed: nothing,
    idle: nothing,
    broke: (error: unknown) => progress.fail(error),
  };
  const execution: Execution = new Execution(noEffects, withoutPolicies(compiled, attempts), run, listener, {
    input: start.input,
    identity: start.identity,
    ledger: undefined,
    thread: start.thread && new ThreadSession(noEffects.threads, start.thread),
  });
  check.expectAll();
  execution.pump();
  progress.watch();
  try {
    const diverged = await progress.outcome;
    return { runId: run.runId, records: records.length, ended: end !== undefined, diverged };
  } finally {
    execution.stop(() => new EspalierError('run-parked', `The replay of run '${run.runId}' is over.`), true);
    run.close();
  }
}

const nothing = (): void => {};

/** How the end of the run differs, once everything has settled. */
function otherEnd(
  execution: Execution,
  compiled: CompiledWorkflow,
  end: RunEndEvent,
  check: ReplayCheck,
): Divergence | undefined {
  if (end.status === 'cancelled' || end.status === 'timed_out') return undefined; // nothing that the code decides
  const now = endOf(execution, compiled);
  const difference = firstDifference(comparedData(end), comparedData(now));
  return difference === undefined ? undefined : changedData(end, now, difference, check.sensitive);
}

function endOf(execution: Execution, compiled: CompiledWorkflow): RecordBody {
  const { output } = compiled.graph;
  const conflict = finalStateConflict(execution);
  if (conflict !== undefined) return endRecord('failed', undefined, conflict);
  if (execution.statuses[output] === 'completed') return endRecord('completed', execution.outputs[output], undefined);
  const { status, error } = failureOf(execution, compiled);
  return endRecord(status, undefined, error);
}
