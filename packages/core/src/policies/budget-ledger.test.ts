import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { budgetKinds } from './budget.js';
import { type Amounts, BudgetLedger, type Reservation } from './budget-ledger.js';

const tree = () => {
  const run = new BudgetLedger({ tokens: 100 }, undefined, { runId: 'r1', workflow: 'w' });
  return { run, node: new BudgetLedger({ tokens: 80, modelCalls: 2 }, run, { node: 'a' }) };
};

describe('BudgetLedger', () => {
  it('charges what was used, here and above, and frees the rest', () => {
    const { run, node } = tree();
    const reservation = node.reserve({ tokens: 50, modelCalls: 1 });
    expect([run.remaining('tokens'), node.remaining('tokens'), node.remaining('modelCalls')]).toEqual([50, 30, 1]);
    reservation.settle({ tokens: 20, modelCalls: 1 });
    expect([run.remaining('tokens'), node.remaining('tokens'), node.remaining('modelCalls')]).toEqual([80, 60, 1]);
    expect(run.spent).toEqual({ tokens: 20, modelCalls: 1, toolCalls: 0, cost: 0 });
  });

  it('settles or releases once', () => {
    const { run, node } = tree();
    const reservation = node.reserve({ tokens: 50 });
    reservation.release();
    reservation.release();
    reservation.settle({ tokens: 50 });
    expect([run.remaining('tokens'), run.spent.tokens]).toEqual([100, 0]);
  });

  it('L1 reserves everywhere or nowhere, and names the budget that has not enough', () => {
    const { run, node } = tree();
    run.charge({ tokens: 70 });
    expect(() => node.reserve({ tokens: 40 })).toThrow(
      "The budget of run 'r1' of workflow 'w' is 100 tokens: 70 spent, 0 reserved, 40 more asked for.",
    );
    expect(() => node.reserve({ tokens: 10, modelCalls: 3 })).toThrow(
      "The budget of node 'a' is 2 modelCalls: 0 spent, 0 reserved, 3 more asked for.",
    );
    expect([run.remaining('tokens'), node.remaining('modelCalls')]).toEqual([30, 2]);
    try {
      node.reserve({ tokens: 40 });
    } catch (error) {
      expect(error).toMatchObject({
        code: 'budget-exceeded',
        retryable: false,
        where: { runId: 'r1' },
        details: { kind: 'tokens', limit: 100, spent: 70, reserved: 0, asked: 40 },
      });
    }
  });

  it('names an owner without a name', () => {
    expect(() => new BudgetLedger({ cost: 1 }, undefined, {}).reserve({ cost: 2 })).toThrow(
      'The budget of its owner is 1 cost',
    );
    expect(() => new BudgetLedger({ cost: 1 }, undefined, { runId: 'r' }).reserve({ cost: 2 })).toThrow(
      "The budget of run 'r' is",
    );
  });

  it('lets a model overspend what it had reserved, and lets nobody spend after that', () => {
    const { run, node } = tree();
    node.reserve({ tokens: 10 }).settle({ tokens: 500 });
    expect([run.remaining('tokens'), node.remaining('tokens')]).toEqual([0, 0]);
    expect(() => run.reserve({ tokens: 1 })).toThrow('500 spent');
    expect(() => run.reserve({ tokens: 0, modelCalls: 1 })).not.toThrow();
  });

  it('limits nothing that is not named', () => {
    const free = new BudgetLedger({}, undefined, {});
    for (const kind of budgetKinds) expect(free.remaining(kind)).toBe(Number.POSITIVE_INFINITY);
    expect(() => free.reserve({ tokens: 1e15 })).not.toThrow();
  });

  it('does not drift where costs are added and given back', () => {
    const ledger = new BudgetLedger({ cost: 0.3 }, undefined, {});
    const reservations = [0.1, 0.2].map((cost) => ledger.reserve({ cost }));
    for (const reservation of reservations) reservation.release();
    expect(ledger.remaining('cost')).toBe(0.3);
    expect(() => ledger.reserve({ cost: 0.1 + 0.2 })).not.toThrow();
    for (let call = 0; call < 1000; call++) new BudgetLedger({}, ledger, {}).charge({ cost: 0.0003 });
    expect(ledger.spent.cost).toBe(0.3);
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY, '5'])('does not let %p in', (amount) => {
    const ledger = new BudgetLedger({ tokens: 100 }, undefined, {});
    expect(() => ledger.reserve({ tokens: amount as number })).toThrow(
      'BudgetLedger.reserve({ tokens }): expected a number from 0, got',
    );
    ledger.charge({ tokens: amount as number, modelCalls: 1 });
    expect(ledger.spent).toMatchObject({ tokens: 0, modelCalls: 1 });
    ledger.reserve({ tokens: 30 }).settle({ tokens: amount as number });
    expect([ledger.spent.tokens, ledger.remaining('tokens')]).toEqual([30, 70]);
  });

  it('L2, L3: does what a small model does, in any tree and any order (property)', () => {
    const amounts = fc.record({ tokens: fc.nat(30), toolCalls: fc.nat(3) });
    const limits = fc.record({ tokens: fc.nat(100), toolCalls: fc.nat(10) }, { requiredKeys: [] });
    const act = fc.oneof(
      fc.record({ act: fc.constant('reserve' as const), at: fc.nat(5), amounts }),
      fc.record({ act: fc.constantFrom('settle' as const, 'release' as const), at: fc.nat(5), amounts }),
      fc.record({ act: fc.constant('charge' as const), at: fc.nat(5), amounts }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.record({ limits, parent: fc.nat(5) }), { minLength: 1, maxLength: 6 }),
        fc.array(act, { maxLength: 60 }),
        (shape, acts) => {
          const ledgers: BudgetLedger[] = [];
          const parents: (number | undefined)[] = [];
          for (const [index, node] of shape.entries()) {
            const parent = index === 0 ? undefined : node.parent % index;
            parents.push(parent);
            ledgers.push(
              new BudgetLedger(node.limits, parent === undefined ? undefined : ledgers[parent], { node: `${index}` }),
            );
          }
          const upwards = (at: number): readonly number[] => {
            const parent = parents[at];
            return parent === undefined ? [at] : [at, ...upwards(parent)];
          };
          // The model: a list of what is open and a list of what was charged, each with the budget it was made in.
          const open: { readonly at: number; readonly amounts: Amounts; readonly reservation: Reservation }[] = [];
          const charged: { readonly at: number; readonly amounts: Amounts }[] = [];
          const total = (
            of: readonly { readonly at: number; readonly amounts: Amounts }[],
            at: number,
            kind: 'tokens' | 'toolCalls',
          ) => of.reduce((sum, one) => sum + (upwards(one.at).includes(at) ? (one.amounts[kind] ?? 0) : 0), 0);
          const left = (at: number, kind: 'tokens' | 'toolCalls') =>
            Math.max(
              0,
              (shape[at]?.limits[kind] ?? Number.POSITIVE_INFINITY) - total(charged, at, kind) - total(open, at, kind),
            );
          const leftAbove = (at: number, kind: 'tokens' | 'toolCalls') =>
            Math.min(...upwards(at).map((each) => left(each, kind)));

          for (const { act: what, at: number, amounts: asked } of acts) {
            const at = number % ledgers.length;
            const ledger = ledgers[at] as BudgetLedger;
            if (what === 'charge') {
              ledger.charge(asked);
              charged.push({ at, amounts: asked });
            } else if (what === 'reserve') {
              const fits = (['tokens', 'toolCalls'] as const).every(
                (kind) => asked[kind] === 0 || asked[kind] <= leftAbove(at, kind),
              );
              if (fits) open.push({ at, amounts: asked, reservation: ledger.reserve(asked) });
              else expect(() => ledger.reserve(asked)).toThrow('more asked for');
            } else {
              const [one] = open.splice(number, 1);
              if (one === undefined) continue;
              if (what === 'release') one.reservation.release();
              else one.reservation.settle(asked);
              if (what === 'settle') charged.push({ at: one.at, amounts: asked });
            }
            for (const [index, each] of ledgers.entries()) {
              for (const kind of ['tokens', 'toolCalls'] as const) {
                expect(each.remaining(kind)).toBe(leftAbove(index, kind));
                expect(each.spent[kind]).toBe(total(charged, index, kind));
              }
            }
          }
        },
      ),
    );
  });
});
