import type { Fault } from '../errors/graph-error.js';
import type { AgentClass } from '../metadata/agent-class.js';
import type { BuiltGraph } from './build-graph.js';
import { graphRules } from './rules/index.js';
import { unreachableAgents } from './rules/unreachable-agents.js';

export interface ProofInput {
  /** The graphs of all workflows, with what was wrong when they were built. */
  readonly graphs: readonly BuiltGraph[];
  /** Agents that were registered by themselves. */
  readonly agents: readonly AgentClass[];
  /** Names of the registered models. */
  readonly models: ReadonlySet<string>;
}

/**
 * Proves that graphs are sound, before anything runs: runs every rule on every graph.
 *
 * @returns all faults, each once, ordered by class, code and message, whatever the order of registration; none for
 *   sound graphs
 */
export function proveGraph({ graphs, agents, models }: ProofInput): readonly Fault[] {
  const faults = new Map<string, Fault>();
  const add = (found: readonly Fault[]): void => {
    for (const fault of found) {
      const key = sortKey(fault);
      if (!faults.has(key)) faults.set(key, fault);
    }
  };
  for (const { graph, faults: found } of graphs) {
    add(found);
    for (const rule of graphRules) add(rule({ graph, models }));
  }
  add(
    unreachableAgents(
      graphs.map(({ graph }) => graph),
      agents,
    ),
  );
  return [...faults].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, fault]) => fault);
}

const sortKey = ({ where, code, message }: Fault): string =>
  [where.class ?? '', where.file ?? '', code, message].join('\n');
