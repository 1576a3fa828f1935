import assert from 'node:assert/strict';
import { textOf, toolCallsOf, userText } from '@espalier/core';
import { type ConformanceGroup, scripted, unscripted } from '../conformance-case.js';
import { writtenIn } from '../reading.js';
import { assistant, conversation, forecast, frozen, question, reportSchema, toolResult } from '../requests.js';

const marks = ['alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot', 'golf', 'hotel'];

export const isolation: ConformanceGroup = {
  name: 'isolation',
  cases: [
    unscripted(
      'has a name of provider and model',
      async ({ model }) => {
        assert.match(model.name, /^[^:\s]+:\S+/, 'A name is such as `openai:gpt-5.5`.');
        assert.equal(model.name, model.name);
      },
      ['generate'],
    ),
    unscripted('answers a question, in plain data', async ({ provider, ask }) => {
      provider?.reply({ text: 'At noon.' });
      const { message } = await ask(question('When does the tide turn?\n\n<text>\nThe tide turns at noon.\n</text>'));

      assert.notEqual(textOf(message), '');
    }),
    unscripted('changes nothing of a request', async ({ provider, ask }) => {
      provider?.reply({ text: '{}' });
      const call = { type: 'tool-call', id: 'call_1', tool: 'forecast', arguments: '{"harbour":"Oslo"}' } as const;
      const request = {
        ...conversation(
          { role: 'system', content: 'S' },
          userText('Q'),
          assistant(call),
          toolResult('call_1', 'Calm.'),
        ),
        output: { name: 'report', schema: reportSchema },
        settings: { stop: ['END'], maxOutputTokens: 500 },
      };
      const before = JSON.stringify(request);
      await ask(frozen(request));

      assert.equal(JSON.stringify(request), before);
    }),
    scripted('makes the same request of the same request', async ({ provider, ask }) => {
      const request = { ...conversation(userText('Q')), output: { name: 'report', schema: reportSchema } };
      provider.reply({ text: '{}' }, { text: '{}' });
      await ask(request);
      await ask(request);

      assert.deepEqual(provider.requests[1]?.body, provider.requests[0]?.body);
    }),
    scripted('keeps concurrent calls apart', async ({ provider, ask }) => {
      provider.reply(({ body }) => {
        const mark = marks.find((word) => writtenIn(body).includes(`question ${word}`)) ?? 'none';
        return {
          text: `answer ${mark} `.repeat(20),
          calls: [{ tool: 'forecast', arguments: { harbour: mark, daysAhead: 1 } }],
        };
      });
      const responses = await Promise.all(
        marks.map((mark) => ask(question(`question ${mark}`, { tools: [forecast] }))),
      );

      for (const [index, { message }] of responses.entries()) {
        assert.equal(textOf(message), `answer ${marks[index]} `.repeat(20));
        assert.equal(JSON.parse(toolCallsOf(message)[0]?.arguments ?? '{}').harbour, marks[index]);
      }
    }),
  ],
};
