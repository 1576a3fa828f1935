import type { AgentClass } from '../metadata/agent-class.js';
import type { DependencyOutputs, EachDependency } from '../metadata/dependency.js';

export interface ForkOptions {
  /**
   * The node from which on the new run goes its own way: it and all that depends on it run again. An agent of the graph, the
   * name of a node, or a path in one: of an item (`section[3]`), an iteration (`editor@2`), a nested agent (`pilot/researcher`).
   */
  readonly from: AgentClass | string;
  /** Another input, for what runs again. What is kept has seen the old one. @default the same */
  readonly input?: unknown;
  /** Outputs of kept nodes to go on with instead of those on record: by path, or each with {@link override}. */
  readonly outputs?: Readonly<Record<string, unknown>> | readonly OutputOverride[];
  /** Id of the new run. @default a random UUID */
  readonly runId?: string;
}

/** An output that stands in for the one on record. */
export interface OutputOverride {
  readonly node: AgentClass | string;
  readonly output: unknown;
}

/**
 * Another output of an agent, for a fork; the compiler checks that it is one. `each(Section)` takes the outputs of all items.
 * @example espalier.fork(runId, { from: Writer, outputs: [override(Researcher, findings)] })
 */
export function override<D extends AgentClass | EachDependency>(
  node: D,
  output: DependencyOutputs<[D]>[0],
): OutputOverride {
  const agent = (typeof node === 'function' ? node : (node as EachDependency).agent) as AgentClass;
  return Object.freeze({ node: agent, output });
}
