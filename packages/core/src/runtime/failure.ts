import type { CompiledWorkflow } from '../boot/compiled-workflow.js';
import { EspalierError, serializeError } from '../errors/espalier-error.js';
import type { RunEndStatus } from '../events/event.js';
import type { Execution } from '../execution/execution.js';

/**
 * Whether an error says that the budget of the run as a whole is spent, or that of a run above it: a child's id begins
 * with its parent's. A budget of a node, or of a child run, is that node's failure and no more.
 */
export const isRunBudgetSpent = (error: unknown, runId: string): boolean =>
  EspalierError.is(error, 'budget-exceeded') &&
  error.where.node === undefined &&
  error.where.runId !== undefined &&
  `${runId}/`.startsWith(`${error.where.runId}/`);

/** Why a run whose output agent did not complete has no result. The first failed node in the graph's order counts. */
export function failureOf(
  execution: Execution,
  { workflow, graph }: CompiledWorkflow,
): { readonly status: RunEndStatus; readonly error: EspalierError } {
  const { runId } = execution.engine;
  const failed = [...(execution.errors ?? [])].sort(([a], [b]) => a - b);
  const [first] = failed;
  if (first === undefined) {
    const output = execution.nameOf(graph.output);
    const message = `Run '${runId}' of workflow '${workflow.name}' has no result: its output agent '${output}' was skipped.`;
    return {
      status: 'failed',
      error: new EspalierError('output-skipped', message, { where: { runId, node: output } }),
    };
  }
  const spent = failed.find(([, error]) => isRunBudgetSpent(error, runId));
  if (spent !== undefined) return { status: 'budget_exceeded', error: spent[1] as EspalierError };
  const [index, cause] = first;
  const node = execution.nameOf(index);
  const more = failed.length === 1 ? '' : ` (and ${failed.length - 1} more)`;
  const error = new EspalierError(
    'run-failed',
    `Run '${runId}' of workflow '${workflow.name}' failed: node '${node}'${more}: ${serializeError(cause).message}`,
    {
      hint: EspalierError.is(cause) ? cause.hint : 'See `cause`; `run.outcome` has every partial result.',
      where: { runId, node },
      details: { nodes: failed.map(([at, reason]) => ({ node: execution.nameOf(at), error: serializeError(reason) })) },
      cause,
    },
  );
  return { status: 'failed', error };
}
