import { describe, expect, it } from '@jest/globals';
import type { JsonSchema } from '../schema/json.js';
import { formatMark, parseMark, united } from './marks.js';
import { maskAll, maskRecord } from './mask-record.js';
import { type SensitiveShape, sensitiveShape, withoutKeyword } from './sensitive-shape.js';
import { SensitiveValues } from './sensitive-values.js';

const secret = { type: 'string', sensitive: true };

function masked(schema: object, value: unknown): unknown {
  return maskAll(value, new SensitiveValues().learn(value, sensitiveShape(schema as JsonSchema) as SensitiveShape));
}

describe('the sensitive parts of a schema', () => {
  it('are nothing where it has none, though something is called so', () => {
    expect(sensitiveShape({ properties: { sensitive: { type: 'boolean' } }, default: { sensitive: true } })).toBe(
      undefined,
    );
    expect(sensitiveShape({ sensitive: 'yes' } as never)).toBe(undefined);
  });

  it('are found in objects, maps, arrays and tuples', () => {
    expect(
      masked({ additionalProperties: secret, properties: { open: { type: 'string' } } }, { open: 'a', b: 'b' }),
    ).toEqual({ open: 'a', b: '[sensitive]' });
    expect(masked({ patternProperties: { '^s': secret } }, { s1: 'b' })).toEqual({ s1: '[sensitive]' });
    expect(masked({ items: secret }, ['a', 'b'])).toEqual(['[sensitive]', '[sensitive]']);
    expect(masked({ prefixItems: [{}, secret], items: {} }, ['a', 'b', 'c'])).toEqual(['a', '[sensitive]', 'c']);
    expect(masked({ propertyNames: secret }, { a: 1 })).toBe('[sensitive]');
  });

  it('are those of every alternative', () => {
    const either = { anyOf: [{ properties: { a: secret } }, { oneOf: [{ properties: { b: secret } }] }] };
    expect(masked({ properties: { x: either } }, { x: { a: 'a', b: 'b', c: 'c' } })).toEqual({
      x: { a: '[sensitive]', b: '[sensitive]', c: 'c' },
    });
    expect(masked({ allOf: [{ properties: { a: secret } }] }, { a: 'a' })).toEqual({ a: '[sensitive]' });
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    expect(masked({ if: {}, then: { properties: { a: secret } } }, { a: 'a' })).toEqual({ a: '[sensitive]' });
  });

  it('are found behind references, also of a schema to itself', () => {
    const tree = {
      properties: { name: secret, kids: { items: { $ref: '#' } }, far: { $ref: '#/$defs/a~1b' } },
      $defs: { 'a/b': secret },
    };
    expect(masked(tree, { name: 'n', kids: [{ name: 'm', kids: [] }], far: 'f' })).toEqual({
      name: '[sensitive]',
      kids: [{ name: '[sensitive]', kids: [] }],
      far: '[sensitive]',
    });
    expect(sensitiveShape({ $ref: 'https://example.com/other' })).toBe(undefined);
    expect(masked({ anyOf: [{ $ref: '#' }, { properties: { a: secret } }] }, { a: 'a' })).toEqual({ a: '[sensitive]' });
  });

  it('leave the schema without the keyword, and all else as it was', () => {
    const schema = {
      type: 'object',
      properties: { sensitive: secret, list: { type: 'array', items: secret } },
      anyOf: [secret],
      $defs: { one: secret },
      default: { sensitive: true },
    };
    const plain = { type: 'string' };
    expect(withoutKeyword(schema)).toEqual({
      type: 'object',
      properties: { sensitive: plain, list: { type: 'array', items: plain } },
      anyOf: [plain],
      $defs: { one: plain },
      default: { sensitive: true },
    });
  });
});

describe('marks', () => {
  it.each([
    [{ keys: ['input', 'a/b', '~c', 'd#1-2'] }, '/input/a~1b/~0c/d~21-2'],
    [
      {
        keys: ['text'],
        ranges: [
          { from: 0, to: 3 },
          { from: 5, to: 9, json: true as const },
        ],
      },
      '/text#0-3,5-9:json',
    ],
    [{ keys: [] }, ''],
  ])('%j is the text %s', (mark, text) => {
    expect(formatMark(mark)).toBe(text);
    expect(parseMark(text)).toEqual(mark);
  });

  it('of one text become one where they overlap', () => {
    expect(
      united([
        { from: 5, to: 9 },
        { from: 0, to: 3 },
        { from: 2, to: 4 },
        { from: 6, to: 7 },
      ]),
    ).toEqual([
      { from: 0, to: 4 },
      { from: 5, to: 9 },
    ]);
    expect(
      united([
        { from: 1, to: 3 },
        { from: 1, to: 3, json: true },
      ]),
    ).toEqual([{ from: 1, to: 3, json: true }]);
  });

  it('mask a value with very many of them in one go', () => {
    const value = { list: Array.from({ length: 100_000 }, (_, at) => `text ${at}`) };
    const marks = value.list.map((_, at) => `/list/${at}#0-4`);
    const { list } = maskAll(value, marks);
    expect([list.length, list[0], list[99_999]]).toEqual([100_000, '[sensitive] 0', '[sensitive] 99999']);
  });

  it('mask a record, which then has none; what is not there is left alone', () => {
    const record = {
      v: 1,
      runId: 'r',
      seq: 1,
      time: 0,
      type: 'step-end',
      node: 'a',
      attempt: 1,
      step: 's',
      value: { list: ['x', 7], text: 'my word' },
      sensitive: ['/value/list/1', '/value/text#3-7', '/value/none/at', '/value/text/deeper'],
    } as const;
    const shown = maskRecord(record);
    expect(shown.value).toEqual({ list: ['x', '[sensitive]'], text: 'my [sensitive]' });
    expect(shown).not.toHaveProperty('sensitive');
    expect(maskRecord(shown)).toBe(shown);
    expect(record.value.list[1]).toBe(7);
  });
});
