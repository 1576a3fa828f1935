import type { AgentDefinition } from '../metadata/agent-definition.js';
import { definitionsOf } from './definitions-of.js';
import type { Graph } from './graph.js';
import type { Workflow } from './workflow.js';

/** Whether a value is a workflow: after a circular import, what `@Calls` names may be nothing. */
export const isWorkflow = (value: unknown): value is Workflow =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Partial<Workflow>).name === 'string' &&
  typeof (value as Partial<Workflow>).options === 'object';

/** The workflows that the agents of a graph call, each with the first agent that declares it. */
export function calledWorkflows(graph: Graph): ReadonlyMap<Workflow, AgentDefinition> {
  const called = new Map<Workflow, AgentDefinition>();
  for (const definition of definitionsOf(graph)) {
    for (const { workflow } of definition.calls) {
      if (isWorkflow(workflow) && !called.has(workflow)) called.set(workflow, definition);
    }
  }
  return called;
}
