import type { Json } from '../schema/json.js';
import { agentTools } from './agent-tools.js';
import type { Graph, GraphNode, NodeInput } from './graph.js';

/** What matters of a node for resuming a run: its place and its policies, not its code. */
interface NodeShape {
  readonly name: string;
  /** What it waits for, as declared: `researcher`, `optional critic`, `first-of a|b`, `each section`, `when router`. */
  readonly inputs: readonly string[];
  /** Options that bound or guard it, by name. */
  readonly settings: Readonly<Record<string, Json>>;
}

/** A graph as plain data, in topological order; nested agents follow. */
export interface GraphShape {
  readonly nodes: readonly NodeShape[];
  readonly output: string;
}

export function graphShape({ nodes, nested, output }: Graph): GraphShape {
  const nameOf = (index: number): string => nodes[index]?.name ?? '';
  return {
    nodes: [
      ...nodes.map((node) => nodeShape(node, nameOf)),
      ...[...nested.values()].map((node) => nodeShape(node, nameOf)),
    ],
    output: nameOf(output),
  };
}

function nodeShape(node: GraphNode, nameOf: (index: number) => string): NodeShape {
  const { definition, fanOut, conditions, policies } = node;
  const settings: Record<string, Json> = {};
  for (const { kind, options } of policies) settings[kind] = options;
  if (fanOut !== undefined) settings['for-each'] = { max: fanOut.max, ...(fanOut.mayFail ? { mayFail: true } : {}) };
  if (definition.repeat !== undefined) settings.repeat = { max: definition.repeat.max };
  const called = definition.calls.map(({ workflow: { name, version }, max }) => [`${name}@${version}`, max] as const);
  if (called.length > 0) settings.calls = Object.fromEntries(called);
  const tools = definition.usesModel ? agentTools(definition) : [];
  if (tools.length > 0) settings.tools = tools.map(({ name }) => name);
  return {
    name: node.index === -1 ? `(${node.name})` : node.name,
    inputs: [
      ...(fanOut === undefined ? [] : [`for-each ${nameOf(fanOut.source)}`]),
      ...node.inputs.map((input) => inputShape(input, nameOf)),
      ...conditions.map(({ source }) => `when ${nameOf(source)}`),
    ],
    settings,
  };
}

function inputShape(input: NodeInput, nameOf: (index: number) => string): string {
  if (input.kind === 'first-of') return `first-of ${input.sources.map(nameOf).join('|')}`;
  return input.kind === 'required' ? nameOf(input.source) : `${input.kind} ${nameOf(input.source)}`;
}

/** A short text that two graphs share only if their shapes are the same. */
export function fingerprint(shape: GraphShape): string {
  return hash(JSON.stringify(shape));
}

/**
 * 64 bits as 16 hexadecimal digits: FNV-1a over two interleaved 32-bit lanes. Not for secrets.
 * @see http://www.isthe.com/chongo/tech/comp/fnv/
 */
function hash(text: string): string {
  let high = 0x811c9dc5;
  let low = 0xcbf29ce4;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ (unit + (high & 0xff)), 0x01000193);
  }
  return [high, low].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
}

/** What changed between two graphs, a line each: nodes that came or went, edges, settings. */
export function graphDiff(before: GraphShape, after: GraphShape): readonly string[] {
  const old = new Map(before.nodes.map((node) => [node.name, node]));
  const now = new Map(after.nodes.map((node) => [node.name, node]));
  const lines: string[] = [];
  for (const name of old.keys()) if (!now.has(name)) lines.push(`- node ${name}`);
  for (const name of now.keys()) if (!old.has(name)) lines.push(`+ node ${name}`);
  for (const [name, { inputs, settings }] of now) {
    const earlier = old.get(name);
    if (earlier === undefined) continue;
    for (const input of earlier.inputs) if (!inputs.includes(input)) lines.push(`- edge ${input} → ${name}`);
    for (const input of inputs) if (!earlier.inputs.includes(input)) lines.push(`+ edge ${input} → ${name}`);
    for (const change of changesOf('', earlier.settings, settings)) lines.push(`~ node ${name}: ${change}`);
  }
  if (before.output !== after.output) lines.push(`~ output ${before.output} → ${after.output}`);
  if (lines.length === 0) lines.push('~ order of nodes or inputs');
  return lines;
}

/** What differs between two values, each difference with its place: `retry.attempts 3 → 5`. */
function changesOf(place: string, was: Json | undefined, is: Json | undefined): readonly string[] {
  if (JSON.stringify(was) === JSON.stringify(is)) return [];
  if (!isObject(was) || !isObject(is)) return [`${place} ${shown(was)} → ${shown(is)}`];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((key) =>
    changesOf(place === '' ? key : `${place}.${key}`, was[key], is[key]),
  );
}

const isObject = (value: Json | undefined): value is Readonly<Record<string, Json>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shown = (value: Json | undefined): string => (value === undefined ? 'none' : JSON.stringify(value));
