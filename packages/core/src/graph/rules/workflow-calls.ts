import { describeValue } from '../../errors/espalier-error.js';
import type { Fault } from '../../errors/graph-error.js';
import type { AgentDefinition } from '../../metadata/agent-definition.js';
import { calledWorkflows, isWorkflow } from '../called-workflows.js';
import { definitionsOf } from '../definitions-of.js';
import type { Graph } from '../graph.js';
import type { Workflow } from '../workflow.js';
import { faultOf, type RuleInput } from './rule.js';

/** What agents call are workflows, each declared once, and no workflow calls itself, at once or through others. */
export function workflowCalls({ graph }: RuleInput): Fault[] {
  const faults: Fault[] = [];
  for (const definition of definitionsOf(graph)) {
    const { calls, className } = definition;
    if (calls.length === 0) continue;
    const seen = new Set<Workflow>();
    for (const { workflow } of calls) {
      if (!isWorkflow(workflow)) faults.push(noWorkflow(definition, workflow));
      else if (seen.has(workflow)) {
        faults.push(
          faultOf(definition, 'decorator-conflict', {
            message: `@Calls of workflow '${workflow.name}' stands twice on ${className}; only one can hold.`,
            hint: `Keep one @Calls of workflow '${workflow.name}' on class ${className}.`,
          }),
        );
      }
      seen.add(workflow);
    }
  }
  const circle = circleFrom(graph);
  if (circle !== undefined) faults.push(circleFault(circle));
  return faults;
}

function noWorkflow(definition: AgentDefinition, value: unknown): Fault {
  return faultOf(definition, 'option-invalid', {
    message: `@Calls of ${definition.className}: expected a workflow of defineWorkflow, got ${describeValue(value)}.`,
    hint: 'Pass the workflow itself. If it is imported, two files may import each other: move one of them.',
  });
}

/** The shortest way from a workflow back to itself along calls. */
function circleFrom({ workflow: start, graphs }: Graph): readonly Graph[] | undefined {
  const before = new Map<Workflow, Workflow | undefined>([[start, undefined]]);
  for (const [workflow] of before) {
    const graph = graphs.get(workflow);
    if (graph === undefined) continue;
    for (const called of calledWorkflows(graph).keys()) {
      if (called === start) {
        const path: Graph[] = [];
        for (let at: Workflow | undefined = workflow; at !== undefined; at = before.get(at))
          path.push(graphs.get(at) as Graph);
        return path.reverse();
      }
      if (!before.has(called)) before.set(called, workflow);
    }
  }
  return undefined;
}

/** Begun at the workflow whose name is first, so that each circle is told of once. */
function circleFault(circle: readonly Graph[]): Fault {
  const names = circle.map(({ workflow }) => `${workflow.name}@${workflow.version}`);
  const start = names.indexOf([...names].sort()[0] as string);
  const [first, ...others] = [...circle.slice(start), ...circle.slice(0, start)] as [Graph, ...Graph[]];
  const last = others.at(-1) ?? first;
  const caller = calledWorkflows(last).get(first.workflow) as AgentDefinition;
  const path = [first, ...others, first].map(({ workflow }) => `'${workflow.name}'`).join(' → ');
  return faultOf(caller, 'dependency-cycle', {
    message: `Workflows call each other in a circle: ${path}; nothing bounds how deep.`,
    hint: `Remove the @Calls of workflow '${first.workflow.name}' from class ${caller.className}; use @Repeat({ max }) for a loop.`,
  });
}
