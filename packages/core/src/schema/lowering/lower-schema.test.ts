import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { JsonSchema } from '../json.js';
import { readSchema } from '../read-schema.js';
import type { SchemaSource } from '../schema.js';
import { lowerSchema, restoreJson, type SchemaDialect } from './lower-schema.js';

const dialect: SchemaDialect = {
  strict: true,
  root: 'object',
  optional: 'nullable',
  recursion: 'keep',
  keeps: (keyword) => keyword === 'minimum',
};

/** The schema of one property, lowered. */
const property = (schema: JsonSchema, options: Partial<SchemaDialect> = {}) => {
  const whole = lowerSchema(
    { type: 'object', properties: { it: schema }, required: ['it'] },
    { ...dialect, ...options },
  );
  const restore = (it: unknown): unknown => (whole.restore({ it }) as { it: unknown }).it;
  return { ...whole, schema: whole.schema.properties?.it, restore };
};

const ofZod = async (schema: SchemaSource): Promise<JsonSchema> =>
  (await readSchema(schema, { class: 'Test' })).jsonSchema;

describe('objects', () => {
  it('are closed, and what may be left out becomes required and null', () => {
    const { schema, restore, issues } = lowerSchema(
      {
        type: 'object',
        properties: { a: { type: 'string' }, b: { type: 'integer', description: 'How many' }, c: { enum: ['x'] } },
        required: ['a'],
      },
      dialect,
    );
    expect(issues).toEqual([]);
    expect(schema).toEqual({
      type: 'object',
      properties: {
        a: { type: 'string' },
        b: { type: ['integer', 'null'], description: 'How many' },
        c: { type: ['string', 'null'], enum: ['x', null] },
      },
      required: ['a', 'b', 'c'],
      additionalProperties: false,
    });
    expect(restore({ a: 'x', b: null, c: null })).toEqual({ a: 'x' });
    expect(restore({ a: 'x', b: 2, c: 'x' })).toEqual({ a: 'x', b: 2, c: 'x' });
  });

  it('keep null where it is valid: absence cannot be told from it', () => {
    const nullable = { type: ['string', 'null'] };
    const { schema, restore, changed } = lowerSchema({ type: 'object', properties: { a: nullable } }, dialect);
    expect(schema.properties).toEqual({ a: nullable });
    expect(restore({ a: null })).toEqual({ a: null });
    expect(changed).toBe(false);
  });

  it('in an optional place are one of two, and keep their description', () => {
    const inner: JsonSchema = { type: 'object', properties: { x: { type: 'string' } }, description: 'Where' };
    const { schema, restore } = lowerSchema({ type: 'object', properties: { at: inner } }, dialect);
    expect(schema.properties?.at).toMatchObject({
      description: 'Where',
      anyOf: [{ type: 'object' }, { type: 'null' }],
    });
    expect(restore({ at: null })).toEqual({});
    expect(restore({ at: { x: null } })).toEqual({ at: {} });
  });

  it('keep what may be left out where the dialect says so', () => {
    const given: JsonSchema = { type: 'object', properties: { a: { type: 'string' } } };
    expect(lowerSchema(given, { ...dialect, optional: 'keep' })).toMatchObject({
      schema: { properties: { a: { type: 'string' } }, required: [], additionalProperties: false },
      changed: false,
    });
  });

  it('without properties are closed where they say that they have none', () => {
    expect(lowerSchema({ type: 'object', properties: {}, additionalProperties: false }, dialect)).toMatchObject({
      schema: { type: 'object', properties: {}, required: [], additionalProperties: false },
      issues: [],
    });
    expect(property({ type: 'object' }).issues).toEqual([
      { path: '$.properties.it', message: 'is an object of any keys and values' },
    ]);
    expect(property({ type: 'object', properties: {}, additionalProperties: true }).issues).toHaveLength(1);
  });

  it('leave out a property that allows no value, and are impossible where it is required', () => {
    const given: JsonSchema = {
      type: 'object',
      properties: { a: { type: 'string' }, b: false as never },
      required: ['a'],
    };
    expect(property(given).schema?.required).toEqual(['a']);
    expect(property({ ...given, required: ['b'] }).issues).toEqual([{ path: '$', message: 'allows no value' }]);
  });
});

describe('objects of any keys', () => {
  it('are lists of keys and values', () => {
    const { schema, restore } = property({
      type: 'object',
      description: 'Votes',
      additionalProperties: { type: 'integer' },
      propertyNames: { minLength: 1 },
      minProperties: 1,
    });
    expect(schema).toEqual({
      type: 'array',
      description: 'Votes (minProperties: 1)',
      items: {
        type: 'object',
        properties: { key: { type: 'string', description: '(minLength: 1)' }, value: { type: 'integer' } },
        required: ['key', 'value'],
        additionalProperties: false,
      },
    });
    expect(
      restore([
        { key: 'a', value: 1 },
        { key: 'b', value: 2 },
      ]),
    ).toEqual({ a: 1, b: 2 });
    expect(
      restore([
        { key: 'a', value: 1 },
        { key: 'a', value: 2 },
      ]),
    ).toEqual({ a: 2 });
    expect(restore({ a: 1 })).toEqual({ a: 1 });
    expect(restore([{ key: 1, value: 1 }])).toEqual([{ key: 1, value: 1 }]);
  });

  it('never change a prototype', () => {
    const { restore } = property({ type: 'object', additionalProperties: { type: 'object', properties: {} } });
    const restored = restore([{ key: '__proto__', value: { polluted: true } }]) as object;
    expect(Object.getPrototypeOf(restored)).toBe(Object.prototype);
    expect(Object.hasOwn(restored, '__proto__')).toBe(true);
  });

  it('beside known keys are one more property', () => {
    const given: JsonSchema = {
      type: 'object',
      properties: { id: { type: 'string' }, additionalProperties: { type: 'string' } },
      required: ['id', 'additionalProperties'],
      additionalProperties: { type: 'number' },
    };
    const { schema, restore } = property(given);
    expect(schema?.required).toEqual(['id', 'additionalProperties', 'additionalProperties_']);
    expect(
      restore({
        id: 'x',
        additionalProperties: 'y',
        additionalProperties_: [
          { key: 'n', value: 1 },
          { key: 'id', value: 2 },
        ],
      }),
    ).toEqual({ n: 1, id: 'x', additionalProperties: 'y' });
  });

  it('with keys that are listed are objects of these', async () => {
    const votes = await ofZod(z.object({ it: z.record(z.enum(['yes', 'no']), z.int().min(0)) }));
    expect(lowerSchema(votes, dialect).schema.properties?.it).toMatchObject({
      properties: { yes: { type: 'integer', minimum: 0 }, no: { type: 'integer', minimum: 0 } },
      required: ['yes', 'no'],
    });
  });

  it('by pattern have values of one of the patterns', () => {
    const { schema } = property({
      type: 'object',
      patternProperties: { '^a': { type: 'string' }, '^b': { type: 'number' } },
    });
    expect(schema?.items?.properties?.value).toEqual({ anyOf: [{ type: 'string' }, { type: 'number' }] });
  });
});

describe('tuples', () => {
  it('are objects of their positions', () => {
    const { schema, restore } = property({
      type: 'array',
      prefixItems: [{ type: 'string' }, { type: 'number' }],
      items: { type: 'boolean' },
    });
    expect(schema).toMatchObject({
      type: 'object',
      properties: { 0: { type: 'string' }, 1: { type: 'number' }, rest: { type: 'array', items: { type: 'boolean' } } },
      required: ['0', '1', 'rest'],
    });
    expect(restore({ 0: 'a', 1: 2, rest: [true] })).toEqual(['a', 2, true]);
    expect(restore(['a', 2])).toEqual(['a', 2]);
  });

  it('are shorter where positions may be left out', () => {
    const { restore } = property({ type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], minItems: 1 });
    expect(restore({ 0: 'a', 1: null })).toEqual(['a']);
  });

  it('are read in the older spelling, too', () => {
    const { schema } = property({ type: 'array', items: [{ type: 'string' }], additionalItems: false } as never);
    expect(schema?.required).toEqual(['0']);
  });
});

describe('values and unions', () => {
  it('of a list or a constant are an enum with its type', () => {
    expect(property({ const: 'a' }).schema).toEqual({ type: 'string', enum: ['a'] });
    expect(property({ enum: ['a', 1, null] }).schema).toEqual({
      type: ['string', 'number', 'null'],
      enum: ['a', 1, null],
    });
    expect(property({ type: 'integer', enum: [1, 1.5] }).schema).toEqual({ type: 'integer', enum: [1] });
    expect(property({ enum: [{ a: 1 }] }).issues).toEqual([
      { path: '$.properties.it', message: 'lists values that are objects or lists' },
    ]);
  });

  it('are told apart when they are restored', () => {
    const { schema, restore } = property({
      oneOf: [
        {
          type: 'object',
          properties: { kind: { const: 'map' }, of: { type: 'object', additionalProperties: { type: 'string' } } },
          required: ['kind', 'of'],
        },
        { type: 'object', properties: { kind: { const: 'list' }, of: { type: 'string' } }, required: ['kind'] },
        { type: 'string' },
      ],
    });
    expect(schema?.anyOf).toHaveLength(3);
    expect(restore({ kind: 'map', of: [{ key: 'a', value: 'b' }] })).toEqual({ kind: 'map', of: { a: 'b' } });
    expect(restore({ kind: 'list', of: null })).toEqual({ kind: 'list' });
    expect(restore('text')).toBe('text');
    expect(restore(3)).toBe(3);
  });

  it('of objects with something in common have it in each branch', () => {
    const { schema } = property({
      type: 'object',
      properties: { id: { type: 'string' } },
      required: ['id'],
      anyOf: [
        { properties: { a: { type: 'string' } }, required: ['a'] },
        { properties: { b: { type: 'string' } }, required: ['b'] },
      ],
    });
    expect((schema?.anyOf as JsonSchema[] | undefined)?.map(({ required }) => required)).toEqual([
      ['id', 'a'],
      ['id', 'b'],
    ]);
  });

  it('of several types are one of them each, where they are objects or lists', () => {
    const { schema } = property({ type: ['array', 'string', 'null'], items: { type: 'number' }, minLength: 1 });
    expect(schema).toEqual({
      anyOf: [
        { type: 'array', items: { type: 'number' } },
        { type: ['string', 'null'], description: '(minLength: 1)' },
      ],
    });
  });
});

describe('allOf', () => {
  it('becomes one schema', () => {
    const { schema } = property({
      description: 'Both',
      allOf: [
        { type: 'object', properties: { a: { type: 'number', minimum: 1 }, b: { enum: ['x', 'y'] } }, required: ['a'] },
        { type: 'object', properties: { a: { type: 'integer', minimum: 3 }, b: { const: 'y' } }, required: ['b'] },
      ],
    });
    expect(schema).toEqual({
      description: 'Both',
      type: 'object',
      properties: { a: { type: 'integer', minimum: 3 }, b: { type: 'string', enum: ['y'] } },
      required: ['a', 'b'],
      additionalProperties: false,
    });
  });

  it('of a union and more is a union', () => {
    const { schema } = property({
      allOf: [
        { anyOf: [{ type: 'string' }, { type: 'integer' }] },
        { anyOf: [{ type: 'number' }, { type: 'boolean' }] },
      ],
    });
    expect(schema).toEqual({ type: 'integer' });
  });

  it('that cannot be satisfied allows no value', () => {
    expect(property({ allOf: [{ type: 'string' }, { type: 'number' }] }).issues).toEqual([
      { path: '$', message: 'allows no value' },
    ]);
    const closed: JsonSchema = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false };
    expect(property({ allOf: [closed, { properties: { b: { type: 'string' } } }] }).schema?.required).toEqual(['a']);
  });

  it('of too many alternatives is refused', () => {
    const many = { anyOf: Array.from({ length: 15 }, (_, index) => ({ const: index })) };
    expect(property({ allOf: [many, many] }).issues).toEqual([
      { path: '$.properties.it', message: 'has 225 combinations of alternatives, where 200 are allowed' },
      { path: '$.properties.it', message: 'may be anything' },
    ]);
  });
});

describe('references', () => {
  const tree: JsonSchema = {
    type: 'object',
    properties: { label: { type: 'string' }, children: { type: 'array', items: { $ref: '#' } } },
    required: ['label'],
  };

  it('to the schema itself stay', () => {
    const { schema, restore, issues } = lowerSchema(tree, dialect);
    expect(issues).toEqual([]);
    expect(schema.properties?.children).toEqual({ anyOf: [{ type: 'array', items: { $ref: '#' } }, { type: 'null' }] });
    expect(schema.$defs).toBeUndefined();
    expect(restore({ label: 'a', children: [{ label: 'b', children: null }] })).toEqual({
      label: 'a',
      children: [{ label: 'b' }],
    });
  });

  it('to the schema itself lead to its new place where it is wrapped', () => {
    const { schema, restore } = lowerSchema({ type: 'array', items: { $ref: '#' } }, dialect);
    expect(schema).toEqual({
      type: 'object',
      properties: { value: { $ref: '#/$defs/root' } },
      required: ['value'],
      additionalProperties: false,
      $defs: { root: { type: 'array', items: { $ref: '#/$defs/root' } } },
    });
    expect(restore({ value: [[], [[]]] })).toEqual([[], [[]]]);
  });

  it('as the whole schema are replaced by what they lead to', async () => {
    const Node: z.ZodType = z
      .object({
        name: z.string(),
        get next() {
          return z.optional(Node);
        },
      })
      .meta({ id: 'Node' });
    const { schema, restore, issues } = lowerSchema(await ofZod(Node), dialect);
    expect(issues).toEqual([]);
    expect(schema.type).toBe('object');
    expect(restore({ name: 'a', next: { name: 'b', next: null } })).toEqual({ name: 'a', next: { name: 'b' } });
  });

  it('are refused where they come round and the provider cannot', () => {
    expect(lowerSchema(tree, { ...dialect, recursion: 'refuse' }).issues).toEqual([
      { path: '$.properties.children.items', message: "contains itself ('#'), which the provider does not take" },
    ]);
  });

  it('with a description are copies that have it', () => {
    const given: JsonSchema = {
      type: 'object',
      properties: { from: { $ref: '#/$defs/Day', description: 'First day' }, to: { $ref: '#/$defs/Day' } },
      required: ['from', 'to'],
      $defs: { Day: { type: 'string', description: 'A day' } },
    };
    expect(lowerSchema(given, dialect).schema).toMatchObject({
      properties: { from: { type: 'string', description: 'First day' }, to: { $ref: '#/$defs/Day' } },
      $defs: { Day: { type: 'string', description: 'A day' } },
    });
  });

  it.each([
    [{ $ref: '#/$defs/None' }, "refers to '#/$defs/None', which is not in the schema"],
    [{ $ref: 'https://example.com/schema' }, "refers to 'https://example.com/schema', which is not in the schema"],
    [{ $ref: '#/$defs/Loop', $defs: {} }, "refers to '#/$defs/Loop', which is only itself"],
    [{ $ref: '#/$defs/Grow', minProperties: 1 }, "contains itself ('#/$defs/Grow') under further conditions"],
  ])('%j is an issue', (reference, message) => {
    const $defs = {
      Loop: { anyOf: [{ $ref: '#/$defs/Loop' }, { type: 'string' }] },
      Grow: { type: 'object', properties: { more: { $ref: '#/$defs/Grow', maxProperties: 3 } } },
    };
    const given = { type: 'object', properties: { it: reference }, $defs } as never;
    expect(lowerSchema(given, dialect).issues.map((issue) => issue.message)).toContain(message);
  });
});

describe('conditions', () => {
  it('stay where the provider takes them, and are told where not', () => {
    expect(property({ type: 'number', minimum: 0, maximum: 9, description: 'Score', default: 3 }).schema).toEqual({
      type: 'number',
      minimum: 0,
      description: 'Score (maximum: 9; default: 3)',
    });
    expect(property({ type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: true }).schema).toEqual({
      type: 'array',
      items: { type: 'string' },
      description: '(minItems: 1; uniqueItems: true)',
    });
  });

  it('that cannot be told shortly, or say nothing to a model, are left to the validation', () => {
    const given = {
      type: 'string',
      pattern: 'x'.repeat(400),
      not: { const: 'a' },
      $comment: 'internal',
      readOnly: true,
    };
    expect(property(given).schema).toEqual({ type: 'string' });
  });
});

describe('what may be anything', () => {
  it.each<[JsonSchema, string]>([
    [{}, '$.properties.it'],
    [{ description: 'Anything' }, '$.properties.it'],
    [{ type: 'array' }, '$.properties.it.items'],
    [{ type: 'object', additionalProperties: {} }, '$.properties.it'],
    [{ anyOf: [{ type: 'string' }, {}] }, '$.properties.it.anyOf[1]'],
  ])('%j is an issue at its place', (schema, path) => {
    expect(property(schema).issues).toEqual([{ path, message: expect.stringMatching(/^may be anything$|any keys/) }]);
  });
});

describe('the whole', () => {
  it('is wrapped where it is no object', () => {
    const { schema, restore } = lowerSchema(
      { type: 'array', items: { type: 'string' }, description: 'Names' },
      dialect,
    );
    expect(schema).toEqual({
      type: 'object',
      properties: { value: { type: 'array', items: { type: 'string' }, description: 'Names' } },
      required: ['value'],
      additionalProperties: false,
    });
    expect(restore({ value: ['a'] })).toEqual(['a']);
    expect(restore(['a'])).toEqual(['a']);
    expect(restore({ other: 1 })).toEqual({ other: 1 });
  });

  it('is not wrapped where the dialect takes any', () => {
    expect(lowerSchema({ type: 'string' }, { ...dialect, root: 'any' })).toMatchObject({
      schema: { type: 'string' },
      changed: false,
    });
  });

  it('stays as it is where the dialect takes everything, but for the wrapping', () => {
    const lenient: SchemaDialect = { ...dialect, strict: false };
    const given = { type: 'object', additionalProperties: {} } as JsonSchema;
    expect(lowerSchema(given, lenient)).toMatchObject({ schema: given, issues: [], changed: false });
    const list: JsonSchema = { type: 'array', items: { $ref: '#/$defs/A' }, $defs: { A: { anyOf: [{ $ref: '#' }] } } };
    const { schema, restore } = lowerSchema(list, lenient);
    expect(schema.properties?.value).toEqual({
      type: 'array',
      items: { $ref: '#/properties/value/$defs/A' },
      $defs: { A: { anyOf: [{ $ref: '#/properties/value' }] } },
    });
    expect(restore({ value: [1] })).toEqual([1]);
    expect(lowerSchema(list, { ...lenient, root: 'any' }).schema).toBe(list);
  });

  it('has the size that the provider allows', () => {
    const given: JsonSchema = {
      type: 'object',
      properties: { a: { type: 'object', properties: { b: { enum: ['x', 'y'] } } }, c: { type: 'string' } },
    };
    expect(lowerSchema(given, { ...dialect, limits: { depth: 2, properties: 3, enumValues: 3 } }).issues).toEqual([]);
    expect(lowerSchema(given, { ...dialect, limits: { depth: 1, properties: 2, enumValues: 2 } }).issues).toEqual([
      { path: '$', message: '2 levels of objects, where 1 are allowed' },
      { path: '$', message: '3 properties, where 2 are allowed' },
      { path: '$', message: '3 values of enumerations, where 2 are allowed' },
    ]);
  });

  it('may come from afar: depth and size have a bound', () => {
    let deep: JsonSchema = { type: 'string' };
    for (let level = 0; level < 5_000; level++)
      deep = level % 2 === 0 ? { type: 'array', items: deep } : { allOf: [deep] };
    expect(lowerSchema(deep, dialect).issues).toHaveLength(1);
    for (let level = 0; level < 20_000; level++) deep = { allOf: [deep] };
    expect(lowerSchema(deep, dialect).issues).toEqual([{ path: '$', message: 'is nested too deeply' }]);
    const $defs: Record<string, JsonSchema> = { p0: { type: 'string' } };
    for (let level = 1; level < 40; level++) {
      const twice = { $ref: `#/$defs/p${level - 1}`, description: 'again' };
      $defs[`p${level}`] = { type: 'object', properties: { a: twice, b: twice } };
    }
    const issues = lowerSchema(
      { type: 'object', properties: { it: { $ref: '#/$defs/p39', description: 'x' } }, $defs } as never,
      dialect,
    ).issues;
    expect(issues.map(({ message }) => message)).toEqual(['is nested too deeply, or has too many parts']);
  });
});

describe('a schema that doubles at every level', () => {
  const $defs: Record<string, JsonSchema> = { p0: { type: 'array', items: { type: 'string' } } };
  for (let level = 1; level <= 40; level++) {
    const below = { $ref: `#/$defs/p${level - 1}` };
    $defs[`p${level}`] = { anyOf: [below, below, { type: 'object', properties: { a: below, b: below } }] };
  }
  const given = { type: 'object', properties: { it: { $ref: '#/$defs/p40' } }, $defs } as unknown as JsonSchema;

  it('is lowered and restored all the same', () => {
    const { issues, restore } = lowerSchema(given, dialect);
    expect(issues).toEqual([]);
    for (const it of [3, {}, ['x'], [3]]) expect(restore({ it })).toEqual({ it });
  });
});

describe('a schema with malformed parts', () => {
  it('is an issue for each of them, with its place', () => {
    const odd = { type: 'object', properties: { a: { type: 'file' }, b: 3 }, required: 'a', anyOf: [], minLength: '1' };
    const { issues } = lowerSchema({ type: 'object', properties: { it: odd } } as never, dialect);
    const message = 'is not what this keyword has to be';
    expect(issues.slice(0, 4)).toEqual(
      ['properties', 'required', 'anyOf', 'minLength'].map((key) => ({ path: `$.properties.it.${key}`, message })),
    );
  });
});

describe('restoreJson', () => {
  const lowered = lowerSchema({ type: 'object', properties: { a: { type: 'string' } } }, dialect);

  it('restores JSON text, and leaves what is none', () => {
    expect(restoreJson('{"a": null}', lowered)).toBe('{}');
    expect(restoreJson('{"a": "x"}', lowered)).toBe('{"a":"x"}');
    expect(restoreJson('{"a": nul', lowered)).toBe('{"a": nul');
  });

  it('does not touch text where the shape is the same', () => {
    const same = lowerSchema({ type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }, dialect);
    expect(restoreJson('{"a":  "x"}', same)).toBe('{"a":  "x"}');
  });
});
