import { describeValue } from '../../errors/espalier-error.js';
import type { Fault } from '../../errors/graph-error.js';
import { sharedStateKey } from '../../metadata/agent-metadata.js';
import { mergeRulesOf } from '../../state/merge-rules-of.js';
import { definitionsOf } from '../definitions-of.js';
import { type FieldWriters, fieldWriters } from '../field-writers.js';
import type { Graph, GraphNode } from '../graph.js';
import { hasPath } from '../has-path.js';
import { nestingsOf } from '../nested-agents.js';
import { faultOf, type RuleInput } from './rule.js';

/** Whatever the timing, shared state comes out the same: where no path orders two writers of a field, a merge rule does. */
export function unorderedWriters({ graph }: RuleInput): Fault[] {
  const faults = undeclaredStates(graph);
  for (const field of fieldWriters(graph)) {
    if (!mergeRulesOf(field.state).has(field.field)) faults.push(...checkField(graph, field));
  }
  return faults;
}

function undeclaredStates(graph: Graph): Fault[] {
  const faults: Fault[] = [];
  for (const definition of definitionsOf(graph)) {
    for (const { state } of definition.writes) {
      if (typeof state === 'function' && sharedStateKey.read(state) !== undefined) continue;
      const name = typeof state === 'function' ? state.name : describeValue(state);
      faults.push(
        faultOf(definition, 'option-invalid', {
          message: `@Writes(${name}, …) of ${definition.className}: expected a class with @SharedState(), got ${name}.`,
          hint: typeof state === 'function' ? `Write @SharedState() above class ${name}.` : 'Pass the class itself.',
        }),
      );
    }
  }
  return faults;
}

/**
 * Writers come in topological order, so all are ordered if every one has a path to the next: neighbours are enough.
 * A search between neighbours sees only what lies between them, so the searches of a field together see each node once.
 */
function checkField(graph: Graph, { state, field, writers }: FieldWriters): Fault[] {
  const faults: Fault[] = [];
  const name = `${state.name}.${field}`;
  writers.forEach((writer, at) => {
    faults.push(...selfConflicts(graph, writer, name, state, field));
    const next = writers[at + 1];
    if (next === undefined || hasPath(graph, writer.index, next.index)) return;
    const [first, second] = [writer.definition, next.definition];
    faults.push(
      faultOf(second, 'state-writers-unordered', {
        message: `${first.className} and ${second.className} both write ${name}, and neither depends on the other: which value counts would be chance.`,
        hint: `Write @Merge(append), or another rule, above ${name}, or let ${second.className} depend on ${first.className}.`,
      }),
    );
  });
  return faults;
}

/** A node whose own runs write the field at the same time: items of a `@ForEach`, or calls of an agent as a tool. */
function selfConflicts(
  { nested }: Graph,
  { definition }: GraphNode,
  name: string,
  state: object,
  field: string,
): Fault[] {
  const hint = `Write @Merge(append), or another rule, above ${name}.`;
  const faults: Fault[] = [];
  if (definition.forEach !== undefined) {
    const message = `${definition.className} has @ForEach and writes ${name}: its items run side by side, so which value counts would be chance.`;
    faults.push(faultOf(definition, 'state-writers-unordered', { message, hint }));
  }
  for (const { kind, agent } of nestingsOf(definition)) {
    const tool = kind === 'tool' ? nested.get(agent)?.definition : undefined;
    if (tool?.writes.some((writes) => writes.state === state && writes.fields.includes(field)) !== true) continue;
    const message = `${tool.className} is a tool of ${definition.className} and writes ${name}: calls of it run side by side, so which value counts would be chance.`;
    faults.push(faultOf(tool, 'state-writers-unordered', { message, hint }));
  }
  return faults;
}
