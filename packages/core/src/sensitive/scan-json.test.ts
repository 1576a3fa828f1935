import { describe, expect, it } from '@jest/globals';
import { randomCase } from '../../test/random-sensitive.js';
import type { JsonSchema } from '../schema/json.js';
import { maskAll, maskRanges } from './mask-record.js';
import { scanJson } from './scan-json.js';
import { type SensitiveShape, sensitiveShape } from './sensitive-shape.js';
import { SensitiveValues } from './sensitive-values.js';

const shapeOf = (schema: object): SensitiveShape => sensitiveShape(schema as JsonSchema) as SensitiveShape;
const contact = shapeOf({
  type: 'object',
  properties: { name: { type: 'string', sensitive: true }, age: { sensitive: true }, city: { type: 'string' } },
});
const masked = (text: string, shape = contact): string => maskRanges(text, scanJson(text, shape));

describe('sensitive parts of JSON in a text', () => {
  it('are found by the schema, whatever they are', () => {
    expect(masked('{"name":"a","age":[1,{"b":2}],"city":"c"}')).toBe(
      '{"name":"[sensitive]","age":"[sensitive]","city":"c"}',
    );
    expect(masked('{ "city" : "c" , "n\\u0061me" : "x\\"y" , "age" : -1.5e3 }')).toBe(
      '{ "city" : "c" , "n\\u0061me" : "[sensitive]" , "age" : "[sensitive]" }',
    );
    expect(masked('{}')).toBe('{}');
    expect(masked('')).toBe('');
  });

  it('are found in every JSON that the text has', () => {
    expect(masked('First {"name":"a"}\nthen ```json\n{"name":"b"}\n``` end')).toBe(
      'First {"name":"[sensitive]"}\nthen ```json\n{"name":"[sensitive]"}\n``` end',
    );
    expect(masked('no data')).toBe('no data');
  });

  it.each(['{"name":"a', '{"name":"a"', '{"name"', '{"name":a}', '{name:"a"}', '[{"name":"a"},', '{"name":"\\x"}'])(
    'cannot be told where it is no JSON, so all of it is one: %s',
    (text) => expect(masked(text)).toBe('[sensitive]'),
  );

  it('are all of a text that is sensitive as a whole', () => {
    expect(masked('anything {"a":1}', shapeOf({ sensitive: true }))).toBe('[sensitive]');
  });

  it('are refused below 1000 levels, as by whoever parses it', () => {
    expect(masked('['.repeat(1001) + ']'.repeat(1001))).toBe('[sensitive]');
    expect(masked('['.repeat(900) + ']'.repeat(900))).toBe('['.repeat(900) + ']'.repeat(900));
  });

  it('are those that are found in the data, for any schema', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const { schema, value } = randomCase(seed);
      const shape = sensitiveShape(schema as JsonSchema);
      if (shape === undefined) continue;
      const marks = new SensitiveValues().learn(value, shape);
      expect({
        seed,
        value: JSON.parse(masked(JSON.stringify({ value }), shapeOf({ properties: { value: schema } }))),
      }).toEqual({ seed, value: { value: maskAll(value, marks) } });
    }
  });
});
