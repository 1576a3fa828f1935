import { describeValue } from '../errors/espalier-error.js';
import type { Json } from '../schema/json.js';
import { checkOptions, invalidPolicy } from './check.js';
import type { Policy } from './policy.js';
import { type PolicyDecorator, recordPolicy } from './record-policy.js';

/** What may be spent. What is not named is not limited. */
export interface BudgetLimits {
  /** Input and output together. */
  readonly tokens?: number;
  readonly modelCalls?: number;
  readonly toolCalls?: number;
  /** In US dollars, as far as models tell their price. */
  readonly cost?: number;
}

export const budgetKinds = ['tokens', 'modelCalls', 'toolCalls', 'cost'] as const satisfies (keyof BudgetLimits)[];

/**
 * Limits what the agent spends over all its attempts, and what runs inside it. It can never spend more than the
 * workflow has left. A model call reserves what it may use before it starts.
 * @throws budget-exceeded
 * @example \@Budget({ tokens: 20_000, toolCalls: 12 })
 */
export function Budget(limits: BudgetLimits): PolicyDecorator {
  return recordPolicy(budgetPolicy(limits));
}

export function budgetPolicy(limits: BudgetLimits): Policy {
  checkLimits(limits, '@Budget');
  return Object.freeze<Policy>({
    kind: 'budget',
    options: { ...limits } as Json,
    apply: (source) => source, // the runtime reads the limits: see budgetLimits
    bound: (inner) => ({
      ...inner,
      modelCalls: Math.min(inner.modelCalls, limits.modelCalls ?? Number.POSITIVE_INFINITY),
      toolCalls: Math.min(inner.toolCalls, limits.toolCalls ?? Number.POSITIVE_INFINITY),
    }),
  });
}

/** The limits of a `@Budget`. */
export const budgetLimits = (policy: Policy): BudgetLimits => policy.options as BudgetLimits;

/** @throws policy-invalid when a limit is no number from 0, or is not a known one */
function checkLimits(limits: BudgetLimits, name: string): void {
  checkOptions(limits, name, budgetKinds);
  for (const [kind, limit] of Object.entries(limits)) {
    if (typeof limit !== 'number' || !(limit >= 0)) {
      throw invalidPolicy(`${name}({ ${kind} }): expected a number from 0, got ${describeValue(limit)}.`);
    }
  }
}
