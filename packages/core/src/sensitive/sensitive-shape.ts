import type { JsonSchema } from '../schema/json.js';

/** Which parts of a value are sensitive, read from its schema. Where a schema refers to itself, so does its shape. */
export interface SensitiveShape {
  /** All of the value. */
  readonly whole: boolean;
  readonly properties: Map<string, SensitiveShape>;
  /** For keys that `properties` does not have. */
  readonly others: SensitiveShape[];
  readonly first: SensitiveShape[];
  /** For items after the `first` ones. */
  readonly items: SensitiveShape[];
  /** Further shapes of the same value: those of alternatives and references. What one of them marks is sensitive. */
  readonly also: SensitiveShape[];
}

/** The shape of a list of such values. */
export const listOf = (shape: SensitiveShape): SensitiveShape => ({ ...emptyShape(), items: [shape] });

const emptyShape = (): SensitiveShape => ({
  whole: false,
  properties: new Map(),
  others: [],
  first: [],
  items: [],
  also: [],
});

/** The keyword by which a schema says that a value is sensitive. */
const KEYWORD = 'sensitive';

const inMap = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'];
const inList = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const inPlace = ['items', 'additionalProperties', 'contains', 'propertyNames', 'not', 'if', 'then', 'else'];

/** The sensitive parts of what a schema describes; nothing where it has none. */
export function sensitiveShape(schema: JsonSchema): SensitiveShape | undefined {
  const reader = new ShapeReader(schema);
  const shape = reader.read(schema);
  return reader.found ? shape : undefined;
}

/** The schema without the keyword: providers refuse keywords that they do not know. */
export function withoutKeyword(schema: JsonSchema): JsonSchema {
  const copy: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === KEYWORD) continue;
    copy[keyword] = strippedPart(keyword, value);
  }
  return copy;
}

function strippedPart(keyword: string, value: unknown): unknown {
  if (inList.includes(keyword) && Array.isArray(value)) return value.map(stripped);
  if (inPlace.includes(keyword)) return stripped(value);
  if (!inMap.includes(keyword) || !isSchema(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, stripped(part)]));
}

const stripped = (schema: unknown): unknown => (isSchema(schema) ? withoutKeyword(schema) : schema);

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

class ShapeReader {
  found = false;
  readonly #root: JsonSchema;
  readonly #known = new Map<object, SensitiveShape>();

  constructor(root: JsonSchema) {
    this.#root = root;
  }

  read(schema: JsonSchema): SensitiveShape {
    const known = this.#known.get(schema);
    if (known !== undefined) return known;
    const keys = schema.propertyNames as JsonSchema | undefined;
    const shape = { ...emptyShape(), whole: schema[KEYWORD] === true || keys?.[KEYWORD] === true };
    this.#known.set(schema, shape);
    if (shape.whole) this.found = true;
    this.#readObject(schema, shape);
    this.#readArray(schema, shape);
    this.#readAlternatives(schema, shape);
    return shape;
  }

  #readObject(schema: JsonSchema, { properties, others }: SensitiveShape): void {
    for (const [name, part] of Object.entries(schema.properties ?? {})) {
      if (isSchema(part)) properties.set(name, this.read(part));
    }
    const patterns = schema.patternProperties;
    for (const part of [...(isSchema(patterns) ? Object.values(patterns) : []), schema.additionalProperties]) {
      if (isSchema(part)) others.push(this.read(part));
    }
  }

  #readArray(schema: JsonSchema, { first, items }: SensitiveShape): void {
    const tuple = schema.prefixItems;
    if (Array.isArray(tuple)) for (const part of tuple) first.push(this.read(isSchema(part) ? part : {}));
    for (const part of [schema.items, schema.contains]) if (isSchema(part)) items.push(this.read(part));
  }

  #readAlternatives(schema: JsonSchema, { also }: SensitiveShape): void {
    const lists = ['anyOf', 'oneOf', 'allOf'].flatMap((keyword) => (schema[keyword] as unknown[] | undefined) ?? []);
    for (const part of [...lists, schema.if, schema.then, schema.else]) {
      if (isSchema(part)) also.push(this.read(part));
    }
    const target = this.#target(schema.$ref);
    if (target !== undefined) also.push(this.read(target));
  }

  /** What a reference within the schema leads to. */
  #target(ref: unknown): JsonSchema | undefined {
    if (typeof ref !== 'string' || !ref.startsWith('#')) return undefined;
    let at: unknown = this.#root;
    for (const key of ref.slice(1).split('/').slice(1)) {
      at = (at as Record<string, unknown> | undefined)?.[key.replaceAll('~1', '/').replaceAll('~0', '~')];
    }
    return isSchema(at) ? at : undefined;
  }
}

/** The shapes of one value, alternatives resolved. */
export type Shapes = ReadonlySet<SensitiveShape>;

/** All shapes that a value may have: each with those that stand beside it. */
export function resolved(shapes: Iterable<SensitiveShape>): Shapes {
  const all = new Set(shapes);
  for (const shape of all) for (const other of shape.also) all.add(other); // a Set gives what is added meanwhile, too
  return all;
}

export function isWhole(shapes: Shapes): boolean {
  for (const { whole } of shapes) if (whole) return true;
  return false;
}

/** The shapes of a property. */
export function ofProperty(shapes: Shapes, name: string): Shapes {
  const found: SensitiveShape[] = [];
  for (const { properties, others } of shapes) {
    const own = properties.get(name);
    if (own !== undefined) found.push(own);
    else found.push(...others);
  }
  return resolved(found);
}

/** The shapes of an item. */
export function ofItem(shapes: Shapes, index: number): Shapes {
  const found: SensitiveShape[] = [];
  for (const { first, items } of shapes) {
    const own = first[index];
    if (own !== undefined) found.push(own);
    else found.push(...items);
  }
  return resolved(found);
}
