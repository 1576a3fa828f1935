import type { CompiledAgent } from '../generation/compiled-agent.js';
import type { Graph, GraphNode } from '../graph/graph.js';
import type { Workflow } from '../graph/workflow.js';
import type { AgentClass } from '../metadata/agent-class.js';
import type { BudgetLimits } from '../policies/budget.js';
import type { Policy } from '../policies/policy.js';
import type { Json } from '../schema/json.js';
import type { SchemaOf } from '../schema/schema.js';

/** A node with its agent resolved. */
export interface CompiledNode {
  readonly graph: GraphNode;
  readonly index: number;
  readonly name: string;
  readonly agent: CompiledAgent;
  /** Names of the inputs, for the prompt of an agent without `run`. */
  readonly inputNames: readonly string[];
  /** Whether an input may be settled before all parents are. */
  readonly settlesEarly: boolean;
  readonly policies: readonly Policy[];
  readonly budget: BudgetLimits | undefined;
}

/** A workflow that has been proven and resolved: what runs. */
export interface CompiledWorkflow {
  readonly workflow: Workflow;
  readonly graph: Graph;
  readonly fingerprint: string;
  /** The graph's shape as plain data. */
  readonly shape: Json;
  /** Whether a node's failure certainly leaves the run without a result: no `optional` or `firstOf` in between. */
  readonly critical: readonly boolean[];
  readonly input: SchemaOf | undefined;
  readonly nodes: readonly CompiledNode[];
  readonly nested: ReadonlyMap<AgentClass, CompiledNode>;
  /** How many parents each node waits for. */
  readonly parentCounts: readonly number[];
  readonly roots: readonly number[];
  readonly concurrency: number;
  /** In milliseconds. */
  readonly deadline: number | undefined;
}
