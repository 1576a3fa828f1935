import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type SchemaPlan, schemaOfPlan, schemaPlan, valuesOfPlan } from '../../../test/schema-plan.js';
import type { Json, JsonSchema } from '../json.js';
import { lowerSchema, type SchemaDialect } from './lower-schema.js';

const kept = new Set(['minimum', 'pattern']);
const nullable: SchemaDialect = {
  strict: true,
  root: 'object',
  optional: 'nullable',
  recursion: 'keep',
  keeps: (keyword) => kept.has(keyword),
};
const closed: SchemaDialect = { ...nullable, root: 'any', optional: 'keep' };

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  array: (value) => Array.isArray(value),
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

/** Whether a lowered schema allows a value: the language is small. */
function allows(schema: JsonSchema, value: unknown, whole: JsonSchema = schema): boolean {
  const { $ref, type, enum: values, anyOf, items, properties = {}, required = [], pattern, minimum } = schema;
  if (typeof $ref === 'string') {
    const name = $ref.split('/')[2];
    return allows(
      name === undefined ? whole : ((whole.$defs as Record<string, JsonSchema>)[name] as JsonSchema),
      value,
      whole,
    );
  }
  if (Array.isArray(anyOf)) return anyOf.some((branch) => allows(branch as JsonSchema, value, whole));
  if (![type].flat().some((name) => types[String(name)]?.(value) === true)) return false;
  if (values !== undefined && !values.includes(value as Json)) return false;
  if (typeof value === 'string') return typeof pattern !== 'string' || new RegExp(pattern).test(value);
  if (typeof value === 'number') return typeof minimum !== 'number' || value >= minimum;
  if (Array.isArray(value)) return items !== undefined && value.every((part) => allows(items, part, whole));
  if (typeof value !== 'object' || value === null) return true;
  if (!required.every((name) => Object.hasOwn(value, name))) return false;
  return Object.entries(value).every(
    ([name, part]) => Object.hasOwn(properties, name) && allows(properties[name] as JsonSchema, part, whole),
  );
}

/** A plan, its schema, and a value with its lowered form. */
const cases = (optionalIsNull: boolean) =>
  schemaPlan.chain((plan) =>
    valuesOfPlan(plan, optionalIsNull).map((pair) => ({ plan, schema: schemaOfPlan(plan), ...pair })),
  );

const isWrapped = (plan: SchemaPlan): boolean => {
  if (plan.kind === 'shared') return isWrapped(plan.plan);
  return plan.kind !== 'object' && plan.kind !== 'tuple' && plan.kind !== 'tree' && !isSingle(plan);
};
const isSingle = (plan: SchemaPlan): boolean => plan.kind === 'union' && plan.branches.length === 1;

const allowed = new Set([
  'type',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'enum',
  'anyOf',
  '$ref',
  '$defs',
  'description',
  ...kept,
]);

/** Every schema in a schema. */
function* parts(schema: JsonSchema): Generator<JsonSchema> {
  yield schema;
  const { properties = {}, items, anyOf = [], $defs = {} } = schema;
  const inner = [...Object.values(properties), ...(items === undefined ? [] : [items]), ...(anyOf as JsonSchema[])];
  for (const part of [...inner, ...Object.values($defs as Record<string, JsonSchema>)]) yield* parts(part);
}

const runs = { numRuns: 150 };

describe('a lowered schema', () => {
  it('takes the lowered form of every valid value, and gives the value back', () => {
    fc.assert(
      fc.property(cases(true), ({ plan, schema, value, lowered }) => {
        const { schema: sent, issues, restore } = lowerSchema(schema, nullable);
        expect(issues).toEqual([]);
        const given: Json = isWrapped(plan) ? { value: lowered } : lowered;
        expect(allows(sent, given)).toBe(true);
        expect(restore(given)).toEqual(value);
      }),
      runs,
    );
  });

  it('does so where a property may stay away', () => {
    fc.assert(
      fc.property(cases(false), ({ schema, value, lowered }) => {
        const { schema: sent, issues, restore } = lowerSchema(schema, closed);
        expect(issues).toEqual([]);
        expect(allows(sent, lowered)).toBe(true);
        expect(restore(lowered)).toEqual(value);
      }),
      runs,
    );
  });

  it('keeps to the rules of the dialect', () => {
    fc.assert(
      fc.property(schemaPlan, (plan) => {
        const { schema } = lowerSchema(schemaOfPlan(plan), nullable);
        expect(schema.type).toBe('object');
        for (const part of parts(schema)) {
          expect(Object.keys(part).filter((keyword) => !allowed.has(keyword))).toEqual([]);
          if (part.$ref !== undefined) expect(Object.keys(part)).toEqual(['$ref']);
          if (part.type !== 'object') continue;
          expect(part.additionalProperties).toBe(false);
          expect(part.required).toEqual(Object.keys(part.properties ?? {}));
        }
      }),
      runs,
    );
  });

  it('is restored without a throw, whatever the model gives', () => {
    fc.assert(
      fc.property(schemaPlan, fc.jsonValue(), (plan, value) => {
        lowerSchema(schemaOfPlan(plan), nullable).restore(value);
      }),
      runs,
    );
  });
});

describe('what is no schema', () => {
  const keywords = fc.constantFrom(
    ...[
      'type',
      'properties',
      'required',
      'additionalProperties',
      'items',
      'prefixItems',
      'enum',
      'const',
      'anyOf',
      'oneOf',
    ],
    ...[
      'allOf',
      '$ref',
      '$defs',
      'definitions',
      'patternProperties',
      'propertyNames',
      'minimum',
      'minItems',
      'description',
    ],
  );
  const { schema: odd } = fc.letrec<{ schema: unknown }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<unknown>('object', 'array', 'string', '#', '#/$defs/a', null, true, false, 1, '', [], {}),
      fc.array(tie('schema'), { maxLength: 3 }),
      fc.array(fc.tuple(keywords, tie('schema')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
      fc
        .array(fc.tuple(fc.constantFrom('a', 'b'), tie('schema')), { maxLength: 2 })
        .map((entries) => Object.fromEntries(entries)),
    ),
  }));

  it('is told of, without a throw', () => {
    fc.assert(
      fc.property(fc.dictionary(keywords, odd, { maxKeys: 6 }), fc.jsonValue(), (schema, value) => {
        const { issues, restore } = lowerSchema(
          schema as JsonSchema,
          fc.sample(fc.constantFrom(nullable, closed), 1)[0] ?? nullable,
        );
        for (const { path, message } of issues) expect(`${path}${message}`).toMatch(/^\$/);
        restore(value);
      }),
      { numRuns: 2000 },
    );
  });
});
