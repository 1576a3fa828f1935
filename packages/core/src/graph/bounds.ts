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
 * The worst case of a run, within the workflow's own deadline and budget. Calls and attempts add up. Wall time is that of list scheduling on `c` slots, which takes
 * at most the critical path and a share of the rest: path + (sum - path) / c.
 * @see R. L. Graham, "Bounds for Certain Multiprocessing Anomalies", Bell System Technical Journal 45, 1966
 */
export function workflowBound(graph: Graph, bounds: NodeBounds): WorkflowBound {
  const { nodes, workflow } = graph;
  const { deadline, budget } = workflow.options;
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
    let before = 0;
    for (const parent of node.parents) before = Math.max(before, finish[parent] as number);
    const width = Math.min(node.fanOut?.concurrency ?? 1, slots);
    finish[index] = before + single.wallTime * Math.ceil(count / Math.max(1, Math.min(width, count)));
    path = Math.max(path, finish[index] as number);
    if (total.wallTime === Number.POSITIVE_INFINITY && deadline === undefined)
      unbounded.push(...withoutTimeout(node, graph));
  });
  const rest = path === Number.POSITIVE_INFINITY ? path : path + Math.max(0, work - path) / slots;
  const limit = deadline === undefined ? Number.POSITIVE_INFINITY : milliseconds(deadline, 'deadline');
  const worstCase = {
    attempts,
    modelCalls: Math.min(modelCalls, budget?.modelCalls ?? Number.POSITIVE_INFINITY),
    toolCalls: Math.min(toolCalls, budget?.toolCalls ?? Number.POSITIVE_INFINITY),
    wallTime: Math.min(rest, limit),
  };
  return { worstCase, unbounded };
}

/** What leaves the time of a node without bound: itself, or a fallback that may take its place. */
function withoutTimeout(node: GraphNode, { nested }: Graph): WorkflowBound['unbounded'] {
  const within = new Set([node]);
  for (const { policies } of within) {
    for (const { agent } of policies) {
      const fallback = agent === undefined ? undefined : nested.get(agent);
      if (fallback !== undefined) within.add(fallback);
    }
  }
  const { className } = node.definition;
  const untimed = [...within].filter(({ policies }) => !policies.some(({ kind }) => kind === 'timeout'));
  if (untimed.length === 0) {
    const hint = `Ask for fewer attempts in @Retry on class ${className}.`;
    return [{ node: node.name, why: `${className} may pause longer than can be counted`, hint }];
  }
  return untimed.map((at) => ({
    node: node.name,
    why: `${at.definition.className}${at === node ? '' : `, a fallback of ${className},`} has no @Timeout`,
    hint: `Write @Timeout('60s') on class ${at.definition.className}, or \`policies: { timeout: '60s' }\` on the workflow.`,
  }));
}
