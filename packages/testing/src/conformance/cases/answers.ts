import assert from 'node:assert/strict';
import { type FinishReason, type ReasoningEffort, textOf, toolCallsOf, userText } from '@espalier/core';
import { type ConformanceGroup, scripted } from '../conformance-case.js';
import { conversation, question, toolResult } from '../requests.js';

const one = ['generate'] as const;
const efforts: readonly ReasoningEffort[] = ['none', 'low', 'medium', 'high', 'max'];

export const answers: ConformanceGroup = {
  name: 'answers',
  cases: [
    scripted(
      'counts tokens: cached ones are part of the input, reasoning is part of the output',
      async ({ provider, ask }) => {
        const given = {
          inputTokens: 1000,
          outputTokens: 200,
          cachedInputTokens: 400,
          cacheWriteTokens: 100,
          reasoningTokens: 50,
        };
        provider.reply({ reasoning: 'Hm.', text: 'Yes.', usage: given });
        const { usage } = await ask(question());

        assert.equal(usage.inputTokens, 1000);
        assert.equal(usage.outputTokens, 200);
        assert.equal(usage.cachedInputTokens, 400);
        assert.equal(usage.reasoningTokens ?? 50, 50);
        assert.equal(usage.cacheWriteTokens ?? 100, 100);
      },
    ),
    scripted('tells which model answered, and the id of the request', async ({ provider, ask }) => {
      provider.reply({ text: 'Yes.', model: 'conformance-model-2026-01-01' });
      const { model, requestId } = await ask(question());

      assert.equal(model, 'conformance-model-2026-01-01');
      assert.equal(requestId, provider.requests[0]?.requestId);
    }),
    ...(['length', 'content-filter', 'other'] as const).map((finishReason) =>
      scripted(`tells that an answer ended with '${finishReason}'`, async ({ provider, ask }) => {
        provider.reply({ text: 'Well', finishReason });
        const response = await ask(question());
        // Some providers do not tell a filter from a refusal.
        const same: readonly FinishReason[] =
          finishReason === 'content-filter' ? ['content-filter', 'refusal'] : [finishReason];

        assert.ok(same.includes(response.finishReason), `Expected '${finishReason}', got '${response.finishReason}'.`);
        assert.equal(textOf(response.message), 'Well');
      }),
    ),
    scripted('tells that the model refused, and its words', async ({ provider, ask }) => {
      provider.reply({ refusal: "I can't help with that." });
      const { finishReason, message } = await ask(question());

      assert.equal(finishReason, 'refusal');
      assert.equal(textOf(message), "I can't help with that.");
    }),
    scripted('takes an empty answer', async ({ provider, ask }) => {
      provider.reply({});
      const { message, finishReason } = await ask(question());

      assert.equal(textOf(message), '');
      assert.equal(finishReason, 'stop');
    }),
    ...efforts.map((reasoning) =>
      scripted(
        `takes the reasoning effort '${reasoning}'`,
        async ({ provider, ask }) => {
          provider.reply({ text: 'Yes.' });

          assert.equal(textOf((await ask(question('Q', { settings: { reasoning } }))).message), 'Yes.');
        },
        one,
      ),
    ),
    scripted('gives reasoning apart from the text', async ({ provider, ask }) => {
      provider.reply({ reasoning: 'The moon is full.', text: 'At noon.' });
      const { message } = await ask(question('Q', { settings: { reasoning: 'medium' } }));

      assert.deepEqual(
        message.content.map(({ type }) => type),
        ['reasoning', 'text'],
      );
      assert.equal(textOf(message), 'At noon.');
      assert.equal(message.content[0]?.type === 'reasoning' && message.content[0].text, 'The moon is full.');
    }),
    scripted('gives reasoning back with the results of the calls that it led to', async ({ provider, ask }) => {
      const calls = [{ tool: 'forecast', arguments: { harbour: 'Oslo', daysAhead: 1 } }];
      provider.reply({ reasoning: 'I must look.', calls }, { text: 'Sunny.' });
      const request = { ...conversation(userText('Q')), settings: { reasoning: 'medium' } } as const;
      const { message } = await ask(request);
      // A journal keeps messages as JSON: what has to come back must outlive that.
      const kept = JSON.parse(JSON.stringify(message)) as typeof message;
      const results = toolCallsOf(kept).map(({ id }) => toolResult(id, 'sun'));
      await ask({ ...request, messages: [...request.messages, kept, ...results] });

      assert.equal(provider.requests[1]?.reasoningParts ?? 1, 1, 'The reasoning did not come back.');
    }),
  ],
};
