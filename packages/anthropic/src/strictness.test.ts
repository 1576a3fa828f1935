import type { JsonSchema, ToolDefinition } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { checkSchema } from './schema.js';
import { strictTools } from './strictness.js';
import { toRequest } from './to-request.js';

const tool = (name: string, parameters: JsonSchema): ToolDefinition => ({ name, description: '', parameters });
const names = (tools: ReadonlySet<ToolDefinition>): string[] => [...tools].map(({ name }) => name);

/** An object with so many properties that may be left out. */
const optional = (count: number): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, { type: 'string' }])),
});

/** An object with so many properties of two types. */
const unions = (count: number): JsonSchema => {
  const keys = Array.from({ length: count }, (_, index) => `u${index}`);
  const properties = Object.fromEntries(keys.map((key) => [key, { type: ['string', 'null'] }]));
  return {
    type: 'object',
    properties: { list: { type: 'array', items: { type: 'object', properties, required: keys } } },
    required: ['list'],
  };
};

const anything = { type: 'object', properties: { data: {} }, required: ['data'] };

describe('tools that the provider holds the model to', () => {
  it('are all that it can enforce, in their order', () => {
    const tools = [tool('a', optional(2)), tool('b', anything), tool('c', optional(3))];
    expect(names(strictTools(tools))).toEqual(['a', 'c']);
    const { params } = toRequest({ messages: [], tools }, 'claude-haiku-4-5');
    expect(params.tools?.map((sent) => 'strict' in sent)).toEqual([true, false, true]);
    expect(params.tools?.[1]).toEqual({ name: 'b', input_schema: anything });
  });

  it('are no more than 20', () => {
    const tools = Array.from({ length: 21 }, (_, index) => tool(`t${index}`, optional(1)));
    expect(strictTools(tools).size).toBe(20);
  });

  it('have no more than 24 properties that may be left out, those of the answer included', () => {
    const tools = [tool('a', optional(20)), tool('b', optional(5)), tool('c', optional(4))];
    expect(names(strictTools(tools))).toEqual(['a', 'c']);
    expect(names(strictTools(tools, optional(6)))).toEqual(['b', 'c']);
  });

  it('have no more than 16 unions', () => {
    const tools = [tool('a', unions(12)), tool('b', unions(5)), tool('c', unions(4))];
    expect(names(strictTools(tools))).toEqual(['a', 'c']);
  });

  it('are none where the program does not want it', () => {
    const { params } = toRequest({ messages: [], tools: [tool('a', optional(1))] }, 'claude-haiku-4-5', {
      strictTools: false,
    });
    expect(params.tools?.[0]).toEqual({ name: 'a', input_schema: optional(1) });
  });
});

describe('a schema that the provider cannot enforce', () => {
  it('is told of an answer and of a tool, with its place, unless tools need not be strict', () => {
    const issues = [{ path: '$.properties.data', message: expect.any(String) }];
    expect(checkSchema(anything, 'output', true)).toEqual(issues);
    expect(checkSchema(anything, 'output', false)).toEqual(issues);
    expect(checkSchema(anything, 'tool', true)).toEqual(issues);
    expect(checkSchema(anything, 'tool', false)).toEqual([]);
  });

  it('is one that contains itself', () => {
    const tree = { type: 'object', properties: { children: { type: 'array', items: { $ref: '#' } } } };
    expect(checkSchema(tree, 'output', true)).toEqual([
      { path: expect.stringMatching(/^\$/), message: expect.any(String) },
    ]);
  });

  it('is not one with conditions: those are told in words', () => {
    const schema = {
      type: 'object',
      properties: { age: { type: 'integer', minimum: 18 }, at: { type: 'string', format: 'date' } },
      required: ['age', 'at'],
    };
    expect(checkSchema(schema, 'output', true)).toEqual([]);
    const { params } = toRequest({ messages: [], output: { name: 'Person', schema } }, 'claude-haiku-4-5');
    expect(params.output_config?.format?.schema).toEqual({
      type: 'object',
      properties: {
        age: { type: 'integer', description: expect.stringContaining('18') },
        at: { type: 'string', format: 'date' },
      },
      required: ['age', 'at'],
      additionalProperties: false,
    });
  });
});

describe('what the program sets in the words of the provider', () => {
  it('adds tools, merges objects, and takes the place of all else', () => {
    const search = { type: 'web_search_20260318', name: 'web_search' };
    const { params } = toRequest(
      {
        messages: [],
        tools: [tool('a', optional(0))],
        settings: {
          maxOutputTokens: 5,
          providers: { anthropic: { tools: [search], max_tokens: 9, metadata: { user_id: 'u' } } },
        },
      },
      'claude-haiku-4-5',
    );
    expect(params.tools).toEqual([expect.objectContaining({ name: 'a' }), search]);
    expect(params).toMatchObject({ max_tokens: 9, metadata: { user_id: 'u' } });
  });
});
