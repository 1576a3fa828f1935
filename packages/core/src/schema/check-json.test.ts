import { expect, it } from '@jest/globals';
import { checkJson } from './check-json.js';
import type { JsonSchema } from './json.js';

const order: JsonSchema = {
  type: 'object',
  properties: {
    title: { type: 'string', minLength: 2, maxLength: 5 },
    count: { type: 'integer', minimum: 1, exclusiveMaximum: 10 },
    tags: { type: 'array', items: { enum: ['a', 'b'] }, maxItems: 2 },
    to: { anyOf: [{ type: 'null' }, { type: 'object', properties: { city: { const: 'Bath' } }, required: ['city'] }] },
  },
  required: ['title'],
  additionalProperties: false,
};

it('lets pass what the schema describes', () => {
  const value = { title: 'tides', count: 9, tags: ['a', 'b'], to: { city: 'Bath', more: 1 } };
  expect(checkJson(value, order)).toEqual([]);
  expect(checkJson({ title: 'so', to: null, count: undefined }, order)).toEqual([]);
});

it.each([
  [['x'], '$', 'expected object, got array'],
  [undefined, '$', 'expected object, got nothing'],
  [{}, '$.title', 'expected a value'],
  [{ title: 1 }, '$.title', 'expected string, got number'],
  [{ title: 'x' }, '$.title', 'expected a text of at least this length: 2'],
  [{ title: 'x'.repeat(6) }, '$.title', 'expected a text of at most this length: 5'],
  [{ title: 'xx', count: 1.5 }, '$.count', 'expected integer, got number'],
  [{ title: 'xx', count: 0 }, '$.count', 'expected a number from 1'],
  [{ title: 'xx', count: 10 }, '$.count', 'expected a number below 10'],
  [{ title: 'xx', tags: ['a', 'c'] }, '$.tags[1]', 'expected "a" or "b"'],
  [{ title: 'xx', tags: ['a', 'b', 'a'] }, '$.tags', 'expected at most this many items: 2'],
  [{ title: 'xx', to: { city: 'Rome' } }, '$.to', 'expected null, got object'],
  [{ title: 'xx', other: 1 }, '$.other', 'expected no such field'],
])('says what is wrong with %j', (value, path, message) => {
  expect(checkJson(value, order)).toEqual([{ path, message }]);
});

it('lets pass what it does not know', () => {
  expect(checkJson('x', { $ref: '#/$defs/other', format: 'email', anyOf: [true] as never })).toEqual([]);
  expect(checkJson(['x'], { items: false as never })).toEqual([]);
});

it('holds all of several schemas', () => {
  const schema = { allOf: [{ minimum: 3 }, { maximum: 5 }], oneOf: [{ type: 'number' }, { type: 'string' }] };
  expect(checkJson(4, schema)).toEqual([]);
  expect(checkJson(6, schema)).toEqual([{ path: '$', message: 'expected a number up to 5' }]);
});
