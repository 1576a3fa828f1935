import { describe, expect, it } from '@jest/globals';
import { BudgetLedger, type Loan } from './budget-ledger.js';
import type { SentBudget } from './sent-budget.js';

const tree = () => {
  const run = new BudgetLedger({ tokens: 100, cost: Number.POSITIVE_INFINITY }, undefined, { runId: 'r1' });
  return { run, node: new BudgetLedger({ tokens: 80, modelCalls: 2 }, run, { node: 'a' }) };
};

const there = ({ budgets }: Loan): BudgetLedger =>
  BudgetLedger.borrowed(JSON.parse(JSON.stringify(budgets)) as SentBudget[]) as BudgetLedger;

describe('BudgetLedger.lend', () => {
  it('lends all that is left where nobody else may want it, and takes back what was not spent', () => {
    const { run, node } = tree();
    run.charge({ tokens: 40 });
    const loan = node.lend(1);
    expect(run.remaining('tokens')).toBe(0);
    const borrowed = there(loan);
    expect([borrowed.remaining('tokens'), borrowed.remaining('modelCalls')]).toEqual([60, 2]);
    expect(borrowed.remaining('toolCalls')).toBe(Number.POSITIVE_INFINITY);
    expect(borrowed.remaining('cost')).toBe(Number.POSITIVE_INFINITY);
    borrowed.reserve({ tokens: 30, modelCalls: 1 }).settle({ tokens: 25, modelCalls: 1 });
    loan.settle({ tokens: 25, modelCalls: 1 });
    expect([run.remaining('tokens'), node.remaining('modelCalls')]).toEqual([35, 1]);
  });

  it('says of a budget that is spent elsewhere what it says of one that is spent here', () => {
    const messages = [tree(), tree()].map(({ run, node }, at) => {
      run.charge({ tokens: 40 });
      const ledger = at === 0 ? node : there(node.lend(1));
      try {
        ledger.reserve({ tokens: 70 });
      } catch (error) {
        return JSON.stringify(error);
      }
      return 'nothing thrown';
    });
    expect(messages[1]).toBe(messages[0]);
    expect(messages[0]).toContain("The budget of run 'r1' is 100 tokens: 40 spent, 0 reserved, 70 more asked for.");
  });

  it('divides what is left among those that are ready, so that together they never spend more', () => {
    const { run } = tree();
    const loans = [3, 2, 1].map((parts) => run.lend(parts));
    const shares = loans.map((loan) => there(loan).remaining('tokens'));
    expect(shares).toEqual([34, 33, 33]);
    expect(run.remaining('tokens')).toBe(0);
    expect(there(run.lend(1)).remaining('tokens')).toBe(0);
    for (const loan of loans) loan.settle({ tokens: 10 });
    expect(run.remaining('tokens')).toBe(70);
  });

  it('calls back whoever comes when all is lent, in turn, once some has come back', () => {
    const { run, node } = tree();
    const first = node.lend(1);
    const told: string[] = [];
    run.whenLendable(() => told.push('at once: there is some left'));
    const second = run.lend(1);
    run.whenLendable(() => {
      told.push('a');
      run.lend(1);
    });
    run.whenLendable(() => told.push('b'));
    const forget = run.whenLendable(() => told.push('never'));
    forget();
    expect(told).toEqual(['at once: there is some left']);
    first.settle({ tokens: 5 });
    expect(told.slice(1)).toEqual(['a']);
    second.release();
    expect(told.slice(1)).toEqual(['a', 'b']);
  });

  it('does not wait for what can never come back', () => {
    const run = new BudgetLedger({ tokens: 10, toolCalls: 0 }, undefined, { runId: 'r1' });
    const loan = run.lend(2);
    let told = 0;
    run.whenLendable(() => {
      told += 1;
    });
    expect(told).toBe(1);
    loan.settle({ tokens: 10 });
  });
});
