import type { CompiledAgent } from '../generation/compiled-agent.js';
import type { BudgetLedger, Loan } from '../policies/budget-ledger.js';

/** Into how many parts what is left is divided for code that asks no model: it needs little, or nothing. */
const OF_CODE = 10;

/**
 * Lends an attempt its part of a budget. An attempt elsewhere cannot ask before each call, and two must not spend the same: so
 * it is lent all that is left, or its part of that where other nodes are ready too. Whoever comes when all is lent waits until
 * some comes back, and does not fail for what others may not need.
 *
 * Code that asks no model spends on nothing but vectors of the notes that it keeps or searches. It does not wait, and what
 * waits for people is mostly such code: it holds no more than a tenth meanwhile.
 * @returns what forgets it
 */
export function whenLent(
  ledger: BudgetLedger,
  { generation, definition }: CompiledAgent,
  execution: { readonly queued: number },
  then: (loan: Loan) => void,
): () => void {
  if (generation !== undefined || definition.calls.length > 0) {
    return ledger.whenLendable(() => then(ledger.lend(execution.queued + 1)));
  }
  then(ledger.lend(OF_CODE, ['tokens', 'cost']));
  return nothing;
}

const nothing = (): void => {};
