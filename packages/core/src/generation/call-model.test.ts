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

  describe('has a signal of its own', () => {
    const signals: AbortSignal[] = [];
    const listening: ChatModel = {
      ...model,
      generate(request, options) {
        signals.push(options.signal);
        return model.generate(request, options);
      },
    };
    const asking = async (run: (ctx: RunContext) => Promise<unknown>, chat: ChatModel) => {
      signals.length = 0;
      const asker = makeAgent('asker', [], (_inputs, ctx: RunContext) => run(ctx), [], { model: 'default' });
      const workflow = defineWorkflow({ name: 'test', version: 1, output: asker });
      const espalier = await createEspalier({ workflows: [workflow], models: { default: chat } });
      return espalier.start(workflow, null);
    };

    it('which nobody aborts once the answer is there', async () => {
      let ofAttempt: AbortSignal | undefined;
      const run = await asking(async (ctx) => {
        ofAttempt = ctx.signal;
        await ctx.generate('one');
        return ctx.generate('two');
      }, listening);
      await run.result;
      expect(ofAttempt?.aborted).toBe(true);
      expect(new Set(signals).size).toBe(2);
      expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
    });

    it('which aborts with the attempt, for the same reason, while the answer is not there', async () => {
      let ofAttempt: AbortSignal | undefined;
      const silent: ChatModel = {
        ...model,
        generate(_request, { signal }) {
          signals.push(signal);
          return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        },
      };
      const run = await asking((ctx) => {
        ofAttempt = ctx.signal;
        return ctx.generate('one');
      }, silent);
      while (signals.length === 0) await Promise.resolve();
      run.cancel('enough');
      expect((await run.outcome).status).toBe('cancelled');
      expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
      expect(signals[0]?.reason).toMatchObject({ code: 'run-cancelled' });
      expect(ofAttempt?.reason).toMatchObject({ code: 'run-cancelled' });
    });
  });
});
