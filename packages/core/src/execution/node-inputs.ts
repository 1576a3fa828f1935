import type { CompiledNode } from '../boot/compiled-workflow.js';
import type { NodeStatus, SkipReason } from '../events/event.js';
import type { GraphNode, NodeCondition, NodeInput } from '../graph/graph.js';
import { conditionFailed } from './condition-failed.js';
import type { Execution } from './execution.js';

/** What became of a node's inputs: it can run on them, or is skipped. */
export type Readiness =
  | { readonly kind: 'run'; readonly args: readonly unknown[]; readonly sources: readonly number[] }
  | { readonly kind: 'skip'; readonly reason: SkipReason };

/** Whether all that a node waits for is settled: a `firstOf` is as soon as its choice is certain. */
export function inputsSettled({ graph }: CompiledNode, statuses: readonly NodeStatus[]): boolean {
  const open = (source: number): boolean => !isSettled(statuses[source]);
  if (graph.fanOut !== undefined && open(graph.fanOut.source)) return false;
  if (graph.conditions.some(({ source }) => open(source))) return false;
  return graph.inputs.every((input) => {
    if (input.kind !== 'first-of') return !open(input.source);
    const decided = input.sources.find((source) => open(source) || statuses[source] === 'completed');
    return decided === undefined || !open(decided);
  });
}

/**
 * The inputs of a node whose parents are settled, in declared order.
 * @throws condition-failed when a predicate throws
 */
export function readInputs({ graph, name }: CompiledNode, execution: Execution): Readiness {
  const { statuses, outputs } = execution;
  for (let at = 0; at < graph.conditions.length; at++) {
    const { source, predicate } = graph.conditions[at] as NodeCondition;
    if (statuses[source] !== 'completed') return skip(execution, source);
    let holds: boolean;
    try {
      holds = predicate(outputs[source], { input: execution.input });
    } catch (error) {
      throw conditionFailed(name, '@When', error);
    }
    if (!holds) return { kind: 'skip', reason: { kind: 'condition', source: execution.nameOf(source) } };
  }
  if (graph.fanOut !== undefined && statuses[graph.fanOut.source] !== 'completed') {
    return skip(execution, graph.fanOut.source);
  }
  if (graph.inputs.length === 0) {
    return { kind: 'run', args: graph.fanOut === undefined ? [execution.input] : [], sources: graph.parents };
  }
  const args = new Array<unknown>(graph.inputs.length);
  let sources: number[] | undefined;
  for (let index = 0; index < args.length; index++) {
    const input = graph.inputs[index] as NodeInput;
    const source = chosen(input, execution);
    if (statuses[source] !== 'completed' && input.kind !== 'optional') return skip(execution, source);
    args[index] = outputs[source];
    if (input.kind === 'first-of') sources ??= [...certainSources(graph)];
    if (input.kind === 'first-of' && !sources?.includes(source)) sources?.push(source);
  }
  return { kind: 'run', args, sources: sources ?? graph.parents };
}

/** The source that an input takes: of several, the first that succeeded, or the last if none did. */
function chosen(input: NodeInput, { statuses }: Execution): number {
  if (input.kind !== 'first-of') return input.source;
  return input.sources.find((source) => statuses[source] === 'completed') ?? (input.sources.at(-1) as number);
}

/**
 * The parents whose writes a node builds upon whatever becomes of it. Not the alternatives of a `firstOf`: one that is
 * not chosen may still be running, and what it writes would count or not by chance.
 */
export function certainSources(graph: GraphNode): readonly number[] {
  if (!graph.inputs.some(({ kind }) => kind === 'first-of')) return graph.parents;
  return graph.parents.filter((parent) => !isOnlyAlternative(parent, graph));
}

/** Whether a parent is an alternative of a `firstOf` and nothing else. */
function isOnlyAlternative(parent: number, { inputs, conditions, fanOut }: GraphNode): boolean {
  if (fanOut?.source === parent || conditions.some(({ source }) => source === parent)) return false;
  return inputs.every((input) => input.kind === 'first-of' || input.source !== parent);
}

function skip(execution: Execution, source: number): Readiness {
  const status = execution.statuses[source] as 'failed' | 'skipped';
  return { kind: 'skip', reason: { kind: 'dependency', source: execution.nameOf(source), status } };
}

const isSettled = (status: NodeStatus | undefined): boolean =>
  status === 'completed' || status === 'failed' || status === 'skipped';
