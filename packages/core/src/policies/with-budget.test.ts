import { describe, expect, it } from '@jest/globals';
import { NEVER, of, range, take, throwError } from 'rxjs';
import { marbles } from '../../test/marbles.js';
import { EspalierError } from '../errors/espalier-error.js';
import { BudgetLedger } from './budget-ledger.js';
import { retryWithBackoff } from './retry.js';
import { withBudget } from './with-budget.js';

const ledgerOf = (tokens: number): BudgetLedger => new BudgetLedger({ tokens }, undefined, { node: 'n' });

describe('withBudget', () => {
  it('reserves before it subscribes, and charges what was used', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const ledger = ledgerOf(100);
      const source = cold<number>('-a-b|', { a: 10, b: 30 });
      expectObservable(
        source.pipe(withBudget({ ledger, reserve: { tokens: 50 }, used: (tokens) => ({ tokens }) })),
      ).toBe('-a-b|', { a: 10, b: 30 });
      expect(ledger.remaining('tokens')).toBe(100);
      flush();
      expect([ledger.spent.tokens, ledger.remaining('tokens')]).toEqual([30, 70]);
    });
  });

  it('charges what was reserved where nobody says what was used', () => {
    const ledger = ledgerOf(100);
    of('a')
      .pipe(withBudget({ ledger, reserve: { tokens: 50 } }))
      .subscribe();
    expect(ledger.spent.tokens).toBe(50);
  });

  it('does not start what the budget has not left', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a|');
      const error = new EspalierError(
        'budget-exceeded',
        "The budget of node 'n' is 10 tokens: 0 spent, 0 reserved, 11 more asked for.",
      );
      expectObservable(source.pipe(withBudget({ ledger: ledgerOf(10), reserve: { tokens: 11 } }))).toBe(
        '#',
        undefined,
        error,
      );
      expectSubscriptions(source.subscriptions).toBe([]);
    });
  });

  it('gives the reservation back when the source fails, when it is cancelled, and when `used` throws', () => {
    const ledger = ledgerOf(50);
    const reserve = { tokens: 50 };
    const errors: unknown[] = [];
    throwError(() => 'broken')
      .pipe(withBudget({ ledger, reserve }))
      .subscribe({ error: (e) => errors.push(e) });
    expect(ledger.remaining('tokens')).toBe(50);
    const subscription = NEVER.pipe(withBudget({ ledger, reserve })).subscribe();
    expect(ledger.remaining('tokens')).toBe(0);
    subscription.unsubscribe();
    expect(ledger.remaining('tokens')).toBe(50);
    const used = (): never => {
      throw new TypeError('a bug');
    };
    of(1)
      .pipe(withBudget({ ledger, reserve, used }))
      .subscribe({ error: (e) => errors.push(e) });
    expect([ledger.remaining('tokens'), errors]).toEqual([50, ['broken', new TypeError('a bug')]]);
  });

  it('is free again for another attempt, and for a source without end that is stopped', () => {
    const ledger = ledgerOf(50);
    const guarded = throwError(() => 'broken').pipe(withBudget({ ledger, reserve: { tokens: 50 } }));
    const codes: unknown[] = [];
    guarded.pipe(retryWithBackoff({ attempts: 1 })).subscribe({ error: (e) => codes.push(e) });
    guarded.subscribe({ error: () => guarded.subscribe({ error: (e) => codes.push(e) }) });
    expect(codes).toEqual(['broken', 'broken']);
    const seen: number[] = [];
    range(0, Number.POSITIVE_INFINITY)
      .pipe(withBudget({ ledger, reserve: { tokens: 50 } }), take(2))
      .subscribe((n) => seen.push(n));
    expect([seen, ledger.remaining('tokens')]).toEqual([[0, 1], 50]);
  });
});
