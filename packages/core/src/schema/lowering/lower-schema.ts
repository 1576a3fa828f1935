import type { JsonSchema } from '../json.js';
import type { SchemaIssue } from '../schema.js';
import { measureSchema, type SchemaLimits } from './limits.js';
import { unwrapValue } from './unwrap-value.js';
import { Lowering } from './walk.js';

/** The part of JSON Schema that a provider takes. */
export interface SchemaDialect {
  /**
   * Whether the provider takes only what it can enforce: closed objects, lists of one type of item, `anyOf`, `enum`,
   * `$ref` within the schema. `false`: it takes every schema, and only `root` matters.
   */
  readonly strict: boolean;
  /** Whether the whole has to be an object. What is none is then sent as `{ value: … }`. */
  readonly root: 'any' | 'object';
  /** What may be left out of an object: stays so, or becomes required and takes `null`. */
  readonly optional: 'keep' | 'nullable';
  /** Whether a schema may contain itself. */
  readonly recursion: 'keep' | 'refuse';
  /**
   * Whether the provider takes a condition or an annotation, such as `minLength` or `format`. One that it does not take
   * is told in the description: what comes back is validated anyway.
   */
  keeps(keyword: string, value: unknown): boolean;
  /** How large a schema may be. */
  readonly limits?: SchemaLimits;
}

/** A schema as a provider takes it, and the way back. */
export interface LoweredSchema {
  readonly schema: JsonSchema;
  /** What cannot be lowered, with its JSON path in the schema that was given. Empty: `schema` can be sent. */
  readonly issues: readonly SchemaIssue[];
  /** Whether values have another shape: if not, `restore` gives back what it gets. */
  readonly changed: boolean;
  /**
   * Gives a value of the lowered shape the shape of the schema that was given. What does not fit is left as it is: its
   * validation tells more.
   */
  restore(value: unknown): unknown;
}

/**
 * Rewrites a JSON Schema into the part of the language that a provider takes. Every value that the lowered schema allows
 * becomes one that the given schema allows, but for the conditions that the provider cannot enforce. A schema object is
 * lowered once for each dialect object: neither may change.
 *
 * | given | lowered, where the dialect is strict |
 * |---|---|
 * | a property that may be left out | required, and `null` stands for its absence (`optional: 'nullable'`) |
 * | … that takes `null`, too | required, and `null` stays `null` |
 * | an object of any keys and values of one schema | a list of `{ key, value }` |
 * | such keys besides known ones | that list, as one more property: `additionalProperties` |
 * | other unknown keys that an object would allow | none: it is closed |
 * | a tuple (`prefixItems`) | an object of `0`, `1`, …; further items are the list `rest` |
 * | `oneOf`, `const`, `allOf` | `anyOf`, `enum`, one schema that says all of it |
 * | `$ref` | within `$defs`; `#` for the schema itself |
 * | a condition that the provider does not take | a sentence in the description |
 * | what may be anything (`{}`, `true`), an object of any keys and values | an issue |
 *
 * @example
 * const { schema, restore } = lowerSchema({ type: 'object', properties: { note: { type: 'string' } } }, dialect);
 * // schema: { type: 'object', properties: { note: { type: ['string', 'null'] } }, required: ['note'], additionalProperties: false }
 * restore({ note: null }); // {}
 */
export function lowerSchema(schema: JsonSchema, dialect: SchemaDialect): LoweredSchema {
  let lowered = known.get(dialect)?.get(schema);
  if (lowered === undefined) {
    lowered = lower(schema, dialect);
    if (!known.has(dialect)) known.set(dialect, new WeakMap());
    known.get(dialect)?.set(schema, lowered);
  }
  return lowered;
}

/** Schemas and dialects are the same objects at every call of a model: each is lowered once. */
const known = new WeakMap<SchemaDialect, WeakMap<JsonSchema, LoweredSchema>>();

function lower(schema: JsonSchema, dialect: SchemaDialect): LoweredSchema {
  if (depthOf(schema, MAX_DEPTH) > MAX_DEPTH) {
    return { schema, issues: [{ path: '$', message: 'is nested too deeply' }], changed: false, restore: same };
  }
  if (!dialect.strict)
    return dialect.root === 'object' ? wrapOpen(schema) : { schema, issues: [], changed: false, restore: same };
  const lowering = new Lowering(schema, dialect);
  const lowered = lowering.lowerRoot();
  const tooLarge = dialect.limits === undefined ? [] : measureSchema(lowered.schema, dialect.limits);
  return { ...lowered, issues: [...lowering.issues, ...tooLarge] };
}

/**
 * The same for JSON text, such as the arguments of a tool call as the model wrote them. What is no JSON is left as it is,
 * and so is all text where the shape has not changed.
 */
export function restoreJson(text: string, { changed, restore }: LoweredSchema): string {
  if (!changed) return text;
  try {
    return JSON.stringify(restore(JSON.parse(text)));
  } catch {
    return text;
  }
}

/** How deep a schema may be nested, as it is given: far more than any real one, far less than the stack. */
const MAX_DEPTH = 500;

/** How deep data is nested, as far as it matters. */
function depthOf(value: unknown, most: number): number {
  let level: readonly unknown[] = [value];
  let depth = 0;
  while (level.length > 0 && depth <= most) {
    level = level.flatMap((part) => (typeof part === 'object' && part !== null ? Object.values(part) : []));
    depth += 1;
  }
  return depth;
}

const same = (value: unknown): unknown => value;

/** The schema as it is, as the property of an object unless it is one: what refers to its parts then goes by another way. */
function wrapOpen(schema: JsonSchema): LoweredSchema {
  if (schema.type === 'object') return { schema, issues: [], changed: false, restore: same };
  const moved = moveReferences(schema) as JsonSchema;
  return {
    schema: { type: 'object', properties: { value: moved }, required: ['value'], additionalProperties: false },
    issues: [],
    changed: true,
    restore: unwrapValue,
  };
}

function moveReferences(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(moveReferences);
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) =>
      key === '$ref' && typeof value === 'string' && value.startsWith('#')
        ? [key, `#/properties/value${value.slice(1)}`]
        : [key, moveReferences(value)],
    ),
  );
}
