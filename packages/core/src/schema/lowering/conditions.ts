import type { JsonSchema } from '../json.js';

type Kind = 'string' | 'number' | 'array' | 'object';

/** What can be said of values of a kind. */
const conditions: Readonly<Record<Kind, readonly string[]>> = {
  string: ['minLength', 'maxLength', 'pattern', 'format', 'contentEncoding', 'contentMediaType'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  array: ['minItems', 'maxItems', 'uniqueItems'],
  object: ['minProperties', 'maxProperties'],
};

/** How long a value may be that is told in words. */
const MAX_TOLD = 300;

const kindOf = (type: string): Kind | undefined =>
  type === 'integer' ? 'number' : Object.hasOwn(conditions, type) ? (type as Kind) : undefined;

/**
 * What is said of values of some types besides their shape: what the provider takes as it is, what it does not take as
 * words of the description.
 */
export function sayConditions(
  schema: JsonSchema,
  types: readonly string[],
  keeps: (keyword: string, value: unknown) => boolean,
): JsonSchema {
  const kinds = new Set(types.map(kindOf));
  const keywords = [...kinds].flatMap((kind) => (kind === undefined ? [] : conditions[kind]));
  const kept: Record<string, unknown> = {};
  const told: string[] = [];
  for (const keyword of [...keywords, 'default', 'examples']) {
    if (!Object.hasOwn(schema, keyword)) continue;
    const value = schema[keyword];
    if (keeps(keyword, value)) kept[keyword] = value;
    else if (value !== false) tell(keyword, value, told);
  }
  const { title, description } = schema;
  const said = told.length === 0 ? '' : `(${told.join('; ')})`;
  const text = [description ?? '', said].filter((part) => part !== '').join(' ');
  return { ...(title === undefined ? {} : { title }), ...(text === '' ? {} : { description: text }), ...kept };
}

function tell(keyword: string, value: unknown, told: string[]): void {
  const text = JSON.stringify(value);
  if (text !== undefined && text.length <= MAX_TOLD) told.push(`${keyword}: ${text}`);
}

/** The type that a schema without one means, by what it says. */
export function impliedTypes(schema: JsonSchema): readonly string[] {
  const says = (...keywords: readonly string[]): boolean => keywords.some((keyword) => Object.hasOwn(schema, keyword));
  const types: string[] = [];
  if (says('properties', 'required', 'additionalProperties', 'patternProperties', 'propertyNames'))
    types.push('object');
  else if (says(...conditions.object)) types.push('object');
  if (says('items', 'prefixItems', 'contains', ...conditions.array)) types.push('array');
  if (says(...conditions.string)) types.push('string');
  if (says(...conditions.number)) types.push('number');
  return types;
}
