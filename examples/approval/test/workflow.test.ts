import { createEspalier, VirtualClock } from '@espalier/core';
import { offline } from '@espalier/offline';
import { describe, expect, it } from '@jest/globals';
import { Bank } from '../src/shop/bank.js';
import { Orders } from '../src/shop/orders.js';
import { refund } from '../src/workflow.js';

describe('a refund', () => {
  it('is refused where nobody decides within three days', async () => {
    const clock = new VirtualClock();
    const bank = { refund: () => Promise.reject(new Error('the bank was asked')) };
    const espalier = await createEspalier({
      workflows: [refund],
      providers: [Orders, { provide: Bank, useValue: bank }],
      models: { default: offline() },
      clock,
    });
    const run = espalier.start(refund, { order: 'A-1042' });
    await clock.advance('4 days');
    expect(await run.result).toBe(
      'Dear Mila Novak, we cannot refund the espresso machine. Reason: nobody decided within three days.',
    );
  });
});
