import type { JsonSchema } from '../json.js';
import type { SchemaIssue } from '../schema.js';

/** How large a schema may be, as a provider counts it. What is left out has no bound. */
export interface SchemaLimits {
  /** Levels of objects in objects. */
  readonly depth?: number;
  /** Properties of all objects together. */
  readonly properties?: number;
  /** Values of all enumerations together. */
  readonly enumValues?: number;
}

/** What of a lowered schema is larger than its provider allows. */
export function measureSchema(schema: JsonSchema, limits: SchemaLimits): readonly SchemaIssue[] {
  const size = { depth: 0, properties: 0, enumValues: 0 };
  measure(schema, 0, size);
  const words = { depth: 'levels of objects', properties: 'properties', enumValues: 'values of enumerations' };
  return (['depth', 'properties', 'enumValues'] as const)
    .filter((key) => size[key] > (limits[key] ?? Number.POSITIVE_INFINITY))
    .map((key) => ({ path: '$', message: `${size[key]} ${words[key]}, where ${limits[key]} are allowed` }));
}

function measure(
  schema: JsonSchema,
  depth: number,
  size: { depth: number; properties: number; enumValues: number },
): void {
  const { properties, items, anyOf = [], $defs = {}, enum: values = [] } = schema;
  const inside = properties === undefined ? depth : depth + 1;
  size.depth = Math.max(size.depth, inside);
  size.enumValues += values.length;
  for (const property of Object.values(properties ?? {})) {
    size.properties += 1;
    measure(property, inside, size);
  }
  if (items !== undefined) measure(items, inside, size);
  for (const branch of anyOf as readonly JsonSchema[]) measure(branch, inside, size);
  for (const definition of Object.values($defs as Record<string, JsonSchema>)) measure(definition, 0, size);
}
