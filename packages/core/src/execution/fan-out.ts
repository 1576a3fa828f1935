import type { CompiledNode } from '../boot/compiled-workflow.js';
import { EspalierError } from '../errors/espalier-error.js';
import type { StateWrite } from '../events/event.js';
import { isFinal } from '../policies/final-error.js';
import { toPlain } from '../schema/plain.js';
import { conflict } from '../state/state-view.js';
import { conditionFailed } from './condition-failed.js';
import type { Execution } from './execution.js';
import { NodeRun } from './node-run.js';
import type { Settlement } from './settlement.js';

/**
 * A `@ForEach` node: one run per item, at most `concurrency` at once, settled when all of them are.
 *
 * F1 Outputs and writes are in item order, whatever the order of completion.
 * F2 An item that fails does not stop the others; the node then fails with the error of the first such item.
 * F3 Where dependents take `each(optional(…))`, `null` stands in for a failed item instead. Not where it was cancelled or
 *    a budget is spent: then none of the items is to blame.
 */
export class FanOut {
  readonly #execution: Execution;
  readonly #run: NodeRun;
  readonly #items: readonly unknown[];
  readonly #settlements: (Settlement | undefined)[];
  #next = 0;
  #left: number;

  constructor(execution: Execution, run: NodeRun, items: readonly unknown[]) {
    this.#execution = execution;
    this.#run = run;
    this.#items = items;
    this.#settlements = new Array<Settlement | undefined>(items.length);
    this.#left = items.length;
  }

  /** Makes the first items ready. */
  begin(): void {
    const { compiled } = this.#run;
    const width = Math.min(compiled.graph.fanOut?.concurrency ?? 1, this.#items.length);
    while (this.#next < width) this.#ready();
    if (this.#left === 0) this.#end();
  }

  /** Takes an item's settlement and makes the next item ready. */
  take(settlement: Settlement): void {
    this.#settlements[settlement.run.item] = settlement;
    this.#left -= 1;
    if (this.#next < this.#items.length) this.#ready();
    if (this.#left === 0) this.#end();
  }

  #ready(): void {
    const item = this.#next++;
    const execution = this.#execution;
    const { compiled, path, args, frontier, ledger } = this.#run;
    execution.ready(
      new NodeRun(execution, compiled, `${path}[${item}]`, [this.#items[item], ...args], {
        item,
        frontier,
        ledger,
        fanOut: this,
      }),
    );
  }

  #end(): void {
    const execution = this.#execution;
    const { compiled, path } = this.#run;
    const tolerant = compiled.graph.fanOut?.mayFail === true;
    const settlements = this.#settlements as readonly Settlement[];
    const failed = settlements.find(({ status, error }) => status === 'failed' && !(tolerant && !isFinal(error)));
    if (failed !== undefined) {
      execution.settleFanOut(this.#run, 'failed', undefined, failed.error);
      return;
    }
    const writes = settlements.flatMap((settlement) => settlement.writes);
    const clash = writes.length === 0 ? undefined : this.#clash(settlements);
    if (clash !== undefined) {
      execution.settleFanOut(this.#run, 'failed', undefined, clash);
      return;
    }
    this.#run.collected = writes.length === 0 ? undefined : writes;
    execution.settleFanOut(
      this.#run,
      'completed',
      // `undefined` in an array is no plain data: an item that failed or gave nothing is `null`.
      toPlain(
        settlements.map(({ output }) => output ?? null),
        { node: path },
      ),
      undefined,
    );
  }

  /** Two items that wrote one field without a merge rule. */
  #clash(settlements: readonly Settlement[]): EspalierError | undefined {
    const { states } = this.#execution;
    const writers = new Map<string, string>();
    for (const { run, writes } of settlements) {
      for (const { state, field } of writes as readonly StateWrite[]) {
        const shape = states.shape(state);
        if (shape === undefined || shape.rules.has(field)) continue;
        const key = `${state}.${field}`;
        const earlier = writers.get(key);
        if (earlier !== undefined && earlier !== run.path) return conflict(shape.name, field, earlier, run.path);
        writers.set(key, run.path);
      }
    }
    return undefined;
  }
}

/** The items of a node. @throws condition-failed, fan-out-exceeded */
export function itemsOf(compiled: CompiledNode, execution: Execution): readonly unknown[] {
  const { fanOut, name } = compiled.graph;
  if (fanOut === undefined) return [];
  let items: readonly unknown[];
  try {
    items = fanOut.items(execution.outputs[fanOut.source], { input: execution.input });
  } catch (error) {
    throw conditionFailed(name, '@ForEach({ items })', error);
  }
  if (!Array.isArray(items)) {
    throw conditionFailed(name, '@ForEach({ items })', new Error(`expected an array, got ${typeof items}`));
  }
  if (items.length > fanOut.max) {
    throw new EspalierError(
      'fan-out-exceeded',
      `Node '${name}' got ${items.length} items; its \`max\` is ${fanOut.max}.`,
      {
        hint: `Write @ForEach(…, { max: ${items.length} }) if that many are wanted, or give it fewer items.`,
        where: { node: name, class: compiled.agent.definition.className },
      },
    );
  }
  return toPlain(items, { node: name }) as readonly unknown[];
}
