import assert from 'node:assert/strict';
import { textOf, userText } from '@espalier/core';
import { type ConformanceGroup, scripted } from '../conformance-case.js';
import { assertHolds, assertInOrder, assertLacks, hasValue, textsIn } from '../reading.js';
import { assistant, conversation, question, toolResult } from '../requests.js';

const one = ['generate'] as const;
const call = (id: string, args = '{"harbour":"Bergen"}') =>
  ({ type: 'tool-call', id, tool: 'forecast', arguments: args }) as const;

export const messages: ConformanceGroup = {
  name: 'messages',
  cases: [
    scripted('gives the text of the answer, and what it ended with', async ({ provider, ask }) => {
      provider.reply({ text: 'It turns at noon.' });
      const { message, finishReason } = await ask(question());

      assert.equal(textOf(message), 'It turns at noon.');
      assert.equal(finishReason, 'stop');
      assert.equal(provider.requests.length, 1, 'One answer takes one request.');
    }),
    scripted('sends messages of all roles, in order', async ({ provider, ask }) => {
      provider.reply({ text: 'Yes.' });
      const request = conversation(
        { role: 'system', content: 'You are a pilot.' },
        userText('first question'),
        assistant({ type: 'text', text: 'first answer' }, call('call_earlier')),
        toolResult('call_earlier', 'first result'),
        assistant({ type: 'text', text: 'second answer' }),
        userText('second question'),
      );
      await ask(request);
      const body = provider.requests[0]?.body;

      assertHolds(body, 'You are a pilot.', 'forecast', 'Bergen');
      assertInOrder(body, 'first question', 'first answer', 'first result', 'second answer', 'second question');
    }),
    scripted('sends every character as it is', async ({ provider, ask }) => {
      const text = 'a "quoted" \\ line\n\ttab, 🏔, e\u0301, \u2028, </s>, {{x}}, %s';
      provider.reply({ text });
      const { message } = await ask(question(text));

      assert.ok(
        textsIn(provider.requests[0]?.body).some((sent) => sent.includes(text)),
        'The text was changed.',
      );
      assert.equal(textOf(message), text);
    }),
    scripted(
      'sends several system messages, and users that speak twice in a row',
      async ({ provider, ask }) => {
        provider.reply({ text: 'Yes.' });
        const system = ['rule one', 'rule two'].map((content) => ({ role: 'system', content }) as const);
        await ask({ messages: [...system, userText('one more'), userText('and another')] });
        const body = provider.requests[0]?.body;

        assertInOrder(body, 'rule one', 'rule two');
        assertInOrder(body, 'one more', 'and another');
      },
      one,
    ),
    scripted(
      'sends failed and empty results of tools',
      async ({ provider, ask }) => {
        provider.reply({ text: 'Yes.' });
        const calls = assistant(call('call_a'), call('call_b'));
        await ask(
          conversation(userText('Q'), calls, toolResult('call_a', 'no such harbour', true), toolResult('call_b', '')),
        );

        assertHolds(provider.requests[0]?.body, 'no such harbour');
      },
      one,
    ),
    scripted(
      'sends calls whose arguments are malformed, and empty texts',
      async ({ provider, ask }) => {
        provider.reply({ text: 'Yes.' });
        const calls = assistant({ type: 'text', text: '' }, call('call_a', '{"harbour":'), call('call_b', ''));
        await ask(
          conversation(userText('Q'), calls, toolResult('call_a', 'malformed', true), toolResult('call_b', 'none')),
        );

        assertHolds(provider.requests[0]?.body, 'malformed');
      },
      one,
    ),
    scripted(
      "leaves out another provider's reasoning and its data",
      async ({ provider, ask }) => {
        provider.reply({ text: 'Yes.' });
        const acme = { acme: { state: 'opaque-state-of-acme' } };
        const thought = { type: 'reasoning', text: 'thought of acme', provider: acme } as const;
        const spoken = { type: 'text', text: 'spoken by acme', provider: acme } as const;
        await ask(
          conversation(
            userText('Q'),
            assistant(thought, spoken, { ...call('acme_1'), provider: acme }),
            toolResult('acme_1', 'R'),
          ),
        );

        assertHolds(provider.requests[0]?.body, 'spoken by acme');
        assertLacks(provider.requests[0]?.body, 'opaque-state-of-acme', 'thought of acme');
      },
      one,
    ),
    scripted(
      'sends images by data and by URL',
      async ({ provider, ask }) => {
        provider.reply({ text: 'A harbour.' });
        const file = { type: 'file', mediaType: 'image/png' } as const;
        const data = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ';
        const url = 'https://example.com/harbour.png';
        await ask({
          messages: [
            {
              role: 'user',
              content: [
                { type: 'text', text: 'What is it?' },
                { ...file, data },
                { ...file, url },
              ],
            },
          ],
        });

        assertInOrder(provider.requests[0]?.body, 'What is it?', data, url);
        assertHolds(provider.requests[0]?.body, 'image/png');
      },
      one,
    ),
    scripted(
      'sends documents',
      async ({ provider, ask }) => {
        provider.reply({ text: 'A chart.' });
        const file = { type: 'file', mediaType: 'application/pdf', name: 'chart.pdf', data: 'JVBERi0xLjQK' } as const;
        await ask({ messages: [{ role: 'user', content: [file, { type: 'text', text: 'What is it?' }] }] });

        assertInOrder(provider.requests[0]?.body, 'JVBERi0xLjQK', 'What is it?');
      },
      one,
    ),
    scripted(
      'sends settings',
      async ({ provider, ask }) => {
        provider.reply({ text: 'Yes.' });
        await ask(question('Q', { settings: { temperature: 0.25, seed: 7, stop: ['END'], maxOutputTokens: 777 } }));

        assert.ok(hasValue(provider.requests[0]?.body, 777), 'maxOutputTokens is not in the request.');
      },
      one,
    ),
    scripted(
      "adds its own settings to the request, and no other provider's",
      async ({ provider, model, ask }) => {
        provider.reply({ text: 'Yes.' });
        const own = { metadata: { user_id: 'conformance-user' } };
        const providers = { [model.name.split(':')[0] ?? '']: own, nobody: { nobodys_field: 'nobodys-value' } };
        await ask(question('Q', { settings: { providers } }));

        assertHolds(provider.requests[0]?.body, 'conformance-user');
        assertLacks(provider.requests[0]?.body, 'nobodys_field', 'nobodys-value');
      },
      one,
    ),
    scripted('sends the idempotency key in a header', async ({ provider, ask }) => {
      provider.reply({ text: 'Yes.' });
      await ask(question(), { idempotencyKey: 'run-1/writer/1' });
      const values = Object.values(provider.requests[0]?.headers ?? {});

      assert.ok(values.includes('run-1/writer/1'), 'No header holds the key.');
    }),
    scripted(
      'asks the provider to keep the prompt',
      async ({ provider, ask }) => {
        provider.reply({ text: 'Yes.' }, { text: 'Yes.' });
        const rules = { role: 'system', content: 'Be brief. '.repeat(2000) } as const;
        const request = { ...conversation(rules, userText('Q')), settings: { promptCache: true } };

        assert.equal(textOf((await ask(request)).message), 'Yes.');
      },
      one,
    ),
  ],
};
