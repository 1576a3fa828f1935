import assert from 'node:assert/strict';
import { type ChatChunk, type ChatResponse, textOf, userText } from '@espalier/core';
import { checkChunks } from '../check-chunks.js';
import { type ConformanceGroup, scripted, unscripted } from '../conformance-case.js';
import { conversation, question } from '../requests.js';
import { ask, streamOf } from '../subject.js';
import { within } from '../within.js';

const one = ['stream'] as const;

/** What two answers of the same turn share: ids, and what providers hang on them, differ from call to call. */
function withoutIds({ message, finishReason, usage, model }: ChatResponse): unknown {
  const content = message.content.map((part) => {
    if (part.type === 'tool-call')
      return { type: part.type, tool: part.tool, arguments: JSON.parse(part.arguments) as unknown };
    return { type: part.type, text: part.text };
  });
  // Through JSON: test runners have objects of several realms, which differ for assert.
  return JSON.parse(JSON.stringify({ content, finishReason, usage, model }));
}

export const streaming: ConformanceGroup = {
  name: 'streaming',
  cases: [
    scripted(
      'streams the response that generate gives',
      async (context) => {
        const turn = {
          reasoning: 'I must look.',
          text: 'Let me look.',
          calls: ['Oslo', 'Bergen'].map((harbour) => ({ tool: 'forecast', arguments: { harbour, daysAhead: 1 } })),
          usage: { inputTokens: 50, outputTokens: 20, cachedInputTokens: 10, reasoningTokens: 5 },
        };
        context.provider.reply(turn, turn);
        const request = { ...conversation(userText('Q')), settings: { reasoning: 'medium' } } as const;
        const whole = await ask(context, 'generate', request);
        const streamed = await ask(context, 'stream', request);

        assert.deepEqual(withoutIds(streamed), withoutIds(whole));
      },
      one,
    ),
    unscripted(
      'streams the response that generate gives, of a text',
      async (context) => {
        const turn = { text: 'At noon.', usage: { inputTokens: 20, outputTokens: 4 } };
        context.provider?.reply(turn, turn);
        const request = question('When does the tide turn?\n\n<text>\nThe tide turns at noon. Ships wait.\n</text>');
        const whole = await ask(context, 'generate', request);

        assert.deepEqual(withoutIds(await ask(context, 'stream', request)), withoutIds(whole));
      },
      one,
    ),
    scripted(
      'gives a delta before the next one is there',
      async ({ provider, model, patience }) => {
        provider.reply({ deltas: ['now ', 'never'], fault: { type: 'hang', after: 1 } });
        const stream = streamOf(model, question())[Symbol.asyncIterator]();
        const first = await within(patience, 'the first delta', stream.next());
        await within(patience, 'the end of a stream that nobody reads', Promise.resolve(stream.return?.()));

        assert.deepEqual(first.value, { type: 'text-delta', text: 'now ' });
      },
      one,
    ),
    scripted(
      'streams 2,000 deltas',
      async ({ provider, model, patience }) => {
        const deltas = Array.from({ length: 2000 }, (_, index) => `word${index} `);
        provider.reply({ deltas });
        const chunks: ChatChunk[] = [];
        const read = async (): Promise<void> => {
          for await (const chunk of streamOf(model, question())) chunks.push(chunk);
        };
        await within(patience * 2, 'the end of the stream', read());

        assert.equal(textOf(checkChunks(chunks).message), deltas.join(''));
        assert.ok(chunks.length > 1000, `2,000 deltas came as ${chunks.length} chunks.`);
      },
      one,
    ),
    scripted(
      'hangs up when nobody reads on',
      async ({ provider, model, patience }) => {
        provider.reply({ deltas: ['one ', 'two'], fault: { type: 'hang', after: 1 } });
        const read = async (): Promise<void> => {
          for await (const chunk of streamOf(model, question())) {
            assert.equal(chunk.type, 'text-delta');
            return;
          }
        };
        await within(patience, 'the first delta', read());

        await within(patience, 'the end of the connection', (await provider.request(0)).aborted);
      },
      one,
    ),
  ],
};
