import { describe, expect, it } from '@jest/globals';
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import { readSchema } from './read-schema.js';
import type { SchemaSource } from './schema.js';

const where = { class: 'Tester.run' };
const schemaOf = async (source: unknown) => readSchema(source as SchemaSource, where);

const json = {
  type: 'object',
  properties: {
    a: { type: 'array', items: { type: 'object', properties: { b: { type: 'number' } }, required: ['b'] } },
    note: { type: 'string' },
  },
  required: ['a'],
};

describe.each<[string, unknown]>([
  ['zod', z.object({ a: z.array(z.object({ b: z.number() })), note: z.string().optional() })],
  [
    'valibot',
    toStandardJsonSchema(v.object({ a: v.array(v.object({ b: v.number() })), note: v.optional(v.string()) })),
  ],
  ['arktype', type({ a: type({ b: 'number' }).array(), 'note?': 'string' })],
])('a schema of %s', (_vendor, source) => {
  it('gives its JSON Schema', async () => {
    const { jsonSchema, name } = await schemaOf(source);
    expect(jsonSchema).toEqual(json);
    expect(name).toBe('value of the schema');
  });

  it('validates, and names wrong places by their JSON path', async () => {
    const schema = await schemaOf(source);
    expect(await schema.validate({ a: [{ b: 1 }] })).toEqual({ valid: true, value: { a: [{ b: 1 }] } });
    const result = await schema.validate({ a: [{ b: 1 }, { b: 'x' }], note: 5 });
    expect(result).toMatchObject({ valid: false, issues: [{ path: '$.a[1].b' }, { path: '$.note' }] });
  });
});

describe('standardSchema', () => {
  it('is called as its title says', async () => {
    expect((await schemaOf(z.object({}).meta({ title: 'Findings' }))).name).toBe('Findings');
  });

  it('waits for checks that take their time', async () => {
    const schema = await schemaOf(z.string().refine(async (text) => text === 'ok', 'not ok'));
    expect(await schema.validate('ok')).toEqual({ valid: true, value: 'ok' });
    expect(await schema.validate('no')).toEqual({ valid: false, issues: [{ path: '$', message: 'not ok' }] });
  });

  it('gives what the schema makes of the value', async () => {
    const schema = await schemaOf(z.object({ n: z.string().transform(Number), d: z.number().default(5) }));
    expect(await schema.validate({ n: '12' })).toEqual({ valid: true, value: { n: 12, d: 5 } });
  });

  it('quotes keys that need it', async () => {
    const result = await (await schemaOf(z.object({ 'a b': z.array(z.number()) }))).validate({ 'a b': ['x'] });
    expect(result).toMatchObject({ issues: [{ path: '$["a b"][0]' }] });
  });

  it('refuses a library that gives no JSON Schema, and says what to write', async () => {
    await expect(schemaOf(v.object({}))).rejects.toMatchObject({
      code: 'schema-unreadable',
      message: 'This valibot schema gives no JSON Schema.',
      hint: "Write toStandardJsonSchema(schema), from '@valibot/to-json-schema'.",
      where,
    });
    const own = { '~standard': { version: 1, vendor: 'own', validate: () => ({ value: 1 }) } };
    await expect(schemaOf(own)).rejects.toMatchObject({
      hint: 'Use a version of own that implements Standard JSON Schema.',
    });
  });

  it('refuses what JSON Schema cannot express', async () => {
    await expect(schemaOf(z.object({ at: z.date() }))).rejects.toMatchObject({
      code: 'schema-unreadable',
      message: expect.stringContaining('This zod schema has a part that JSON Schema cannot express: '),
    });
  });
});
