import type { JsonSchema } from '../json.js';
import { annotationsOf, mergeSchemas } from './merge.js';
import type { AnySchema, SchemaReader } from './reader.js';

/** What a schema comes to: one of three, or `false` where no value satisfies it. */
export type Flat =
  | { readonly kind: 'plain'; readonly schema: JsonSchema }
  | { readonly kind: 'union'; readonly branches: readonly AnySchema[]; readonly about: JsonSchema }
  | { readonly kind: 'ref'; readonly pointer: string; readonly about: JsonSchema }
  | false;

/** How many unions may be multiplied with each other: `allOf` of `anyOf`s gives every pair. */
const MAX_BRANCHES = 200;

/** Keywords that join whole schemas. */
const joins = ['allOf', 'anyOf', 'oneOf', '$ref'];
/** Keywords that belong to a document, not to a value. */
const documents = ['$defs', 'definitions', '$schema', '$id', '$anchor', '$comment'];

export interface FlattenOptions {
  readonly reader: SchemaReader;
  /** Pointers whose targets are being inlined: one that contains itself and comes round again has no end. */
  readonly open: readonly string[];
  fail(message: string): void;
  /** Told of each pointer that is inlined, so that what is inside knows. */
  inlined(pointer: string): void;
}

/** Resolves what joins schemas: `allOf` becomes one schema, and what stands beside a `$ref` or a union goes into it. */
export function flatten(schema: JsonSchema, options: FlattenOptions): Flat {
  const about = annotationsOf(schema);
  const parts = partsOf(schema);
  const [only] = parts;
  if (only === undefined) return { kind: 'plain', schema: about };
  if (parts.length === 1) return describe(single(only, options), about);
  let merged: Flat = { kind: 'plain', schema: {} };
  for (const part of parts) merged = merge(merged, expand(part, options), options);
  return describe(merged, about);
}

/** The schemas that all have to be satisfied. */
function partsOf(schema: JsonSchema): readonly AnySchema[] {
  const { allOf = [], anyOf, oneOf, $ref } = schema;
  const said = Object.keys(annotationsOf(schema));
  const own = Object.entries(schema).filter(([key]) => ![...joins, ...documents, ...said].includes(key));
  return [
    ...(own.length === 0 ? [] : [Object.fromEntries(own)]),
    ...($ref === undefined ? [] : [{ $ref }]),
    ...(anyOf === undefined ? [] : [{ anyOf }]),
    ...(oneOf === undefined ? [] : [{ anyOf: oneOf }]),
    ...(allOf as readonly AnySchema[]),
  ];
}

function single(part: AnySchema, options: FlattenOptions): Flat {
  if (typeof part === 'boolean') return part ? { kind: 'plain', schema: {} } : false;
  const keys = Object.keys(part);
  if (keys.length === 1 && typeof part.$ref === 'string') return { kind: 'ref', pointer: part.$ref, about: {} };
  if (keys.length === 1 && Array.isArray(part.anyOf)) return { kind: 'union', branches: part.anyOf, about: {} };
  return keys.some((key) => joins.includes(key)) ? flatten(part, options) : { kind: 'plain', schema: part };
}

/** The same, with what a reference leads to in its place. */
function expand(part: AnySchema, options: FlattenOptions): Flat {
  const flat = single(part, options);
  if (flat === false || flat.kind !== 'ref') return flat;
  const { pointer } = flat;
  const target = options.reader.resolve(pointer);
  if (target === undefined) {
    options.fail(`refers to '${pointer}', which is not in the schema`);
    return { kind: 'plain', schema: {} };
  }
  if (options.open.includes(pointer) && options.reader.isRecursive(pointer)) {
    options.fail(`contains itself ('${pointer}') under further conditions`);
    return { kind: 'plain', schema: {} };
  }
  options.inlined(pointer);
  return expand(target, { ...options, open: [...options.open, pointer] });
}

/** A union satisfies something where each of its branches does. */
function merge(a: Flat, b: Flat, options: FlattenOptions): Flat {
  if (a === false || b === false) return false;
  if (a.kind === 'plain' && b.kind === 'plain') {
    const schema = mergeSchemas(a.schema, b.schema);
    return schema === false ? false : { kind: 'plain', schema };
  }
  const first = a.kind === 'union' ? a.branches : [asSchema(a)];
  const second = b.kind === 'union' ? b.branches : [asSchema(b)];
  if (first.length * second.length > MAX_BRANCHES) {
    options.fail(`has ${first.length * second.length} combinations of alternatives, where ${MAX_BRANCHES} are allowed`);
    return { kind: 'plain', schema: {} };
  }
  const branches = first.flatMap((one) => second.map((other) => joined(one, other)));
  return { kind: 'union', branches, about: { ...aboutOf(b), ...aboutOf(a) } };
}

const joined = (a: AnySchema, b: AnySchema): AnySchema =>
  typeof a === 'object' && Object.keys(a).length === 0 ? b : { allOf: [a, b] };

const asSchema = (flat: Exclude<Flat, false>): AnySchema =>
  flat.kind === 'plain' ? flat.schema : flat.kind === 'ref' ? { $ref: flat.pointer } : { anyOf: flat.branches };

const aboutOf = (flat: Exclude<Flat, false>): JsonSchema => (flat.kind === 'plain' ? {} : flat.about);

function describe(flat: Flat, about: JsonSchema): Flat {
  if (flat === false) return false;
  if (flat.kind === 'plain') return { ...flat, schema: { ...flat.schema, ...about } };
  return { ...flat, about: { ...flat.about, ...about } };
}
