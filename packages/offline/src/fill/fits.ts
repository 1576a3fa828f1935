import type { Json, JsonSchema } from '@espalier/core';
import { formatFits } from './formats.js';

/**
 * Whether a value has the shape that a JSON Schema asks for. Knows the keywords that the reference page lists, and
 * local `$ref`; ignores others.
 */
export function fits(schema: JsonSchema | boolean, value: Json, root: JsonSchema, depth = 0): boolean {
  if (typeof schema === 'boolean') return schema;
  if (depth > 64) return true;
  const target = typeof schema.$ref === 'string' ? dereference(schema.$ref, root) : undefined;
  if (target !== undefined && !fits(target, value, root, depth + 1)) return false;
  const inner = (part: JsonSchema | boolean, at: Json): boolean => fits(part, at, root, depth + 1);
  const same = (part: JsonSchema): boolean => inner(part, value);
  return (
    typeFits(schema, value) &&
    (!Array.isArray(schema.enum) || schema.enum.some((option) => equal(option as Json, value))) &&
    (!('const' in schema) || equal(schema.const as Json, value)) &&
    partsOf(schema, 'allOf').every(same) &&
    (!Array.isArray(schema.anyOf) || partsOf(schema, 'anyOf').some(same)) &&
    (!Array.isArray(schema.oneOf) || partsOf(schema, 'oneOf').filter(same).length === 1) &&
    (schema.not === undefined || !same(schema.not as JsonSchema)) &&
    (typeof value !== 'string' || stringFits(schema, value)) &&
    (typeof value !== 'number' || numberFits(schema, value)) &&
    (!Array.isArray(value) || arrayFits(schema, value, inner)) &&
    (!isObject(value) || objectFits(schema, value, inner))
  );
}

type Inner = (schema: JsonSchema | boolean, value: Json) => boolean;

/** The schemas under a combining keyword. */
export function partsOf(schema: JsonSchema, keyword: string): readonly JsonSchema[] {
  return Array.isArray(schema[keyword]) ? (schema[keyword] as JsonSchema[]) : [];
}

/** The types that a schema allows; none listed when it allows all. */
export function typesOf(schema: JsonSchema): readonly string[] {
  if (schema.type === undefined) return [];
  return typeof schema.type === 'string' ? [schema.type] : schema.type;
}

/** What a local reference such as `#/$defs/Point` points to. */
export function dereference(reference: string, root: JsonSchema): JsonSchema | undefined {
  if (!reference.startsWith('#')) return undefined;
  let at: unknown = root;
  for (const part of reference.slice(1).split('/').slice(1)) {
    const key = decodeURIComponent(part).replace(/~1/g, '/').replace(/~0/g, '~');
    at =
      typeof at === 'object' && at !== null && Object.hasOwn(at, key)
        ? (at as Record<string, unknown>)[key]
        : undefined;
  }
  return typeof at === 'object' && at !== null ? (at as JsonSchema) : undefined;
}

export function isObject(value: unknown): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function equal(left: Json, right: Json): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((entry, index) => equal(entry as Json, right[index] as Json));
  if (!isObject(left) || !isObject(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && equal(left[key] as Json, right[key] as Json))
  );
}

/** Length as JSON Schema counts it: in code points. */
export const lengthOf = (text: string): number => [...text].length;

function typeFits(schema: JsonSchema, value: Json): boolean {
  const types = typesOf(schema);
  return types.length === 0 || types.some((type) => isType(type, value));
}

function isType(type: string, value: Json): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

function stringFits(schema: JsonSchema, value: string): boolean {
  const length = typeof schema.minLength === 'number' || typeof schema.maxLength === 'number' ? lengthOf(value) : 0;
  return (
    length >= numberOf(schema, 'minLength', 0) &&
    length <= numberOf(schema, 'maxLength', Number.POSITIVE_INFINITY) &&
    (typeof schema.pattern !== 'string' || patternOf(schema.pattern)?.test(value) !== false) &&
    (typeof schema.format !== 'string' || formatFits(schema.format, value))
  );
}

/** The keyword's regular expression; nothing when it is none. */
export function patternOf(pattern: string): RegExp | undefined {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(pattern, flags);
    } catch {}
  }
  return undefined;
}

function numberFits(schema: JsonSchema, value: number): boolean {
  const step = numberOf(schema, 'multipleOf', 0);
  return (
    value >= numberOf(schema, 'minimum', Number.NEGATIVE_INFINITY) &&
    value <= numberOf(schema, 'maximum', Number.POSITIVE_INFINITY) &&
    value > numberOf(schema, 'exclusiveMinimum', Number.NEGATIVE_INFINITY) &&
    value < numberOf(schema, 'exclusiveMaximum', Number.POSITIVE_INFINITY) &&
    (step <= 0 || Number.isInteger(value / step))
  );
}

/** A numeric keyword, or what holds without it. */
export function numberOf(schema: JsonSchema, keyword: string, otherwise: number): number {
  const value = schema[keyword];
  return typeof value === 'number' ? value : otherwise;
}

function arrayFits(schema: JsonSchema, value: readonly Json[], inner: Inner): boolean {
  const tuple = partsOf(schema, 'prefixItems');
  const items = (schema as { readonly items?: JsonSchema | boolean }).items;
  return (
    value.length >= numberOf(schema, 'minItems', 0) &&
    value.length <= numberOf(schema, 'maxItems', Number.POSITIVE_INFINITY) &&
    value.every((entry, index) => {
      const part = tuple[index] ?? items;
      return part === undefined || inner(part, entry);
    }) &&
    (schema.uniqueItems !== true ||
      value.every((entry, index) => value.findIndex((other) => equal(other, entry)) === index))
  );
}

function objectFits(schema: JsonSchema, value: { readonly [key: string]: Json }, inner: Inner): boolean {
  const properties = schema.properties ?? {};
  const others = schema.additionalProperties as JsonSchema | boolean | undefined;
  const keys = Object.keys(value);
  return (
    (schema.required ?? []).every((key) => Object.hasOwn(value, key)) &&
    keys.length >= numberOf(schema, 'minProperties', 0) &&
    keys.length <= numberOf(schema, 'maxProperties', Number.POSITIVE_INFINITY) &&
    keys.every((key) => {
      const part = Object.hasOwn(properties, key) ? properties[key] : others;
      return part === undefined || inner(part, value[key] as Json);
    })
  );
}
