import type { CompiledNode, CompiledWorkflow } from '../boot/compiled-workflow.js';
import { isWithin, rootOf } from '../engine/node-paths.js';
import { describeValue } from '../errors/espalier-error.js';
import type { JournalRecord } from '../events/event.js';
import type { AgentClass } from '../metadata/agent-class.js';
import { forkInvalid } from './fork-invalid.js';

/** The path of the place that a fork begins at. @throws fork-invalid */
export function forkPlace(
  compiled: CompiledWorkflow,
  records: readonly JournalRecord[],
  from: AgentClass | string,
  runId: string,
): string {
  if (typeof from !== 'string') return nodeOf(compiled, from, runId).name;
  nodeOf(compiled, rootOf(from), runId);
  const isKnown = records.some((record) => 'node' in record && isWithin(record.node, from));
  if (from === rootOf(from) || isKnown) return from;
  const inside = records.flatMap((record) =>
    'node' in record && isWithin(record.node, rootOf(from)) ? [record.node] : [],
  );
  const known = [...new Set(inside)].slice(0, 10).map((path) => `'${path}'`);
  throw forkInvalid(runId, `from: nothing is on record of '${from}'; of its node, ${known.join(', ') || 'nothing'} is`);
}

/** A node of the graph, by its agent or its name. @throws fork-invalid */
export function nodeOf({ nodes, nested }: CompiledWorkflow, agent: AgentClass | string, runId: string): CompiledNode {
  const node = nodes.find(({ name, graph }) => name === agent || graph.definition.agent === agent);
  if (node !== undefined) return node;
  if (typeof agent === 'function' && nested.has(agent)) {
    throw forkInvalid(
      runId,
      `${agent.name} runs inside other nodes: name its path, such as 'pilot/${nested.get(agent)?.name}'`,
    );
  }
  const known = nodes.map(({ name }) => `'${name}'`).join(', ');
  throw forkInvalid(runId, `the graph has no node ${describeValue(agent)}; it has ${known}`);
}
