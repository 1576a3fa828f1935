import { describe, expect, it } from '@jest/globals';
import { seal } from './ids.js';
import { openaiResponses } from './openai-responses.js';
import type { Body, Memory } from './provider-api.js';

const user = { role: 'user', content: 'Hi' };
const call = { type: 'function_call', call_id: 'call_1', name: 'search', arguments: '{}' };
const output = { type: 'function_call_output', call_id: 'call_1', output: 'found' };
const thought = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: seal('Hm.') };
const strict = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };
const tool = (more: Body = {}): Body => ({
  type: 'function',
  name: 'search',
  parameters: strict,
  strict: true,
  ...more,
});
const format = (schema: Body): Body => ({
  text: { format: { type: 'json_schema', name: 'answer', strict: true, schema } },
});

const nested = (levels: number): Body =>
  levels === 0 ? { type: 'string' } : { ...strict, properties: { a: nested(levels - 1) } };

const memory: Memory = { reasoning: new Map([['rs_1', 'Hm.']]), calls: new Map([['fc_1', 'rs_1']]) };
const refused = (more: Body): string | undefined =>
  openaiResponses.check({ model: 'gpt-5.5', input: [user], ...more }, () => undefined, memory)?.message;

describe('the Responses API', () => {
  it.each<[string, Body]>([
    ['a text', { input: 'Hi' }],
    ['all roles', { input: [{ role: 'system', content: 'S' }, user, { role: 'assistant', content: 'A' }, user] }],
    ['a call with its output', { input: [user, call, output] }],
    [
      'two calls, then their outputs',
      { input: [user, call, { ...call, call_id: 'b' }, { ...output, call_id: 'b' }, output] },
    ],
    ['reasoning with what follows it', { input: [user, thought, { ...call, id: 'fc_1' }, output] }],
    [
      'an image',
      { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'data:image/png;base64,AAAA' }] }] },
    ],
    [
      'a file',
      {
        input: [
          {
            role: 'user',
            content: [{ type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' }],
          },
        ],
      },
    ],
    ['a strict tool', { tools: [tool()], tool_choice: { type: 'function', name: 'search' } }],
    ['a tool that is not strict', { tools: [tool({ strict: false, parameters: { type: 'object' } })] }],
    ['a strict answer', format(strict)],
    [
      'a strict answer that contains itself',
      format({ ...strict, properties: { a: { anyOf: [{ $ref: '#' }, { type: 'null' }] } } }),
    ],
    ['a strict answer of ten levels', format(nested(10))],
  ])('takes %s', (_what, more) => {
    expect(refused(more)).toBeUndefined();
  });

  it.each<[string, Body, string]>([
    ['a field of another API', { messages: [] }, "Unknown parameter: 'messages'."],
    ['a model that is no text', { model: 5 }, "Invalid type for 'model'"],
    ['no input', { input: undefined }, "Missing required parameter: 'input'."],
    ['too few tokens', { max_output_tokens: 15 }, 'Expected a value >= 16'],
    ['too hot', { temperature: 2.5 }, 'Expected a value <= 2'],
    ['an unknown effort', { reasoning: { effort: 'huge' } }, "Invalid value: 'huge'"],
    ['an unknown role', { input: [{ role: 'tool', content: 'x' }] }, "Invalid value: 'tool'"],
    [
      'a part that the role cannot have',
      { input: [{ role: 'assistant', content: [{ type: 'input_text', text: 'x' }] }] },
      "Supported values are: 'output_text', 'refusal'.",
    ],
    [
      'an image that is no URL',
      { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'AAAA' }] }] },
      'Expected a valid URL',
    ],
    [
      'a file without a name',
      { input: [{ role: 'user', content: [{ type: 'input_file', file_data: 'data:application/pdf;base64,AAAA' }] }] },
      'filename',
    ],
    ['a call without an output', { input: [user, call] }, 'No tool output found for function call call_1.'],
    [
      'an output after the next question',
      { input: [user, call, user, output] },
      'No tool output found for function call call_1.',
    ],
    [
      'an output without a call',
      { input: [user, output] },
      'No tool call found for function call output with call_id call_1.',
    ],
    ['an output before its call', { input: [output, call] }, 'No tool call found'],
    ['a call twice', { input: [user, call, call, output] }, 'Duplicate function call'],
    [
      'arguments that are no text',
      { input: [user, { ...call, arguments: {} }, output] },
      "Invalid type for 'input[1].arguments'",
    ],
    [
      'an id of another kind',
      { input: [user, { ...call, id: 'call_1' }, output] },
      "Expected an ID that begins with 'fc'.",
    ],
    ['reasoning alone', { input: [user, thought] }, 'without its required following item'],
    [
      'reasoning that was changed',
      { input: [user, { ...thought, encrypted_content: seal('Ha.') }, call, output] },
      'could not be verified',
    ],
    [
      'reasoning that nobody kept',
      { store: false, input: [user, { ...thought, encrypted_content: undefined }, call, output] },
      'not persisted',
    ],
    [
      'a call without its reasoning',
      { input: [user, { ...call, id: 'fc_1' }, output] },
      "without its required 'reasoning' item: 'rs_1'",
    ],
    [
      'a tool in the form of Chat Completions',
      { tools: [{ type: 'function', function: { name: 'search' } }] },
      "Missing required parameter: 'tools[0].name'.",
    ],
    ['a tool with spaces in its name', { tools: [tool({ name: 'my search' })] }, 'does not match pattern'],
    ['two tools of one name', { tools: [tool(), tool()] }, 'Tool names must be unique'],
    [
      'a choice of an unknown tool',
      { tools: [tool()], tool_choice: { type: 'function', name: 'other' } },
      "Tool choice 'other' not found",
    ],
    ['a choice without tools', { tool_choice: 'required' }, "only allowed when 'tools' are specified"],
    ['an unknown choice', { tools: [tool()], tool_choice: 'any' }, "Invalid value: 'any'"],
    [
      'a strict tool with an open object',
      { tools: [tool({ parameters: { type: 'object', properties: {}, required: [] } })] },
      "'additionalProperties' is required",
    ],
    ['a strict answer with an optional field', format({ ...strict, required: [] }), "Missing 'a'."],
    [
      'a strict answer that requires what it has not',
      format({ ...strict, required: ['a', 'b'] }),
      "Extra required key 'b'",
    ],
    ['a strict answer that is no object', format({ type: 'array', items: strict }), 'type: "object"'],
    [
      'an open object within a strict answer',
      format({ ...strict, properties: { a: { type: 'array', items: { type: 'object' } } } }),
      "In context=('items')",
    ],
    [
      'a strict answer with oneOf',
      format({ ...strict, properties: { a: { oneOf: [{ type: 'string' }] } } }),
      "'oneOf' is not permitted",
    ],
    [
      'a strict answer with a field of no type',
      format({ ...strict, properties: { a: {} } }),
      "schema must have a 'type' key",
    ],
    [
      'a strict answer with an array of nothing',
      format({ ...strict, properties: { a: { type: 'array' } } }),
      "missing 'items'",
    ],
    ['a strict answer of eleven levels', format(nested(11)), 'more than 10 levels of nesting'],
    [
      'an open object that a reference leads to',
      format({ ...strict, properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: { type: 'object' } } }),
      "'additionalProperties' is required",
    ],
    ['an answer without a name', { text: { format: { type: 'json_schema', schema: strict } } }, "'text.format.name'"],
  ])('refuses %s', (_what, more, message) => {
    expect(refused(more)).toContain(message);
  });
});
