import { Agent, DependsOn, EspalierError, type RunContext } from '@espalier/core';
import { IsBoolean, IsOptional, IsString } from 'class-validator';
import { euros } from '../money.js';
import type { Order } from '../shop/orders.js';
import { Claim } from './claim.js';
import { Summary } from './summary.js';

/** What a person answers. */
export class Verdict {
  @IsBoolean()
  approved!: boolean;

  @IsOptional()
  @IsString()
  reason?: string;
}

/** Up to this amount no person is asked, in cents. */
const limit = 5_000;

/** Waits for a person, days if need be: in the store's file, not in a process. */
@Agent()
@DependsOn(Claim, Summary)
export class Decision {
  async run(claim: Order, summary: string, ctx: RunContext): Promise<Verdict> {
    if (claim.amount <= limit) return { approved: true, reason: `${euros(limit)} or less` };
    const request = { question: `Refund ${euros(claim.amount)} to ${claim.customer}?`, item: claim.item, summary };
    try {
      return await ctx.waitFor('decision', Verdict, { timeout: '3 days', request });
    } catch (error) {
      if (!EspalierError.is(error) || error.code !== 'signal-timed-out') throw error;
      return { approved: false, reason: 'nobody decided within three days' };
    }
  }
}
