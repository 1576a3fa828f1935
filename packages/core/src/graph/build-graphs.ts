import { policiesFrom } from '../policies/order.js';
import type { Policy } from '../policies/policy.js';
import { type BuiltGraph, buildGraph } from './build-graph.js';
import { calledWorkflows } from './called-workflows.js';
import type { Graph } from './graph.js';
import type { Workflow } from './workflow.js';

/** Builds the graphs of workflows, and of all that their agents call, however far down. */
export function buildGraphs(workflows: Iterable<Workflow>, defaults: readonly Policy[] = []): readonly BuiltGraph[] {
  const graphs = new Map<Workflow, Graph>();
  const built: BuiltGraph[] = [];
  const all = new Set(workflows);
  for (const workflow of all) {
    const one = buildGraph(workflow, [policiesFrom(workflow.options.policies ?? {}), defaults], graphs);
    built.push(one);
    for (const called of calledWorkflows(one.graph).keys()) all.add(called); // the loop reaches what is added
  }
  return built;
}
