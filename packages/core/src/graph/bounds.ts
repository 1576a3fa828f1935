import { milliseconds } from '../clock/duration.js';
import type { Bound } from '../policies/bound.js';
import type { Graph, GraphNode } from './graph.js';
import type { NodeBounds } from './node-bounds.js';

/** How many nodes of a run may run at once, where the workflow says nothing. */
export const DEFAULT_CONCURRENCY = 256;

export interface WorkflowBound {
  readonly worstCase: Bound;
  readonly unbounded: readonly { readonly node: string; readonly why: string; readonly hint: string }[];
}

/**
 * The worst case of a run. Calls and attempts add up. Wall time is that of list scheduling on `c` slots, which takes
 * at most the critical path and a share of the rest: path + (sum - path) / c.
 * @see R. L. Graham, "Bounds for Certain Multiprocessing Anomalies", Bell System Technical Journal 45, 1966
 */
export function workflowBound(graph: Graph, bounds: NodeBounds): WorkflowBound {
  const { nodes, workflow } = graph;
  const slots = workflow.options.concurrency ?? DEFAULT_CONCURRENCY;
  const finish = new Array<number>(nodes.length).fill(0);
  let attempts = 0;
  let modelCalls = 0;
  let toolCalls = 0;
  let work = 0;
  let path = 0;
  const unbounded: WorkflowBound['unbounded'][number][] = [];
  nodes.forEach((node, index) => {
    const { single, total } = bounds.of(node);
    attempts += total.attempts;
    modelCalls += total.modelCalls;
    toolCalls += total.toolCalls;
    const count = node.fanOut?.max ?? 1;
    work += single.wallTime * count;
    const before = Math.max(0, ...node.parents.map((parent) => finish[parent] as number));
    const width = Math.min(node.fanOut?.concurrency ?? 1, slots);
    finish[index] = before + single.wallTime * Math.ceil(count / Math.max(1, Math.min(width, count)));
    path = Math.max(path, finish[index] as number);
    if (total.wallTime === Number.POSITIVE_INFINITY) unbounded.push(withoutTimeout(node));
  });
  const rest = path === Number.POSITIVE_INFINITY ? path : path + Math.max(0, work - path) / slots;
  const { deadline } = workflow.options;
  const limit = deadline === undefined ? Number.POSITIVE_INFINITY : milliseconds(deadline, 'deadline');
  return { worstCase: { attempts, modelCalls, toolCalls, wallTime: Math.min(rest, limit) }, unbounded };
}

const withoutTimeout = ({ name, definition }: GraphNode): WorkflowBound['unbounded'][number] => ({
  node: name,
  why: `${definition.className} has no @Timeout`,
  hint: `Write @Timeout('60s') on class ${definition.className}, or \`policies: { timeout: '60s' }\` on the workflow.`,
});
