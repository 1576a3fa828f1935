import { type ChatModel, type ChatRequest, optional } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { build } from './build.js';
import { makeAgent } from './make-agent.js';

/** A model that uses all that it is allowed to, after some turns of the event loop, or fails. */
function greedy(turns: readonly number[], failing: readonly boolean[]) {
  const seen = { calls: 0, active: 0, mostActive: 0, tokens: 0 };
  const model: ChatModel = {
    name: 'test:greedy',
    async generate(request: ChatRequest) {
      const call = seen.calls++;
      seen.active += 1;
      seen.mostActive = Math.max(seen.mostActive, seen.active);
      for (let left = turns[call % turns.length] ?? 0; left > 0; left--) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      seen.active -= 1;
      if (failing[call % failing.length] === true) throw new Error('no answer');
      const usage = { inputTokens: 1, outputTokens: request.settings?.maxOutputTokens ?? 1_000_000 };
      seen.tokens += usage.inputTokens + usage.outputTokens;
      return {
        message: { role: 'assistant', content: [{ type: 'text', text: 'much' }] },
        finishReason: 'stop',
        usage,
        model: 'greedy',
      };
    },
  };
  return { model, seen };
}

describe('a budget of a run whose nodes ask models at the same time', () => {
  it('is never overspent, however much each call takes of what it was allowed', async () => {
    let together = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          tokens: fc.integer({ min: 100, max: 60_000 }),
          modelCalls: fc.integer({ min: 1, max: 30 }),
          nodes: fc.integer({ min: 1, max: 12 }),
          calls: fc.integer({ min: 1, max: 3 }),
          asked: fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined }),
          turns: fc.array(fc.nat(5), { minLength: 1, maxLength: 7 }),
          failing: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
        }),
        async ({ tokens, modelCalls, nodes, calls, asked, turns, failing }) => {
          const { model, seen } = greedy(turns, failing);
          const settings = asked === undefined ? {} : { settings: { maxOutputTokens: asked } };
          const askers = Array.from({ length: nodes }, (_, index) =>
            makeAgent(
              `n${index}`,
              [],
              async (_inputs, ctx) => {
                for (let call = 0; call < calls; call++) await ctx.generate('go', settings).catch(() => 'nothing');
              },
              [],
              { model: 'default', maxModelCalls: 10 },
            ),
          );
          const output = makeAgent('output', askers.map(optional), () => 'done');
          const { start } = await build(output, { budget: { tokens, modelCalls } }, { models: { default: model } });
          const run = start();
          const { usage } = await run.outcome;
          while (seen.active > 0) await new Promise((resolve) => setImmediate(resolve));
          together = Math.max(together, seen.mostActive);
          expect(seen.tokens).toBeLessThanOrEqual(tokens);
          expect(seen.calls).toBeLessThanOrEqual(modelCalls);
          expect(usage.inputTokens + usage.outputTokens).toBeLessThanOrEqual(seen.tokens);
        },
      ),
      { numRuns: 200 },
    );
    expect(together).toBeGreaterThan(3);
  }, 60_000);
});
