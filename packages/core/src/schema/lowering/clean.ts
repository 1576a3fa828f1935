import type { JsonSchema } from '../json.js';
import { below } from '../json-path.js';
import { type AnySchema, isSchema } from './reader.js';

type Check = (value: unknown) => boolean;

const types: ReadonlySet<unknown> = new Set(['string', 'number', 'integer', 'boolean', 'null', 'object', 'array']);

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value) && value.length > 0;
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const anyValue: Check = () => true;

/** What the value of a keyword has to be, for those that hold no schemas. */
const plain: Readonly<Record<string, Check>> = {
  type: (value) => types.has(value) || (isList(value) && value.every((type) => types.has(type))),
  required: (value) => Array.isArray(value) && value.every(isText),
  enum: isList,
  const: anyValue,
  default: anyValue,
  examples: anyValue,
  contains: anyValue,
  uniqueItems: (value) => typeof value === 'boolean',
  ...Object.fromEntries(
    ['$ref', 'title', 'description', 'pattern', 'format', 'contentEncoding', 'contentMediaType'].map((key) => [
      key,
      isText,
    ]),
  ),
  ...Object.fromEntries(
    ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength']
      .concat(['minItems', 'maxItems', 'minProperties', 'maxProperties'])
      .map((key) => [key, isNumber]),
  ),
};

const single: ReadonlySet<string> = new Set(['items', 'additionalItems', 'additionalProperties', 'propertyNames']);
const lists: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems', 'items']);
const maps: ReadonlySet<string> = new Set(['properties', 'patternProperties', '$defs', 'definitions']);

/**
 * A schema of which all that is read is what it has to be: schemas may come from afar. Keywords that are not read are left
 * out; those that are malformed are told of and left out.
 */
export function cleanSchema(schema: JsonSchema, fail: (path: string, message: string) => void): JsonSchema {
  return clean(schema, '$') as JsonSchema;

  function clean(part: AnySchema, path: string): AnySchema {
    if (typeof part === 'boolean') return part;
    const kept: [string, unknown][] = [];
    for (const [key, value] of Object.entries(part)) {
      const known = cleanKeyword(key, value, below(path, key));
      if (known !== undefined) kept.push([key, known]);
      else if (isRead(key) && value !== undefined) fail(below(path, key), 'is not what this keyword has to be');
    }
    return Object.fromEntries(kept);
  }

  function cleanKeyword(key: string, value: unknown, path: string): unknown {
    const check = Object.hasOwn(plain, key) ? plain[key] : undefined;
    if (check !== undefined) return check(value) ? value : undefined;
    if (single.has(key) && isSchema(value)) return clean(value, path);
    if (lists.has(key) && isList(value) && value.every(isSchema)) {
      return value.map((part, index) => clean(part as AnySchema, below(path, index)));
    }
    if (!maps.has(key) || !isObject(value) || !Object.values(value).every(isSchema)) return undefined;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, clean(part, below(path, name))]));
  }
}

const isRead = (key: string): boolean =>
  Object.hasOwn(plain, key) || single.has(key) || lists.has(key) || maps.has(key);
