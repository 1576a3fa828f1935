import type { Bound } from '../policies/bound.js';
import { type WorkflowBound, workflowBound } from './bounds.js';
import type { Graph } from './graph.js';
import { type ModelWidths, NodeBounds, unbounded } from './node-bounds.js';
import type { Workflow } from './workflow.js';

/** The worst cases of a graph: of each node, and of a run as a whole. */
export interface WorstCase {
  readonly nodes: NodeBounds;
  readonly run: WorkflowBound;
}

/** Computes the worst case of a graph, after those of the workflows that its agents call: each once. */
export function worstCaseOf(graph: Graph, widths: ModelWidths): WorstCase {
  const known = new Map<Workflow, Bound>();
  const compute = (at: Graph): WorstCase => {
    known.set(at.workflow, unbounded); // what a circle of calls finds; the proof refuses it
    const nodes = new NodeBounds(
      at,
      (workflow) => {
        const called = at.graphs.get(workflow);
        return known.get(workflow) ?? (called === undefined ? unbounded : compute(called).run.worstCase);
      },
      widths,
    );
    const run = workflowBound(at, nodes);
    known.set(at.workflow, run.worstCase);
    return { nodes, run };
  };
  return compute(graph);
}
