import { type JsonSchema, type LoweredSchema, lowerSchema, type SchemaDialect } from '@espalier/core';

const conditions: ReadonlySet<string> = new Set([
  'pattern',
  'multipleOf',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minItems',
  'maxItems',
]);

const formats: ReadonlySet<unknown> = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uuid',
]);

/**
 * What answers and arguments can be held to.
 * @see https://developers.openai.com/api/docs/guides/structured-outputs#supported-schemas
 */
const strictDialect: SchemaDialect = {
  strict: true,
  root: 'object',
  optional: 'nullable',
  recursion: 'keep',
  keeps: (keyword, value) => (keyword === 'format' ? formats.has(value) : conditions.has(keyword)),
  limits: { depth: 10, properties: 5000, enumValues: 1000 },
};

/** What is not enforced may say anything, of an object. */
const openDialect: SchemaDialect = { ...strictDialect, strict: false };

const strictSchemas = new WeakMap<JsonSchema, LoweredSchema>();
const openSchemas = new WeakMap<JsonSchema, LoweredSchema>();

/** Schemas are the same objects at every call: each is lowered once. */
export function loweredSchema(schema: JsonSchema, strict: boolean): LoweredSchema {
  const cache = strict ? strictSchemas : openSchemas;
  let lowered = cache.get(schema);
  if (lowered === undefined) {
    lowered = lowerSchema(schema, strict ? strictDialect : openDialect);
    cache.set(schema, lowered);
  }
  return lowered;
}

/** The name of an answer's shape, as the API takes it. */
export const formatName = (name: string): string => name.replace(/[^\w-]+/g, '_').slice(0, 64) || 'answer';
