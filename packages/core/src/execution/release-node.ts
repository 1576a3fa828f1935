import type { CompiledNode } from '../boot/compiled-workflow.js';
import { serializeError } from '../errors/espalier-error.js';
import type { GraphNode } from '../graph/graph.js';
import type { Execution } from './execution.js';
import { FanOut, itemsOf } from './fan-out.js';
import { certainSources, type Readiness, readInputs } from './node-inputs.js';
import { NodeRun } from './node-run.js';
import { noWrites } from './settlement.js';

/** A node whose inputs are settled becomes ready, or is skipped. What is on record is not recorded again. */
export function releaseNode(execution: Execution, compiled: CompiledNode): void {
  const { index, name, graph } = compiled;
  const recorded = execution.engine.history?.end(name);
  if (recorded?.type === 'node-skip') {
    settleUnstarted(execution, compiled, 'skipped', undefined);
    return;
  }
  let readiness: Readiness;
  try {
    readiness = readInputs(compiled, execution);
  } catch (error) {
    if (recorded === undefined) {
      noteFailed(execution, name, error);
      settleUnstarted(execution, compiled, 'failed', error);
      return;
    }
    readiness = settledBefore(graph);
  }
  if (readiness.kind === 'skip' && recorded !== undefined) readiness = settledBefore(graph);
  if (readiness.kind === 'skip') {
    execution.note({ type: 'node-skip', node: name, reason: readiness.reason });
    settleUnstarted(execution, compiled, 'skipped', undefined);
    return;
  }
  execution.statuses[index] = 'ready';
  const frontier = execution.frontiers.before(readiness.sources);
  const run = new NodeRun(execution, compiled, name, readiness.args, { frontier });
  if (graph.fanOut === undefined || recorded !== undefined) execution.ready(run);
  else fanOut(execution, run);
}

function fanOut(execution: Execution, run: NodeRun): void {
  let items: readonly unknown[];
  try {
    items = itemsOf(run.compiled, execution);
  } catch (error) {
    noteFailed(execution, run.path, error);
    execution.settleNode(run.order, 'failed', undefined, error, run.frontierAfter(noWrites));
    return;
  }
  if (execution.engine.history?.fanOut(run.path) === undefined) {
    execution.note({ type: 'node-fan-out', node: run.path, attempt: 1, count: items.length });
  }
  new FanOut(execution, run, items).begin();
}

/** What has settled stays so, whatever has become of its inputs since: a fork or a migration may replace them. */
const settledBefore = (graph: GraphNode): Readiness => ({ kind: 'run', args: [], sources: certainSources(graph) });

function settleUnstarted(
  execution: Execution,
  { index, graph }: CompiledNode,
  status: 'skipped' | 'failed',
  error: unknown,
): void {
  execution.settleNode(index, status, undefined, error, execution.frontiers.before(certainSources(graph)));
}

/** Attempt 0: it failed before the first one. */
function noteFailed(execution: Execution, node: string, error: unknown): void {
  execution.note({ type: 'node-end', node, attempt: 0, status: 'failed', error: serializeError(error) });
}
