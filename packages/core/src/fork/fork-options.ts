import type { AgentClass, OutputOf } from '../metadata/agent-class.js';
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
export function override<A extends AgentClass>(agent: A, output: OutputOf<A>): OutputOverride;
export function override<D extends EachDependency>(items: D, outputs: DependencyOutputs<[D]>[0]): OutputOverride;
export function override(node: AgentClass | EachDependency, output: unknown): OutputOverride {
  return Object.freeze({ node: typeof node === 'function' ? node : node.agent, output });
}
