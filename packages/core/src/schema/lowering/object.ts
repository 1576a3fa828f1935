import type { JsonSchema } from '../json.js';
import { saysNothing } from './merge.js';
import type { AnySchema } from './reader.js';

/** What an object may hold besides its named properties: nothing, anything, or values of a schema. */
export type Others = 'none' | 'anything' | AnySchema;

export function othersOf({ additionalProperties, patternProperties, propertyNames }: JsonSchema): Others {
  if (keysOf(propertyNames as AnySchema | undefined) !== undefined) return 'none';
  const patterns = Object.values((patternProperties ?? {}) as Record<string, AnySchema>);
  const other = additionalProperties as AnySchema | undefined;
  if (patterns.length > 0) {
    const values = saysNothing(other) || other === false ? patterns : [...patterns, other as AnySchema];
    return values.length === 1 ? (values[0] as AnySchema) : { anyOf: values };
  }
  if (other === false) return 'none';
  return saysNothing(other) ? 'anything' : (other as AnySchema);
}

/** The properties with a name: those that are described, those that are required, and all keys where they are listed. */
export function propertiesOf(schema: JsonSchema): readonly (readonly [string, AnySchema])[] {
  const { properties = {}, required = [], additionalProperties = true } = schema;
  const names = [
    ...Object.keys(properties),
    ...(keysOf(schema.propertyNames as AnySchema | undefined) ?? []),
    ...required,
  ];
  return [...new Set(names)].map((name) => [
    name,
    Object.hasOwn(properties, name) ? (properties[name] as AnySchema) : (additionalProperties as AnySchema),
  ]);
}

function keysOf(propertyNames: AnySchema | undefined): readonly string[] | undefined {
  if (typeof propertyNames !== 'object') return undefined;
  const keys = Object.hasOwn(propertyNames, 'const') ? [propertyNames.const] : propertyNames.enum;
  return keys?.filter((key): key is string => typeof key === 'string');
}
