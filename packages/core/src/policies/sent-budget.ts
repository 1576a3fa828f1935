import type { ErrorWhere } from '../errors/espalier-error.js';
import type { BudgetLimits } from './budget.js';
import type { Amounts } from './budget-ledger.js';

/** One budget of a tree of budgets, as plain data. */
export interface SentBudget {
  readonly limits: BudgetLimits;
  readonly spent: Amounts;
  /** What others may still use. */
  readonly reserved: Amounts;
  readonly where: ErrorWhere;
}
