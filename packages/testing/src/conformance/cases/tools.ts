import assert from 'node:assert/strict';
import { type ToolChoice, toolCallsOf, userText } from '@espalier/core';
import { type ConformanceGroup, scripted } from '../conformance-case.js';
import { assertHolds, assertInOrder, requires } from '../reading.js';
import { conversation, forecast, question, toolResult } from '../requests.js';

const one = ['generate'] as const;
const argumentsOf = (text: string | undefined): unknown => JSON.parse(text ?? '');

export const tools: ConformanceGroup = {
  name: 'tools',
  cases: [
    scripted(
      'sends the definitions of tools',
      async ({ provider, ask }) => {
        provider.reply({ text: 'None is needed.' });
        const other = { ...forecast, name: 'tide-table_2', description: 'High and low water.' };
        await ask(question('Q', { tools: [forecast, other] }));

        assertHolds(provider.requests[0]?.body, 'forecast', forecast.description, 'daysAhead', 'Name of the harbour');
        assertInOrder(provider.requests[0]?.body, forecast.description, other.description);
      },
      one,
    ),
    scripted(
      'sends many tools',
      async ({ provider, ask }) => {
        provider.reply({ text: 'None is needed.' });
        const many = Array.from({ length: 60 }, (_, index) => ({ ...forecast, name: `forecast_${index}` }));
        await ask(question('Q', { tools: many }));

        assertInOrder(provider.requests[0]?.body, 'forecast_0', 'forecast_30', 'forecast_59');
      },
      one,
    ),
    scripted('gives several calls of one turn, and takes their results', async ({ provider, ask }) => {
      const places = ['Bergen', 'Zürich 🏔', 'Oslo'];
      const calls = places.map((harbour) => ({ tool: 'forecast', arguments: { harbour, daysAhead: 2 } }));
      provider.reply({ text: 'Let me look.', calls }, { text: 'All are sunny.' });
      const request = conversation(userText('How will it be?'));
      const { message, finishReason } = await ask(request);
      const given = toolCallsOf(message);

      assert.equal(finishReason, 'tool-calls');
      assert.deepEqual(
        given.map(({ tool }) => tool),
        ['forecast', 'forecast', 'forecast'],
      );
      assert.deepEqual(
        given.map((call) => argumentsOf(call.arguments)),
        places.map((harbour) => ({ harbour, daysAhead: 2 })),
      );
      const results = given.map(({ id }, index) => toolResult(id, `weather of ${places[index]}`));
      const next = await ask({ ...request, messages: [...request.messages, message, ...results] });
      assert.equal(next.finishReason, 'stop');
      assertInOrder(
        provider.requests[1]?.body,
        'How will it be?',
        'Let me look.',
        ...places.map((place) => `weather of ${place}`),
      );
    }),
    scripted(
      'takes results in another order than their calls',
      async ({ provider, ask }) => {
        const calls = ['Bergen', 'Oslo'].map((harbour) => ({ tool: 'forecast', arguments: { harbour, daysAhead: 1 } }));
        provider.reply({ calls }, { text: 'Sunny.' });
        const request = conversation(userText('Q'));
        const { message } = await ask(request);
        const results = toolCallsOf(message).map(({ id, arguments: text }) => toolResult(id, `result of ${text}`));
        const { finishReason } = await ask({
          ...request,
          messages: [...request.messages, message, ...results.reverse()],
        });

        assert.equal(finishReason, 'stop');
      },
      one,
    ),
    scripted(
      'streams arguments while they come',
      async ({ provider, ask }) => {
        const harbour = 'x'.repeat(400);
        provider.reply({ calls: [{ tool: 'forecast', arguments: { harbour, daysAhead: 1 } }] });
        const { message } = await ask(conversation(userText('Q')));

        assert.deepEqual(argumentsOf(toolCallsOf(message)[0]?.arguments), { harbour, daysAhead: 1 });
      },
      ['stream'],
    ),
    scripted(
      'gives malformed arguments as they are',
      async ({ provider, ask }) => {
        provider.reply({ calls: [{ tool: 'forecast', arguments: '{"harbour": "Ber' }] });
        const { message } = await ask(conversation(userText('Q')));

        assert.equal(toolCallsOf(message)[0]?.arguments, '{"harbour": "Ber');
      },
      ['stream'],
    ),
    scripted('gives a call without arguments as an empty object', async ({ provider, ask }) => {
      const ping = { name: 'ping', description: 'Is anyone there?', parameters: { type: 'object', properties: {} } };
      provider.reply({ calls: [{ tool: 'ping', arguments: {} }] });
      const { message } = await ask(question('Q', { tools: [ping] }));

      assert.deepEqual(argumentsOf(toolCallsOf(message)[0]?.arguments), {});
    }),
    scripted('gives back an argument that may be left out as it was meant', async ({ provider, ask }) => {
      // Strict providers know no optional fields: there the model says null.
      provider.reply(({ body }) => ({
        calls: [
          {
            tool: 'forecast',
            arguments: { harbour: 'Oslo', ...(requires(body, 'daysAhead') ? { daysAhead: null } : {}) },
          },
        ],
      }));
      const { message } = await ask(conversation(userText('Q')));

      assert.deepEqual(argumentsOf(toolCallsOf(message)[0]?.arguments), { harbour: 'Oslo' });
    }),
    scripted(
      'tells the provider the choice of tools',
      async ({ provider, ask }) => {
        const choices: readonly ToolChoice[] = ['auto', 'none', 'required', { tool: 'forecast' }];
        const bodies: string[] = [];
        for (const [index, toolChoice] of choices.entries()) {
          provider.reply({ text: 'Well.' });
          await ask(question('Q', { tools: [forecast], toolChoice }));
          bodies.push(JSON.stringify(provider.requests[index]?.body));
        }

        assert.equal(new Set(bodies).size, choices.length, 'Two choices make the same request.');
      },
      one,
    ),
    scripted(
      'leaves choices out where there are no tools',
      async ({ provider, ask }) => {
        provider.reply({ text: 'Well.' }, { text: 'Well.' });
        await ask(question('Q', { toolChoice: 'auto', settings: { parallelToolCalls: true } }));
        const { finishReason } = await ask(question('Q', { tools: [], toolChoice: 'none' }));

        assert.equal(finishReason, 'stop');
      },
      one,
    ),
    scripted(
      'tells the provider to make one call at a time',
      async ({ provider, ask }) => {
        const bodies: string[] = [];
        for (const parallelToolCalls of [true, false]) {
          provider.reply({ text: 'Well.' });
          await ask(question('Q', { tools: [forecast], settings: { parallelToolCalls } }));
          bodies.push(JSON.stringify(provider.requests.at(-1)?.body));
        }

        assert.notEqual(bodies[0], bodies[1]);
      },
      one,
    ),
  ],
};
