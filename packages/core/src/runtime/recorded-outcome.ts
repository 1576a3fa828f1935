import type { CompiledWorkflow } from '../boot/compiled-workflow.js';
import type { Engine, EngineRun } from '../engine/engine.js';
import { rootOf } from '../engine/node-paths.js';
import { RecordedHistory } from '../engine/recorded-history.js';
import { deserializeError, EspalierError } from '../errors/espalier-error.js';
import type { RunEndStatus } from '../events/event.js';
import { Execution } from '../execution/execution.js';
import type { ExecutionListener } from '../execution/execution-listener.js';
import { certainSources } from '../execution/node-inputs.js';
import type { RuntimeServices } from '../execution/runtime-services.js';
import { noWrites } from '../execution/settlement.js';
import { toPlain } from '../schema/plain.js';
import { frontierAfter } from '../state/frontiers.js';
import { outcomeOf, type RunOutcome } from './run-outcome.js';

/** A run of which only the journal knows how far it has come. */
export interface RecordedRun {
  readonly runId: string;
  readonly workflow: CompiledWorkflow;
  /** Paths of what waits. */
  readonly waiting: readonly string[];
}

/**
 * The outcome of a run, with what had settled in it, as the journal has it.
 *
 * @param ended how it ended. @default it is parked
 */
export async function recordedOutcome<Output>(
  services: RuntimeServices,
  engine: Engine,
  { runId, workflow, waiting }: RecordedRun,
  error: unknown,
  ended: { readonly status: RunEndStatus; readonly output: Output | undefined } | undefined = undefined,
): Promise<RunOutcome<Output>> {
  const history = new RecordedHistory(await engine.read(runId));
  const run = { input: undefined, identity: undefined, ledger: undefined, thread: undefined };
  const execution = new Execution(services, workflow, over(runId, history), nobody, run);
  execution.stop(() => new EspalierError('run-settled', `Run '${runId}' is not held.`), true);
  for (const path of waiting) {
    const at = workflow.nodes.findIndex(({ name }) => name === rootOf(path));
    if (at >= 0) execution.statuses[at] = 'suspended';
  }
  for (const { index, name, graph } of workflow.nodes) {
    const end = history.end(name);
    if (end === undefined) continue;
    const before = execution.frontiers.before(certainSources(graph));
    if (end.type === 'node-skip') {
      execution.settleNode(index, 'skipped', undefined, undefined, before);
      continue;
    }
    const cause = end.error === undefined ? undefined : deserializeError(end.error);
    const frontier = frontierAfter({ index, node: name, before }, end.writes ?? noWrites);
    execution.settleNode(index, end.status as 'completed' | 'failed', toPlain(end.output, {}), cause, frontier);
  }
  execution.usage.restore(history.spending.own);
  return outcomeOf<Output>(execution, ended?.status ?? 'parked', ended?.output, error);
}

/** A run that is only looked at. */
const over = (runId: string, history: RecordedHistory): EngineRun => ({
  ...({ runId, history, owner: '', expired: false, performing: 0, sensitive: undefined } as const),
  ...{ record: refuse, emitText: refuse, task: refuse, timer: refuse, signal: refuse, now: refuse, rest: refuse },
  ...{ expire: refuse, reload: refuse, close: refuse },
});

const refuse = (): never => {
  throw new EspalierError('run-settled', 'The run is only looked at.');
};

const nobody: ExecutionListener = {
  settled: () => {},
  rested: () => {},
  nodeFailed: () => {},
  idle: () => {},
  broke: () => {},
};
