import type { RandomGraph, RandomNode } from './random-graph.js';

interface ModelNode {
  readonly status: 'completed' | 'failed' | 'skipped';
  readonly output: unknown;
}

export interface ModelResult {
  readonly nodes: readonly ModelNode[];
  /** What each completed node sees of the shared list before it writes. */
  readonly seen: readonly (readonly string[] | undefined)[];
  /** How often each node's behaviour ran, over items, iterations and attempts. */
  readonly runs: readonly number[];
}

/**
 * What a graph must come to, written without a scheduler: one node after the other, in order of index.
 * It knows nothing of time, slots or events, so agreement with it shows that these change nothing.
 */
export function evaluate({ nodes }: RandomGraph): ModelResult {
  const results: ModelNode[] = [];
  const seen: (readonly string[] | undefined)[] = [];
  const runs: number[] = [];
  /** Indices of the nodes whose writes a node can see, itself included. */
  const visible: Set<number>[] = [];
  const rank = topologicalRanks(nodes);
  const byRank = (a: number, b: number): number => (rank[a] as number) - (rank[b] as number);
  nodes.forEach((node, index) => {
    const { result, ran, sources } = evaluateNode(node, index, results);
    const before = new Set(sources.flatMap((source) => [...(visible[source] as Set<number>)]));
    const view = [...before].sort(byRank).flatMap((writer) => writesOf(nodes[writer] as RandomNode, writer, results));
    results.push(result);
    runs.push(ran);
    seen.push(result.status === 'completed' ? view : undefined);
    if (result.status === 'completed' && node.writes) before.add(index);
    visible.push(before);
  });
  return { nodes: results, seen, runs };
}

/** Each node's place in the graph's order: after what it waits for, in declared order where that leaves a choice. */
function topologicalRanks(nodes: readonly RandomNode[]): readonly number[] {
  const rank = new Array<number>(nodes.length).fill(-1);
  const needed = new Set(nodes.flatMap((node) => parentsOf(node)));
  let next = 0;
  const visit = (index: number): void => {
    if (rank[index] !== -1) return;
    const { forEach, required, optional, firstOf, condition } = nodes[index] as RandomNode;
    const declared = [forEach, ...required, ...optional, ...firstOf, condition];
    for (const parent of declared) if (parent !== undefined) visit(parent);
    rank[index] = next++;
  };
  for (const index of nodes.keys()) if (!needed.has(index)) visit(index);
  return rank;
}

interface Evaluation {
  readonly result: ModelNode;
  readonly ran: number;
  /** The parents whose writes count. */
  readonly sources: readonly number[];
}

function evaluateNode(node: RandomNode, index: number, results: readonly ModelNode[]): Evaluation {
  const status = (source: number): string => (results[source] as ModelNode).status;
  const output = (source: number): unknown => (results[source] as ModelNode).output;
  const all = parentsOf(node);
  const certain = [...node.required, ...node.optional, node.condition, node.forEach];
  const skipped: Evaluation = {
    result: { status: 'skipped', output: undefined },
    ran: 0,
    sources: all.filter((source) => certain.includes(source)),
  };
  if (node.condition !== undefined) {
    if (status(node.condition) !== 'completed' || numberOf(output(node.condition)) % 2 !== 0) return skipped;
  }
  if (node.forEach !== undefined && status(node.forEach) !== 'completed') return skipped;
  if (node.required.some((source) => status(source) !== 'completed')) return skipped;
  const chosen = node.firstOf.find((source) => status(source) === 'completed');
  if (node.firstOf.length > 0 && chosen === undefined) return skipped;
  const inputs = [
    ...node.required.map(output),
    ...node.optional.map(output),
    ...(node.firstOf.length === 0 ? [] : [output(chosen as number)]),
  ];
  const sources = all.filter((source) => source === chosen || certain.includes(source));
  const one = (item: number | undefined): { value: number | undefined; ran: number } =>
    iterate(node, index, inputs, item);
  if (node.forEach === undefined) {
    const { value, ran } = one(undefined);
    return { result: settled(value), ran, sources };
  }
  const items = Array.from({ length: numberOf(output(node.forEach)) % 4 }, (_, item) => one(item));
  const failed = items.some(({ value }) => value === undefined);
  return {
    result: failed ? settled(undefined) : { status: 'completed', output: items.map(({ value }) => value) },
    ran: items.reduce((sum, { ran }) => sum + ran, 0),
    sources,
  };
}

/** Iterations, each with its attempts: nothing if one of them spends its attempts. */
function iterate(
  node: RandomNode,
  index: number,
  inputs: readonly unknown[],
  item: number | undefined,
): { value: number | undefined; ran: number } {
  const iterations = Math.max(1, node.repeat);
  let value: number | undefined;
  for (let iteration = 1; iteration <= iterations; iteration++) {
    if (node.failures >= node.attempts && node.fallback) {
      return { value: standIn(index, inputs), ran: node.attempts };
    }
    if (node.failures >= node.attempts)
      return { value: undefined, ran: (iteration - 1) * (node.failures + 1) + node.attempts };
    value = compute(
      index,
      inputs,
      item,
      node.repeat === 0 ? undefined : value,
      node.repeat === 0 ? undefined : iteration,
    );
  }
  return { value, ran: iterations * (node.failures + 1) };
}

/** What a node's behaviour computes: a number that depends on everything it is given. */
export function compute(
  index: number,
  inputs: readonly unknown[],
  item: number | undefined,
  previous: number | undefined,
  iteration: number | undefined,
): number {
  const parts = [index, item ?? -1, previous ?? -1, iteration ?? -1, ...inputs.map(numberOf)];
  return parts.reduce((hash, part) => (Math.imul(hash, 31) + part) % 1_000_003, 7) & 0xffff;
}

/** What the fallback of a node computes. */
export const standIn = (index: number, inputs: readonly unknown[]): number =>
  compute(index, inputs, undefined, undefined, undefined) ^ 0x5555;

/** A number for whatever an output is: nothing, a number, or the numbers of items. */
export function numberOf(output: unknown): number {
  if (Array.isArray(output)) return output.reduce<number>((sum, value) => sum + numberOf(value), output.length);
  return typeof output === 'number' ? output : 0;
}

export function parentsOf(node: RandomNode): readonly number[] {
  const all = [...node.required, ...node.optional, ...node.firstOf];
  if (node.condition !== undefined) all.push(node.condition);
  if (node.forEach !== undefined) all.push(node.forEach);
  return [...new Set(all)].sort((a, b) => a - b);
}

/** What a completed node has appended: one entry for each item and iteration, in that order. */
function writesOf(node: RandomNode, index: number, results: readonly ModelNode[]): readonly string[] {
  const { output } = results[index] as ModelNode;
  const items = node.forEach === undefined ? [undefined] : (output as readonly unknown[]).map((_, item) => item);
  const iterations = Array.from({ length: Math.max(1, node.repeat) }, (_, at) => (node.repeat === 0 ? 0 : at + 1));
  return items.flatMap((item) => iterations.map((iteration) => entry(index, item, iteration)));
}

export const entry = (index: number, item: number | undefined, iteration: number): string =>
  `${index}${item === undefined ? '' : `[${item}]`}${iteration === 0 ? '' : `@${iteration}`}`;

const settled = (value: number | undefined): ModelNode =>
  value === undefined ? { status: 'failed', output: undefined } : { status: 'completed', output: value };
