import { describeValue, type ErrorWhere, EspalierError } from '../errors/espalier-error.js';
import { type BudgetLimits, budgetKinds } from './budget.js';
import type { SentBudget } from './sent-budget.js';

/** An amount of each kind; what is not named is 0. */
export type Amounts = BudgetLimits;

/** A part of a budget that is set aside until it is known what was really used. */
export interface Reservation {
  /** Charges what was used, once; the rest is free again. */
  settle(actual: Amounts): void;
  /** Gives everything back. */
  release(): void;
}

/** A part of a budget, and of all above it, that is spent elsewhere. */
export interface Loan extends Reservation {
  /** The budgets as they are there, innermost first. */
  readonly budgets: readonly SentBudget[];
}

/**
 * One budget of a tree of budgets: run, workflow, node, child run.
 *
 * L1 A reservation is made in this budget and in all above it, or in none.
 * L2 What is spent and reserved in a budget is never more than its limit, unless a model used more than was reserved.
 * L3 Whatever a child spends, all above it spend too.
 */
export class BudgetLedger {
  readonly #limits: BudgetLimits;
  readonly #parent: BudgetLedger | undefined;
  readonly #where: ErrorWhere;
  readonly #spent: Record<keyof BudgetLimits, number> = nothing();
  readonly #reserved: Record<keyof BudgetLimits, number> = nothing();
  /** How many loans are open, of it and of all below: for the top one. */
  #loans = 0;
  /** Who waits for one to come back. Those that began to wait first are asked first. */
  readonly #waiting = new Set<() => void>();

  /** @param where the node that the budget stands on, or the run or workflow as a whole */
  constructor(limits: BudgetLimits, parent: BudgetLedger | undefined, where: ErrorWhere) {
    this.#limits = limits;
    this.#parent = parent;
    this.#where = where;
  }

  /** What has been charged so far. */
  get spent(): Readonly<Required<BudgetLimits>> {
    return this.#spent;
  }

  /** What may still be reserved of a kind, here and in all budgets above; `Infinity` where nothing limits it. */
  remaining(kind: keyof BudgetLimits): number {
    let least = Number.POSITIVE_INFINITY;
    for (const budget of this.#upwards()) least = Math.min(least, budget.#left(kind));
    return least;
  }

  /**
   * @throws budget-exceeded naming the budget that has not enough left; then nothing is reserved anywhere
   * @throws option-invalid when an amount is no number from 0
   */
  reserve(amounts: Amounts): Reservation {
    for (const kind of budgetKinds) checkAmount(kind, amounts[kind] ?? 0);
    const budgets = [...this.#upwards()];
    for (const budget of budgets) {
      for (const kind of budgetKinds) {
        const asked = exact(kind, amounts[kind] ?? 0);
        if (asked > 0 && asked > budget.#left(kind)) throw budget.#exceeded(kind, asked);
      }
    }
    for (const budget of budgets) budget.#add(budget.#reserved, amounts, 1);
    let open = true;
    const close = (): boolean => {
      if (!open) return false;
      open = false;
      for (const budget of budgets) budget.#add(budget.#reserved, amounts, -1);
      return true;
    };
    return {
      settle: (actual) => {
        if (close()) this.charge(actual, amounts);
      },
      release: () => {
        close();
      },
    };
  }

  /**
   * Sets aside a part of all that is left, for whoever spends it in another process and cannot ask each time. It is lent as a
   * whole, so that no two can spend the same; what is not used comes back when it is settled.
   * @param parts into how many what is left is divided: others that may want to spend meanwhile must find something too
   * @param kinds what is lent at all
   */
  lend(parts: number, kinds: readonly (keyof BudgetLimits)[] = budgetKinds): Loan {
    const share = this.#share(parts, kinds);
    const budgets = [...this.#upwards()].map((budget) => budget.#sent());
    for (const kind of budgetKinds) {
      const left = this.remaining(kind);
      // The budget that has least left is the one that is told of when the share is spent.
      const tightest = [...this.#upwards()].findIndex((budget) => budget.#left(kind) === left);
      const kept = left === Number.POSITIVE_INFINITY ? 0 : exact(kind, left - (share[kind] ?? 0));
      const { reserved } = budgets[tightest] as SentBudget;
      (budgets[tightest] as { reserved: Amounts }).reserved = {
        ...reserved,
        [kind]: exact(kind, (reserved[kind] ?? 0) + kept),
      };
    }
    const { settle, release } = this.reserve(share);
    const top = this.#top();
    top.#loans += 1;
    let open = true;
    const back = (give: () => void): void => {
      give();
      if (!open) return;
      open = false;
      top.#loans -= 1;
      for (const wake of [...top.#waiting]) wake();
    };
    return { budgets, settle: (actual) => back(() => settle(actual)), release: () => back(release) };
  }

  /**
   * Calls back when there is something to lend: at once, unless all that is left has been lent and may come back.
   * @returns what forgets it
   */
  whenLendable(then: () => void): () => void {
    const top = this.#top();
    const look = (): void => {
      if (top.#loans > 0 && budgetKinds.some((kind) => this.#isLentOut(kind))) return;
      top.#waiting.delete(look);
      then();
    };
    top.#waiting.add(look);
    look();
    return () => top.#waiting.delete(look);
  }

  /** Whether nothing is left just now, though not all is spent. */
  #isLentOut(kind: keyof BudgetLimits): boolean {
    const empty = [...this.#upwards()].filter((budget) => budget.#left(kind) === 0);
    return empty.length > 0 && empty.every((budget) => budget.#reserved[kind] > 0);
  }

  #top(): BudgetLedger {
    return this.#parent === undefined ? this : this.#parent.#top();
  }

  /** The innermost of budgets that were lent. */
  static borrowed(budgets: readonly SentBudget[]): BudgetLedger | undefined {
    return budgets.reduceRight<BudgetLedger | undefined>((parent, { limits, spent, reserved, where }) => {
      const budget = new BudgetLedger(limits, parent, where);
      budget.#add(budget.#spent, spent, 1);
      budget.#add(budget.#reserved, reserved, 1);
      return budget;
    }, undefined);
  }

  #share(parts: number, kinds: readonly (keyof BudgetLimits)[]): Amounts {
    const share: { -readonly [K in keyof Amounts]: Amounts[K] } = {};
    for (const kind of kinds) {
      const left = this.remaining(kind);
      if (left === Number.POSITIVE_INFINITY) continue;
      share[kind] = kind === 'cost' ? exact(kind, left / parts) : Math.ceil(left / parts);
    }
    return share;
  }

  #sent(): SentBudget {
    const limits = Object.fromEntries(Object.entries(this.#limits).filter(([, limit]) => Number.isFinite(limit)));
    return { limits, spent: { ...this.#spent }, reserved: { ...this.#reserved }, where: this.#where };
  }

  /**
   * Charges what was used without asking: what is on record has been spent.
   * @param otherwise what is charged for a kind whose amount is no number from 0, as a provider may report
   */
  charge(amounts: Amounts, otherwise: Amounts = {}): void {
    const sound: { -readonly [K in keyof Amounts]: Amounts[K] } = { ...amounts };
    for (const kind of budgetKinds) if (!isAmount(amounts[kind] ?? 0)) sound[kind] = otherwise[kind] ?? 0;
    for (const budget of this.#upwards()) budget.#add(budget.#spent, sound, 1);
  }

  /** Adds what was spent before a restart, here only: the budgets above restore their own. */
  restore(amounts: Amounts): void {
    this.#add(this.#spent, amounts, 1);
  }

  *#upwards(): Generator<BudgetLedger> {
    for (let at: BudgetLedger | undefined = this; at !== undefined; at = at.#parent) yield at;
  }

  #left(kind: keyof BudgetLimits): number {
    const limit = this.#limits[kind];
    if (limit === undefined) return Number.POSITIVE_INFINITY;
    const left = limit - this.#spent[kind] - this.#reserved[kind];
    return Math.max(0, exact(kind, left));
  }

  #add(to: Record<keyof BudgetLimits, number>, amounts: Amounts, sign: 1 | -1): void {
    for (const kind of budgetKinds) {
      to[kind] = exact(kind, to[kind] + sign * (amounts[kind] ?? 0));
    }
  }

  #exceeded(kind: keyof BudgetLimits, asked: number): EspalierError {
    const { node, runId, workflow } = this.#where;
    const whose =
      node !== undefined
        ? `node '${node}'`
        : runId !== undefined
          ? `run '${runId}'${workflow === undefined ? '' : ` of workflow '${workflow}'`}`
          : 'its owner';
    const limit = this.#limits[kind];
    const details = { kind, limit, spent: this.#spent[kind], reserved: this.#reserved[kind], asked };
    return new EspalierError(
      'budget-exceeded',
      `The budget of ${whose} is ${limit} ${kind}: ${details.spent} spent, ${details.reserved} reserved, ${asked} more asked for.`,
      { where: this.#where, details },
    );
  }
}

/** Costs are kept to a ten billionth of a dollar: sums of fractions drift, and what is given back leaves nothing behind. */
const COST_PRECISION = 1e10;

const exact = (kind: keyof BudgetLimits, amount: number): number =>
  kind === 'cost' ? Math.round(amount * COST_PRECISION) / COST_PRECISION : amount;

const nothing = (): Record<keyof BudgetLimits, number> => ({ tokens: 0, modelCalls: 0, toolCalls: 0, cost: 0 });

const isAmount = (amount: unknown): boolean => typeof amount === 'number' && Number.isFinite(amount) && amount >= 0;

function checkAmount(kind: string, amount: unknown): void {
  if (isAmount(amount)) return;
  const got = describeValue(amount);
  throw new EspalierError('option-invalid', `BudgetLedger.reserve({ ${kind} }): expected a number from 0, got ${got}.`);
}
