import type { Json, JsonSchema } from './json.js';
import type { SchemaIssue } from './schema.js';

/**
 * What is wrong with a value by its JSON Schema: types, fields, items, choices and ranges. For where the code is not there that a
 * schema was made of. What it does not know it lets pass, so whoever has that code checks again.
 */
export function checkJson(value: unknown, schema: JsonSchema, path = '$'): readonly SchemaIssue[] {
  const wrong = ofType(value, schema) ?? ofChoices(value, schema) ?? ofRange(value, schema);
  if (wrong !== undefined) return [{ path, message: wrong }];
  return [...ofAlternatives(value, schema, path), ...ofFields(value, schema, path), ...ofItems(value, schema, path)];
}

function ofType(value: unknown, { type }: JsonSchema): string | undefined {
  if (type === undefined) return undefined;
  const types = typeof type === 'string' ? [type] : type;
  return types.some((one) => isOf(value, one)) ? undefined : `expected ${types.join(' or ')}, got ${typeOf(value)}`;
}

function isOf(value: unknown, type: string): boolean {
  return type === 'integer' ? Number.isInteger(value) : typeOf(value) === type;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  return Array.isArray(value) ? 'array' : typeof value;
}

function ofChoices(value: unknown, { enum: choices, const: only }: JsonSchema): string | undefined {
  const allowed = choices ?? (only === undefined ? undefined : [only as Json]);
  if (allowed === undefined) return undefined;
  const text = JSON.stringify(value);
  if (allowed.some((one) => JSON.stringify(one) === text)) return undefined;
  return `expected ${allowed.map((one) => JSON.stringify(one)).join(' or ')}`;
}

/** A limit, how it is told, and whether a size keeps it. */
type Limit = readonly [keyword: string, words: string, keeps: (size: number, limit: number) => boolean];

const most = (size: number, limit: number): boolean => size <= limit;
const least = (size: number, limit: number): boolean => size >= limit;

const ofNumbers: readonly Limit[] = [
  ['minimum', 'a number from', least],
  ['maximum', 'a number up to', most],
  ['exclusiveMinimum', 'a number above', (size, limit) => size > limit],
  ['exclusiveMaximum', 'a number below', (size, limit) => size < limit],
];
const ofTexts: readonly Limit[] = [
  ['minLength', 'a text of at least this length:', least],
  ['maxLength', 'a text of at most this length:', most],
];
const ofLists: readonly Limit[] = [
  ['minItems', 'at least this many items:', least],
  ['maxItems', 'at most this many items:', most],
];

function ofRange(value: unknown, schema: JsonSchema): string | undefined {
  if (typeof value === 'number') return beyond(value, ofNumbers, schema);
  if (typeof value === 'string') return beyond([...value].length, ofTexts, schema);
  return Array.isArray(value) ? beyond(value.length, ofLists, schema) : undefined;
}

function beyond(size: number, limits: readonly Limit[], schema: JsonSchema): string | undefined {
  for (const [keyword, words, keeps] of limits) {
    const limit = schema[keyword];
    if (typeof limit === 'number' && !keeps(size, limit)) return `expected ${words} ${limit}`;
  }
  return undefined;
}

function ofAlternatives(value: unknown, { anyOf, oneOf, allOf }: JsonSchema, path: string): readonly SchemaIssue[] {
  const all = schemasIn(allOf).flatMap((schema) => checkJson(value, schema, path));
  const some = [anyOf, oneOf].flatMap((schemas) => {
    const issues = schemasIn(schemas).map((schema) => checkJson(value, schema, path));
    return issues.some(({ length }) => length === 0) ? [] : (issues[0] ?? []);
  });
  return [...all, ...some];
}

function ofFields(value: unknown, schema: JsonSchema, path: string): readonly SchemaIssue[] {
  if (typeOf(value) !== 'object') return [];
  const { properties = {}, required = [], additionalProperties } = schema;
  const fields = value as Readonly<Record<string, unknown>>;
  const has = (field: string): boolean => Object.hasOwn(fields, field) && fields[field] !== undefined;
  return [
    ...required
      .filter((field) => !has(field))
      .map((field) => ({ path: `${path}.${field}`, message: 'expected a value' })),
    ...Object.entries(properties).flatMap(([field, one]) =>
      has(field) ? checkJson(fields[field], one, `${path}.${field}`) : [],
    ),
    ...(additionalProperties === false
      ? Object.keys(fields)
          .filter((field) => !Object.hasOwn(properties, field))
          .map((field) => ({ path: `${path}.${field}`, message: 'expected no such field' }))
      : []),
  ];
}

function ofItems(value: unknown, { items }: JsonSchema, path: string): readonly SchemaIssue[] {
  if (!Array.isArray(value) || !isSchema(items)) return [];
  return value.flatMap((item, index) => checkJson(item, items, `${path}[${index}]`));
}

const schemasIn = (schemas: unknown): readonly JsonSchema[] =>
  Array.isArray(schemas) && schemas.every(isSchema) ? schemas : [];

const isSchema = (schema: unknown): schema is JsonSchema => typeOf(schema) === 'object';
