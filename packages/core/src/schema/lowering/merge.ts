import type { Json, JsonSchema } from '../json.js';
import type { AnySchema } from './reader.js';

/** What says nothing about values. */
const annotations = ['title', 'description', 'default', 'examples'];

/** The larger of two says both; the smaller of two does. */
const lowerBounds = new Set(['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties']);
const upperBounds = new Set(['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties']);

export function annotationsOf(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(annotations.filter((key) => Object.hasOwn(schema, key)).map((key) => [key, schema[key]]));
}

/**
 * One schema that allows what both allow. Both are without `$ref`, `anyOf`, `oneOf` and `allOf` at their top; what is
 * inside them is joined by `allOf`, to be merged when it is looked at.
 * @returns false where nothing satisfies both. Where the two cannot be said in one, such as two patterns, the first: what
 * comes back is validated against both.
 */
export function mergeSchemas(a: JsonSchema, b: JsonSchema): JsonSchema | false {
  const types = mergeTypes(a.type, b.type);
  const values = mergeValues(valuesOf(a), valuesOf(b));
  if (types?.length === 0 || values?.length === 0) return false;
  const { const: _a, ...first } = a;
  const { const: _b, ...second } = b;
  const merged: Record<string, unknown> = { ...second, ...first };
  for (const key of Object.keys(second)) {
    if (Object.hasOwn(first, key)) merged[key] = mergeKeyword(key, first[key], second[key]);
  }
  if (types !== undefined) merged.type = types.length === 1 ? types[0] : types;
  if (values !== undefined) merged.enum = values;
  if (a.properties === undefined && b.properties === undefined) return merged;
  return { ...merged, properties: mergeProperties(a, b) as Readonly<Record<string, JsonSchema>> };
}

function mergeKeyword(key: string, first: unknown, second: unknown): unknown {
  if (lowerBounds.has(key)) return Math.max(first as number, second as number);
  if (upperBounds.has(key)) return Math.min(first as number, second as number);
  if (key === 'required') return [...new Set([...(first as string[]), ...(second as string[])])];
  if (key === 'items' || key === 'propertyNames' || key === 'additionalProperties') {
    return both(first as AnySchema, second as AnySchema);
  }
  if (key === 'prefixItems') return mergeTuples(first as readonly AnySchema[], second as readonly AnySchema[]);
  if (key === 'uniqueItems') return first === true || second === true;
  return first;
}

/** Positions that only one of the two knows are as that one says. */
const mergeTuples = (first: readonly AnySchema[], second: readonly AnySchema[]): readonly AnySchema[] =>
  (first.length >= second.length ? first : second).map((_, index) => both(first[index] ?? true, second[index] ?? true));

/** A property that one of the two does not name has to be one of its other keys. */
function mergeProperties(a: JsonSchema, b: JsonSchema): Readonly<Record<string, AnySchema>> {
  const names = new Set([...Object.keys(a.properties ?? {}), ...Object.keys(b.properties ?? {})]);
  return Object.fromEntries([...names].map((name) => [name, both(propertyOf(a, name), propertyOf(b, name))]));
}

const propertyOf = ({ properties = {}, additionalProperties = true }: JsonSchema, name: string): AnySchema =>
  Object.hasOwn(properties, name) ? (properties[name] as AnySchema) : (additionalProperties as AnySchema);

function both(a: AnySchema, b: AnySchema): AnySchema {
  if (a === false || b === false) return false;
  if (saysNothing(a)) return b;
  if (saysNothing(b) || JSON.stringify(a) === JSON.stringify(b)) return a;
  return { allOf: [a, b] };
}

export const saysNothing = (schema: AnySchema | undefined): boolean =>
  schema === undefined || schema === true || (typeof schema === 'object' && Object.keys(schema).length === 0);

/** The values that a schema lists. */
export const valuesOf = (schema: JsonSchema): readonly Json[] | undefined =>
  Object.hasOwn(schema, 'const') ? [schema.const as Json] : schema.enum;

function mergeValues(a: readonly Json[] | undefined, b: readonly Json[] | undefined): readonly Json[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const known = new Set(b.map((value) => JSON.stringify(value)));
  return a.filter((value) => known.has(JSON.stringify(value)));
}

function mergeTypes(a: JsonSchema['type'], b: JsonSchema['type']): readonly string[] | undefined {
  if (a === undefined || b === undefined) return listOf(a ?? b);
  const first = listOf(a) ?? [];
  const second = listOf(b) ?? [];
  const shared = first.filter((type) => second.includes(type) || (type === 'integer' && second.includes('number')));
  const narrowed = second.filter((type) => type === 'integer' && first.includes('number') && !shared.includes(type));
  return [...shared, ...narrowed];
}

export function listOf(type: JsonSchema['type']): readonly string[] | undefined {
  return type === undefined || typeof type !== 'string' ? (type as readonly string[] | undefined) : [type];
}
