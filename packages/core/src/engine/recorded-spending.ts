import type { JournalRecord } from '../events/event.js';
import type { Amounts } from '../policies/budget-ledger.js';

type Spending = Record<keyof Amounts | 'inputTokens' | 'outputTokens', number>;

/** What the calls on record have used: of the run, and of each node with all that runs inside it. */
export class RecordedSpending {
  readonly run = nothingSpent();
  readonly #nodes = new Map<string, Spending>();

  add(record: JournalRecord): void {
    if (record.type !== 'model-end' && record.type !== 'tool-end') return;
    this.#add(this.run, record);
    for (const path of surroundings(record.node)) {
      let spending = this.#nodes.get(path);
      if (spending === undefined) {
        spending = nothingSpent();
        this.#nodes.set(path, spending);
      }
      this.#add(spending, record);
    }
  }

  /** What a node has used, its items, iterations and nested agents included. */
  of(node: string): Amounts {
    const { tokens, modelCalls, toolCalls, cost } = this.#nodes.get(node) ?? nothingSpent();
    return { tokens, modelCalls, toolCalls, cost };
  }

  #add(to: Spending, record: Extract<JournalRecord, { type: 'model-end' | 'tool-end' }>): void {
    if (record.type === 'tool-end') {
      to.toolCalls += 1;
      return;
    }
    to.modelCalls += 1;
    const { inputTokens = 0, outputTokens = 0, cost = 0 } = record.value?.usage ?? {};
    to.inputTokens += inputTokens;
    to.outputTokens += outputTokens;
    to.tokens += inputTokens + outputTokens;
    to.cost += cost;
  }
}

/** `a[1]/b@2` runs inside `a`, `a[1]` and `a[1]/b`, and is itself. */
function* surroundings(path: string): Generator<string> {
  for (const { index } of path.matchAll(/[[@/]/g)) yield path.slice(0, index);
  yield path;
}

const nothingSpent = (): Spending => ({
  tokens: 0,
  modelCalls: 0,
  toolCalls: 0,
  cost: 0,
  inputTokens: 0,
  outputTokens: 0,
});
