import type { CompiledNode, CompiledWorkflow } from '../boot/compiled-workflow.js';
import type { NodeStatus } from '../events/event.js';
import { inputsSettled } from './node-inputs.js';

export type SettledStatus = 'completed' | 'failed' | 'skipped';

/** How the nodes of one run stand, and which of them are next. */
export class NodeTable {
  readonly statuses: NodeStatus[];
  readonly outputs: unknown[];
  /** By index; made at the first failure. */
  errors: Map<number, unknown> | undefined;
  readonly #nodes: readonly CompiledNode[];
  /** How many parents each node still waits for. */
  readonly #pending: number[];
  /** Nodes whose inputs are settled: a stack, so that nothing recurses along the graph. */
  readonly #released: number[];
  #unsettled: number;

  constructor({ nodes, parentCounts, roots }: CompiledWorkflow) {
    this.#nodes = nodes;
    this.statuses = new Array<NodeStatus>(nodes.length).fill('pending');
    this.outputs = new Array<unknown>(nodes.length).fill(undefined);
    this.#pending = parentCounts.slice();
    this.#released = roots.slice();
    this.#unsettled = nodes.length;
  }

  get settled(): boolean {
    return this.#unsettled === 0;
  }

  /** The next node whose inputs are settled, once. */
  next(): CompiledNode | undefined {
    const index = this.#released.pop();
    return index === undefined ? undefined : this.#nodes[index];
  }

  /** Takes a node's result, and releases those children whose inputs it settles. */
  settle(index: number, status: SettledStatus, output: unknown, error: unknown): void {
    this.statuses[index] = status;
    this.outputs[index] = output;
    this.#unsettled -= 1;
    if (status === 'failed') {
      this.errors ??= new Map();
      this.errors.set(index, error);
    }
    const { children } = (this.#nodes[index] as CompiledNode).graph;
    // By index: this is the hottest loop there is, and an iterator for each node shows.
    for (let at = 0; at < children.length; at++) {
      const child = children[at] as number;
      const left = (this.#pending[child] as number) - 1;
      this.#pending[child] = left;
      if (this.statuses[child] !== 'pending') continue;
      const compiled = this.#nodes[child] as CompiledNode;
      if (left > 0 && !(compiled.settlesEarly && inputsSettled(compiled, this.statuses))) continue;
      this.statuses[child] = 'ready';
      this.#released.push(child);
    }
  }
}
