import { errorCodes } from '../errors/codes.js';
import { describeValue, type ErrorWhere } from '../errors/espalier-error.js';
import type { Fault } from '../errors/graph-error.js';
import type { AgentClass } from '../metadata/agent-class.js';
import type { AgentDefinition } from '../metadata/agent-definition.js';
import { dependenciesOf, placesOf } from './dependencies-of.js';
import { hintForNoClass, isClass } from './is-class.js';
import type { Workflow } from './workflow.js';

interface Visit {
  readonly agent: AgentClass;
  readonly dependencies: readonly unknown[];
  next: number;
}

/**
 * All agents that the output agent needs, each after what it depends on: a depth-first search in declared order,
 * with its own stack, so that a chain of 100,000 agents does not overflow the engine's.
 *
 * Reports every circle once, with its whole path, and what is not a class; leaves those edges out.
 */
export function topologicalOrder(
  workflow: Workflow,
  define: (agent: AgentClass) => AgentDefinition,
  faults: Fault[],
): readonly AgentClass[] {
  const order: AgentClass[] = [];
  const done = new Set<AgentClass>();
  const open = new Map<AgentClass, number>();
  const stack: Visit[] = [];
  const enter = (agent: AgentClass): void => {
    open.set(agent, stack.length);
    stack.push({ agent, dependencies: dependenciesOf(define(agent)), next: 0 });
  };
  if (!isClass(workflow.options.output)) {
    const where = { workflow: workflow.name };
    faults.push(notAClass(workflow.options.output, `\`output\` of workflow '${workflow.name}'`, where));
    return order;
  }
  enter(workflow.options.output);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    if (top.next === top.dependencies.length) {
      stack.pop();
      open.delete(top.agent);
      done.add(top.agent);
      order.push(top.agent);
      continue;
    }
    const index = top.next++;
    const dependency = top.dependencies[index];
    if (!isClass(dependency)) {
      const definition = define(top.agent);
      const { className, file } = definition;
      const where = { class: className, ...(file === undefined ? {} : { file }) };
      faults.push(notAClass(dependency, `${placesOf(definition)[index]} above ${className}`, where));
    } else if (open.has(dependency)) {
      faults.push(cycle(stack.slice(open.get(dependency)).map((visit) => define(visit.agent))));
    } else if (!done.has(dependency)) {
      enter(dependency);
    }
  }
  return order;
}

function cycle(agents: readonly AgentDefinition[]): Fault {
  const [first] = agents as [AgentDefinition];
  const path = [...agents, first].map(({ className }) => className).join(' → ');
  return {
    code: 'dependency-cycle',
    message: `${path} is a circle: none of them can start first.`,
    hint: errorCodes['dependency-cycle'].hint,
    where: { class: first.className, ...(first.file === undefined ? {} : { file: first.file }) },
  };
}

function notAClass(value: unknown, place: string, where: ErrorWhere): Fault {
  return {
    code: 'agent-unknown',
    message: `${place}: expected an agent class, got ${describeValue(value)}.`,
    hint: hintForNoClass,
    where,
  };
}
