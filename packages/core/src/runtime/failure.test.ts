import {
  type BudgetLimits,
  Calls,
  type ChatModel,
  createEspalier,
  DependsOn,
  defineWorkflow,
  optional,
  type RunContext,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { makeAgent } from '../../test/make-agent.js';

const model: ChatModel = {
  name: 'test:constant',
  async generate() {
    return {
      message: { role: 'assistant', content: [{ type: 'text', text: 'yes' }] },
      finishReason: 'stop',
      usage: { inputTokens: 1, outputTokens: 1 },
      model: 'constant',
    };
  },
};

/** A parent that tolerates its child's failure; the child asks the model twice. */
async function outcomeWith(budgets: { readonly child?: BudgetLimits; readonly parent?: BudgetLimits }) {
  const asker = makeAgent(
    'asker',
    [],
    async (_inputs, ctx: RunContext) => {
      await ctx.generate('one');
      return ctx.generate('two');
    },
    [],
    { model: 'default' },
  );
  const child = defineWorkflow({
    name: 'child',
    version: 1,
    output: asker,
    ...(budgets.child === undefined ? {} : { budget: budgets.child }),
  });
  const caller = makeAgent('caller', [], (_inputs, ctx: RunContext) => ctx.call(child, null), [
    Calls(child, { max: 1 }),
  ]);
  const parent = defineWorkflow({
    name: 'parent',
    version: 1,
    output: makeAgent('output', [], ([value]) => value ?? 'without', [DependsOn(optional(caller))]),
    ...(budgets.parent === undefined ? {} : { budget: budgets.parent }),
  });
  const espalier = await createEspalier({ workflows: [parent, child], models: { default: model } });
  return espalier.start(parent, null, { runId: 'r1' }).outcome;
}

describe('a spent budget', () => {
  it('of a child run is the failure of the node that called it, and no more', async () => {
    const { status, output, nodes } = await outcomeWith({ child: { modelCalls: 1 } });

    expect({ status, output }).toEqual({ status: 'completed', output: 'without' });
    expect(nodes().caller).toMatchObject({ status: 'failed', error: { code: 'budget-exceeded' } });
  });

  it('of the run ends the run, also where a child run spent it', async () => {
    const { status, error } = await outcomeWith({ parent: { modelCalls: 1 } });

    expect(status).toBe('budget_exceeded');
    expect(error).toMatchObject({ code: 'budget-exceeded', where: { runId: 'r1' } });
  });
});
