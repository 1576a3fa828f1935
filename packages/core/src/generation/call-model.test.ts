import { type ChatModel, createEspalier, defineWorkflow, type RunContext } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { makeAgent } from '../../test/make-agent.js';

const model: ChatModel = {
  name: 'test:constant',
  async generate() {
    return {
      message: { role: 'assistant', content: [{ type: 'text', text: 'yes' }] },
      finishReason: 'stop',
      usage: { inputTokens: 2, outputTokens: 1 },
      model: 'constant',
    };
  },
};

describe('a model call', () => {
  it('that no budget allows does not count as used', async () => {
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
    const workflow = defineWorkflow({ name: 'test', version: 1, output: asker, budget: { modelCalls: 1 } });
    const espalier = await createEspalier({ workflows: [workflow], models: { default: model } });
    const { status, usage } = await espalier.start(workflow, null).outcome;

    expect(status).toBe('budget_exceeded');
    expect(usage).toEqual({ modelCalls: 1, toolCalls: 0, inputTokens: 2, outputTokens: 1, cost: 0 });
  });
});
