import { Agent, DependsOn, optional } from '@espalier/core';
import { euros } from '../money.js';
import type { Refund } from '../shop/bank.js';
import type { Order } from '../shop/orders.js';
import { Claim } from './claim.js';
import { Decision, type Verdict } from './decision.js';
import { Payment } from './payment.js';

/** What the customer is told. */
@Agent()
@DependsOn(Claim, Decision, optional(Payment))
export class Reply {
  run({ customer, item, amount }: Order, { reason }: Verdict, refund: Refund | undefined): string {
    if (refund !== undefined) {
      return `Dear ${customer}, we have refunded ${euros(amount)} for the ${item}. Receipt: ${refund.receipt}.`;
    }
    const why = reason === undefined ? '' : ` Reason: ${reason}.`;
    return `Dear ${customer}, we cannot refund the ${item}.${why}`;
  }
}
