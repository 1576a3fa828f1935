import type { Json, JsonSchema } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { gather } from '../reading/material.js';
import { Pace } from '../reading/pace.js';
import { sourceOf } from '../reading/source.js';
import { fillSchema } from './fill.js';
import { fits } from './fits.js';

const names = fc.constantFrom(
  'title',
  'summary',
  'keyPoints',
  'quote',
  'evidence',
  'tags',
  'source',
  'id',
  'relevance',
  'count',
  'isDone',
  'answers',
  'reason',
  'published',
  'email',
  'problems',
  'sections',
  'documents',
  'tone',
  'x y',
  'c++',
  '(a|b',
);

const bounded = (most: number) =>
  fc.tuple(fc.nat(most), fc.nat(most)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
const maybe = <T extends object>(part: fc.Arbitrary<T>) => fc.option(part, { nil: {} as Partial<T> });

const strings = fc.oneof(
  maybe(bounded(300).map(([minLength, maxLength]) => ({ minLength, maxLength }))).map((size) => ({
    type: 'string',
    ...size,
  })),
  fc
    .constantFrom('date', 'date-time', 'time', 'email', 'uri', 'uuid', 'ipv4', 'hostname')
    .map((format) => ({ type: 'string', format })),
  fc
    .constantFrom(
      '^[a-z][a-z0-9-]*$',
      '^\\d{4}$',
      '^[A-Z]{2,5}-\\d+$',
      '^(yes|no)$',
      '^#[0-9a-f]{6}$',
      '\\S',
      '^.{3,9}$',
      '^(?:a|b)+c?$',
    )
    .map((pattern) => ({ type: 'string', pattern })),
);
const numbers = fc.oneof(
  maybe(bounded(1_000).map(([minimum, maximum]) => ({ minimum: minimum - 500, maximum: maximum - 500 }))).chain(
    (range) => fc.constantFrom('integer', 'number').map((type) => ({ type, ...range })),
  ),
  bounded(50).map(([low, high]) => ({ type: 'number', exclusiveMinimum: low, exclusiveMaximum: high + 1 })),
  fc.constantFrom(2, 5, 0.5).map((multipleOf) => ({ type: 'number', multipleOf, minimum: -3, maximum: 40 })),
);
const leaf: fc.Arbitrary<JsonSchema> = fc.oneof(
  strings,
  numbers,
  fc.constant({ type: 'boolean' }),
  fc.constant({ type: 'null' }),
  fc
    .uniqueArray(fc.constantFrom<Json>('billing', 'refund', 'tide', 3, null, true, 'other'), { minLength: 1 })
    .map((options) => ({ enum: options })),
  fc.constantFrom<Json>('fixed', 7, null, ['a']).map((value) => ({ const: value })),
  fc.constant({ type: ['string', 'null'] }),
  fc.constant({ type: 'string', default: 'as agreed' }),
);

/** An object to which a title can be added: a closed one would refuse it, one with its own may contradict it. */
function withoutTitle({ properties, required, ...rest }: JsonSchema): JsonSchema {
  const { title: _, ...others } = properties as Record<string, JsonSchema>;
  const { additionalProperties: __, ...open } = rest;
  return { ...open, properties: others, required: (required as string[]).filter((name) => name !== 'title') };
}

const { schema: schemas } = fc.letrec<{ schema: JsonSchema; object: JsonSchema; array: JsonSchema; union: JsonSchema }>(
  (tie) => ({
    schema: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('object'), tie('array'), tie('union')),
    object: fc
      .tuple(
        fc.uniqueArray(fc.tuple(names, tie('schema')), { maxLength: 5, selector: ([name]) => name }),
        fc.boolean(),
        fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
      )
      .map(([entries, open, wanted]) => ({
        type: 'object',
        properties: Object.fromEntries(entries),
        required: entries.filter((_, index) => wanted[index]).map(([name]) => name),
        ...(open ? {} : { additionalProperties: false }),
      })),
    array: fc
      .tuple(tie('schema'), maybe(bounded(6).map(([minItems, maxItems]) => ({ minItems, maxItems }))))
      .map(([items, size]) => ({ type: 'array', items, ...size })),
    union: fc.oneof(
      fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
      tie('object').map((object) => ({
        allOf: [withoutTitle(object), { properties: { title: { type: 'string', minLength: 1 } }, required: ['title'] }],
      })),
      tie('schema').map((inner) => ({
        oneOf: [inner, { type: 'null' }].filter((_, index) => index === 0 || !acceptsNull(inner)),
      })),
    ),
  }),
);

function acceptsNull(schema: JsonSchema): boolean {
  return fits(schema, null, schema);
}

const inputs = [
  '',
  'A tide turns. A refund of 30 metres was not paid to ada@example.org on 2024-05-06.',
  JSON.stringify([
    {
      id: 'a1',
      title: 'Tides',
      text: 'Tides are caused by the moon. They turn twice a day in Brest.',
      keyPoints: [{ quote: 'Tides are caused by the moon.' }],
    },
    { id: 'b2', title: 'Dams', text: 'A dam holds water back. It fails when nobody cares for it.', relevance: 0.4 },
  ]),
];

const materialOf = (input: string) =>
  gather(
    [sourceOf('document', input)],
    { text: 'When do tides turn?', strength: 1 },
    { characters: 100_000, sentences: 100 },
    new Pace(new AbortController().signal),
  );

/** Each run has its own seed, which the names of the tests print. `SEED=1 npm test` runs one again. */
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

const ajv = new Ajv2020({ strict: false, validateFormats: true, addUsedSchema: false });
(formats as unknown as (instance: Ajv2020) => void)(ajv);

/** What an independent validator finds wrong; nothing when the value fits. */
function problems(schema: JsonSchema, value: unknown): string {
  const check = ajv.compile(schema);
  const found = check(value) ? '' : `${JSON.stringify(value)} does not fit: ${JSON.stringify(check.errors)}`;
  ajv.removeSchema(schema);
  return found;
}

describe(`fillSchema (seed ${seed})`, () => {
  it('gives a value that fits any schema of the supported keywords, judged by an independent validator', async () => {
    const materials = await Promise.all(inputs.map(materialOf));
    fc.assert(
      fc.property(
        schemas,
        fc.nat(inputs.length - 1),
        fc.constantFrom(1, 0.25),
        fc.nat(2),
        (schema, input, amount, times) => {
          const value = fillSchema(schema, materials[input] as (typeof materials)[number], {
            task: 'Two keyPoints.',
            amount,
            refused: { times, paths: [] },
          });
          expect(problems(schema, value)).toBe('');
          expect(fits(schema, value, schema)).toBe(true);
        },
      ),
      { seed, numRuns: 700 },
    );
  });

  it('gives unique items where they are asked for', async () => {
    const material = await materialOf(inputs[1] as string);
    fc.assert(
      fc.property(fc.constantFrom('string', 'integer', 'number'), fc.nat(12), (type, minItems) => {
        const schema = { type: 'array', items: { type }, minItems, uniqueItems: true };
        expect(problems(schema, fillSchema(schema, material, { task: '' }))).toBe('');
      }),
      { seed },
    );
  });

  it('judges values as an independent validator does', () => {
    fc.assert(
      fc.property(schemas, fc.jsonValue({ maxDepth: 3 }), (schema, value) => {
        expect(fits(schema, value as Json, schema)).toBe(problems(schema, value) === '');
      }),
      { seed, numRuns: 400 },
    );
  });

  it('ends on schemas that refer to themselves', async () => {
    const schema: JsonSchema = {
      $ref: '#/$defs/node',
      $defs: {
        node: {
          type: 'object',
          properties: { title: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/node' } } },
          required: ['title', 'children'],
        },
      },
    };
    const value = fillSchema(schema, await materialOf(inputs[2] as string), { task: '' });
    expect(problems(schema, value)).toBe('');
  });
});
