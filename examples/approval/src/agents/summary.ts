import { Agent, DependsOn, type RunContext, section } from '@espalier/core';
import type { Order } from '../shop/orders.js';
import { Claim } from './claim.js';

/** Says in short what the customer wrote, for the person who decides. */
@Agent({ instructions: 'Say in 2 sentences what went wrong for the customer. Use their words.' })
@DependsOn(Claim)
export class Summary {
  run({ messages }: Order, ctx: RunContext): Promise<string> {
    return ctx.generate(section('messages', messages.join('\n\n')));
  }
}
