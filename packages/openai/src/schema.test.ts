import type { JsonSchema } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { openai, openaiCompatible } from './index.js';
import { formatName, loweredSchema } from './schema.js';

const anything: JsonSchema = { type: 'object', properties: { data: {} }, required: ['data'] };

describe('schemas', () => {
  it('keep the conditions that OpenAI enforces, and tell the others', () => {
    const { schema } = loweredSchema(
      {
        type: 'object',
        properties: {
          at: { type: 'string', format: 'date-time', pattern: '^2' },
          site: { type: 'string', format: 'uri', minLength: 3 },
          list: { type: 'array', items: { type: 'number', minimum: 0, multipleOf: 2 }, minItems: 2, maxItems: 3 },
        },
        required: ['at', 'site', 'list'],
      },
      true,
    );
    expect(schema.properties).toEqual({
      at: { type: 'string', format: 'date-time', pattern: '^2' },
      site: { type: 'string', description: '(minLength: 3; format: "uri")' },
      list: { type: 'array', items: { type: 'number', minimum: 0, multipleOf: 2 }, minItems: 2, maxItems: 3 },
    });
  });

  it('that cannot be strict are told with their place, unless they need not be', () => {
    const issues = [{ path: '$.properties.data', message: 'may be anything' }];
    expect(openai('gpt-5.5').checkSchema?.(anything, 'tool')).toEqual(issues);
    expect(openai('gpt-5.5', { strict: false }).checkSchema?.(anything, 'tool')).toEqual([]);
    expect(openaiCompatible('http://localhost', 'llama').checkSchema?.(anything, 'output')).toEqual([]);
  });

  it('are as deep and as large as OpenAI allows', () => {
    let deep: JsonSchema = { type: 'string' };
    for (let level = 0; level < 11; level++) deep = { type: 'object', properties: { a: deep }, required: ['a'] };
    expect(loweredSchema(deep, true).issues).toEqual([
      { path: '$', message: '11 levels of objects, where 10 are allowed' },
    ]);
  });

  it('are lowered once', () => {
    expect(loweredSchema(anything, true)).toBe(loweredSchema(anything, true));
    expect(loweredSchema(anything, false)).not.toBe(loweredSchema(anything, true));
  });
});

describe('formatName', () => {
  it.each([
    ['Findings', 'Findings'],
    ['value of the schema', 'value_of_the_schema'],
    ['Überblick', '_berblick'],
    ['', 'answer'],
    ['x'.repeat(80), 'x'.repeat(64)],
  ])('makes of %j: %s', (name, expected) => expect(formatName(name)).toBe(expected));
});
