import type { JournalRecord } from '../events/event.js';
import type { Usage } from '../model/chat-model.js';
import type { Amounts } from '../policies/budget-ledger.js';

type Spending = Record<keyof Amounts | 'inputTokens' | 'outputTokens', number>;

type Kind = keyof Spending;

/** What the calls on record have used: of the run, and of each node with all that runs inside it. */
export class RecordedSpending {
  /** Of the run itself, its child runs not counted. */
  readonly own = nothingSpent();
  readonly #children = nothingSpent();
  readonly #nodes = new Map<string, Spending>();

  add(record: JournalRecord): void {
    const used = this.addToRun(record);
    if (used === undefined) return;
    for (const path of surroundings((record as { readonly node: string }).node)) {
      let spending = this.#nodes.get(path);
      if (spending === undefined) {
        spending = nothingSpent();
        this.#nodes.set(path, spending);
      }
      addTo(spending, used);
    }
  }

  /** For a node that began anew since: the run has spent it, and the node's own budget is whole again. */
  addToRun(record: JournalRecord): Partial<Spending> | undefined {
    const used = usedBy(record);
    if (used !== undefined)
      addTo(record.type === 'step-end' && record.spent !== undefined ? this.#children : this.own, used);
    return used;
  }

  /** Of the run and its child runs. */
  get all(): Amounts {
    const sum = nothingSpent();
    addTo(sum, this.own);
    addTo(sum, this.#children);
    return amountsOf(sum);
  }

  /** What a node has used, its items, iterations, nested agents and child runs included. */
  of(node: string): Amounts {
    return amountsOf(this.#nodes.get(node) ?? nothingSpent());
  }
}

/** What a run and its child runs have used. */
export function spentBy(records: readonly JournalRecord[]): Amounts {
  const spending = new RecordedSpending();
  for (const record of records) spending.add(record);
  return spending.all;
}

function usedBy(record: JournalRecord): Partial<Spending> | undefined {
  if (record.type === 'tool-end') return { toolCalls: 1 };
  if (record.type === 'step-end') return record.spent ?? (record.usage && amountsIn(record.usage));
  if (record.type !== 'model-end') return undefined;
  return { modelCalls: 1, ...amountsIn(record.value?.usage ?? record.usage) };
}

function amountsIn({ inputTokens = 0, outputTokens = 0, cost = 0 }: Partial<Usage> = {}): Partial<Spending> {
  return { inputTokens, outputTokens, tokens: inputTokens + outputTokens, cost };
}

function addTo(to: Spending, used: Partial<Spending>): void {
  for (const [kind, amount] of Object.entries(used)) to[kind as Kind] += amount;
}

const amountsOf = ({ tokens, modelCalls, toolCalls, cost }: Spending): Amounts => ({
  tokens,
  modelCalls,
  toolCalls,
  cost,
});

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
