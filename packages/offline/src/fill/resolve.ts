import type { JsonSchema } from '@espalier/core';
import { dereference, partsOf } from './fits.js';

/** A schema with its local reference followed and its `allOf` merged in. What a reference stands next to wins. */
export function resolved(schema: JsonSchema | boolean, root: JsonSchema, depth = 0): JsonSchema {
  if (typeof schema === 'boolean') return {};
  let merged: JsonSchema = schema;
  if (typeof schema.$ref === 'string' && depth < 16) {
    const target = dereference(schema.$ref, root);
    const { $ref: _, ...own } = schema;
    merged = target === undefined ? own : merge(resolved(target, root, depth + 1), own);
  }
  const parts = partsOf(merged, 'allOf');
  if (parts.length === 0) return merged;
  const { allOf: _, ...own } = merged;
  return parts.reduce((sum, part) => merge(sum, resolved(part, root, depth + 1)), own as JsonSchema);
}

/** Both schemas in one: properties and required names of both, the stricter bounds, otherwise the right one's keywords. */
function merge(left: JsonSchema, right: JsonSchema): JsonSchema {
  const both: Record<string, unknown> = { ...left, ...right };
  if (left.properties !== undefined && right.properties !== undefined)
    both.properties = { ...left.properties, ...right.properties };
  if (left.required !== undefined && right.required !== undefined)
    both.required = [...new Set([...left.required, ...right.required])];
  for (const [keyword, value] of Object.entries(left)) {
    const other = right[keyword];
    if (typeof value === 'number' && typeof other === 'number')
      both[keyword] = /^(?:min|exclusiveMin)/.test(keyword) ? Math.max(value, other) : Math.min(value, other);
  }
  return both as JsonSchema;
}
