import { Agent, DependsOn, exponential, Retry, type RunContext, When } from '@espalier/core';
import { Bank, type Refund } from '../shop/bank.js';
import type { Order } from '../shop/orders.js';
import { Claim } from './claim.js';
import { Decision } from './decision.js';

/**
 * Pays, where the decision is yes. The process may die after the bank has paid and before anybody here knows: the step is
 * done again then, with the same key, and the bank sees that it has paid already.
 */
@Agent()
@DependsOn(Claim)
@When(Decision, ({ approved }) => approved)
@Retry({ attempts: 5, backoff: exponential('1s', { max: '1m' }) })
export class Payment {
  constructor(private readonly bank: Bank) {}

  run({ id, amount }: Order, ctx: RunContext): Promise<Refund> {
    return ctx.step('pay', ({ idempotencyKey }) => this.bank.refund(idempotencyKey, id, amount));
  }
}
