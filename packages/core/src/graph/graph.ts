import type { AgentClass } from '../metadata/agent-class.js';
import type { AgentDefinition } from '../metadata/agent-definition.js';
import type { Condition, ForEachDeclaration } from '../metadata/agent-metadata.js';
import type { Policy } from '../policies/policy.js';
import type { Workflow } from './workflow.js';

/** Where one argument of `run()` comes from. Sources are indices into {@link Graph.nodes}. */
export type NodeInput =
  | { readonly kind: 'required' | 'optional' | 'each'; readonly source: number }
  | { readonly kind: 'first-of'; readonly sources: readonly number[] };

export interface NodeCondition {
  readonly source: number;
  readonly predicate: Condition['predicate'];
}

export interface NodeFanOut {
  readonly source: number;
  readonly items: ForEachDeclaration['items'];
  readonly concurrency: number;
  readonly max: number;
  /** Whether `null` stands in for the output of an item that fails: its dependents take `each(optional(…))`. */
  readonly mayFail: boolean;
}

/** An agent's place in a graph. */
export interface GraphNode {
  /** Topological index; -1 for a nested node: a fallback, a hand-off target or an agent used as a tool. */
  readonly index: number;
  readonly name: string;
  readonly definition: AgentDefinition;
  readonly inputs: readonly NodeInput[];
  readonly conditions: readonly NodeCondition[];
  readonly fanOut: NodeFanOut | undefined;
  /** Indices of all nodes that this one waits for, each once, ascending. */
  readonly parents: readonly number[];
  /** Indices of all nodes that wait for this one, each once, ascending. */
  readonly children: readonly number[];
  /** The node's own policies and the defaults that it does not override, innermost first. */
  readonly policies: readonly Policy[];
}

/** The execution graph of one workflow: the output agent and all that it depends on. */
export interface Graph {
  readonly workflow: Workflow;
  /** In topological order: every node after all that it waits for, in declared order where that leaves a choice. */
  readonly nodes: readonly GraphNode[];
  /** Index of the output agent's node. */
  readonly output: number;
  readonly nested: ReadonlyMap<AgentClass, GraphNode>;
  /** The graphs of all workflows that were built together, this one included: `@Calls` leads from one to another. */
  readonly graphs: ReadonlyMap<Workflow, Graph>;
}
