import assert from 'node:assert/strict';
import { type JsonSchema, textOf, userText } from '@espalier/core';
import { type ConformanceGroup, scripted, unscripted } from '../conformance-case.js';
import { assertHolds, requires } from '../reading.js';
import { conversation, forecast, question, reportSchema } from '../requests.js';
import { streamOf } from '../subject.js';

const output = (schema: JsonSchema) => ({ output: { name: 'harbour_report', schema } });
const report = { headline: 'Calm', certainty: 'high', sightings: [{ species: 'eider', amount: 12 }] };

export const structuredOutput: ConformanceGroup = {
  name: 'structured output',
  cases: [
    scripted('sends the shape, and gives the JSON of the answer', async ({ provider, ask }) => {
      const whole = { ...report, remark: 'No wind.' };
      provider.reply({ text: JSON.stringify(whole) });
      const { message } = await ask(question('Q', output(reportSchema)));

      assert.deepEqual(JSON.parse(textOf(message)), whole);
      assertHolds(provider.requests[0]?.body, 'headline', 'At most ten words', 'species', 'sightings');
    }),
    scripted('gives back a field that may be left out as it was meant', async ({ provider, ask }) => {
      provider.reply(({ body }) => ({
        text: JSON.stringify(requires(body, 'remark') ? { ...report, remark: null } : report),
      }));
      const { message } = await ask(question('Q', output(reportSchema)));

      assert.deepEqual(JSON.parse(textOf(message)), report);
    }),
    scripted(
      'streams it as it was meant: all pieces together are the answer',
      async ({ provider, model }) => {
        provider.reply(({ body }) => {
          const text = JSON.stringify(requires(body, 'remark') ? { ...report, remark: null } : report);
          return { deltas: [text.slice(0, 20), text.slice(20)] };
        });
        let told = '';
        let answer = '';
        for await (const chunk of streamOf(model, question('Q', output(reportSchema)))) {
          if (chunk.type === 'text-delta') told += chunk.text;
          if (chunk.type === 'response') answer = textOf(chunk.response.message);
        }

        assert.deepEqual(JSON.parse(answer), report);
        assert.equal(told, answer);
      },
      ['stream'],
    ),
    scripted('gives an answer that is no object', async ({ provider, model, ask }) => {
      const schema = { type: 'array', items: { type: 'string' } };
      if ((model.checkSchema?.(schema, 'output') ?? []).length > 0) return;
      provider.reply(({ body }) => ({
        text: JSON.stringify(requires(body, 'value') ? { value: ['a', 'b'] } : ['a', 'b']),
      }));
      const { message } = await ask(question('Q', output(schema)));

      assert.deepEqual(JSON.parse(textOf(message)), ['a', 'b']);
    }),
    scripted('gives JSON that is cut off as it came', async ({ provider, ask }) => {
      provider.reply({ text: '{"headline": "Ca', finishReason: 'length' });
      const { message, finishReason } = await ask(question('Q', output(reportSchema)));

      assert.equal(textOf(message), '{"headline": "Ca');
      assert.equal(finishReason, 'length');
    }),
    scripted('takes a shape and tools at once', async ({ provider, ask }) => {
      provider.reply({ calls: [{ tool: 'forecast', arguments: { harbour: 'Oslo', daysAhead: 1 } }] });
      const { finishReason } = await ask({ ...conversation(userText('Q')), ...output(reportSchema) });

      assert.equal(finishReason, 'tool-calls');
      assertHolds(provider.requests[0]?.body, 'headline', 'daysAhead');
    }),
    unscripted(
      'has nothing against a plain schema',
      async ({ model }) => {
        assert.deepEqual(model.checkSchema?.(reportSchema, 'output') ?? [], []);
        assert.deepEqual(model.checkSchema?.(forecast.parameters, 'tool') ?? [], []);
      },
      ['generate'],
    ),
    unscripted(
      'says of any schema what it cannot take, and does not throw',
      async ({ model }) => {
        const odd: readonly JsonSchema[] = [
          {},
          { type: 'object' },
          { type: 'object', additionalProperties: { type: 'number' } },
          { anyOf: [{ type: 'string' }, { type: 'null' }] },
          { $ref: '#/$defs/node', $defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } } } } },
          { type: 'object', patternProperties: { '^x': {} }, not: { type: 'null' } },
        ];
        for (const schema of odd) {
          for (const { path, message } of [
            ...(model.checkSchema?.(schema, 'output') ?? []),
            ...(model.checkSchema?.(schema, 'tool') ?? []),
          ]) {
            assert.ok(typeof path === 'string', `An issue names the JSON path, got ${JSON.stringify(path)}.`);
            assert.ok(message !== '', 'An issue says what is wrong.');
          }
        }
      },
      ['generate'],
    ),
  ],
};
