import type { JsonSchema } from '../json.js';
import { below } from '../json-path.js';
import type { SchemaIssue } from '../schema.js';
import { cleanSchema } from './clean.js';
import { impliedTypes, sayConditions } from './conditions.js';
import { Definitions } from './definitions.js';
import { type Flat, flatten } from './flatten.js';
import type { LoweredSchema, SchemaDialect } from './lower-schema.js';
import { listOf, saysNothing, valuesOf } from './merge.js';
import { othersOf, propertiesOf } from './object.js';
import { type AnySchema, SchemaReader } from './reader.js';
import {
  entriesShape,
  type Field,
  listShape,
  nullableShape,
  objectShape,
  type Shape,
  scalarShape,
  tupleShape,
  unionShape,
  unknownShape,
} from './shape.js';
import { unwrapValue } from './unwrap-value.js';

/** Where the walk is. */
interface Place {
  readonly path: string;
  readonly depth: number;
  /** What is being inlined around it. */
  readonly open: readonly string[];
}

/** A schema may come from afar: what it takes to lower it has bounds. */
const MAX_DEPTH = 100;
const MAX_PARTS = 10_000;

const structured: ReadonlySet<string> = new Set(['object', 'array']);

/** One walk over a schema. A part is `undefined` where no value satisfies it. */
export class Lowering {
  readonly issues: SchemaIssue[] = [];
  readonly #reader: SchemaReader;
  readonly #definitions = new Definitions();
  #parts = 0;
  #changed = false;

  readonly #root: JsonSchema;

  constructor(
    schema: JsonSchema,
    private readonly dialect: SchemaDialect,
  ) {
    this.#root = cleanSchema(schema, (path, message) => this.issues.push({ path, message }));
    this.#reader = new SchemaReader(this.#root);
  }

  lowerRoot(): Omit<LoweredSchema, 'issues'> {
    const place = { path: '$', depth: 0, open: [] };
    const shape = this.#lower(this.#rootSchema(), place) ?? this.#fail(place, 'allows no value');
    const wrap = this.dialect.root === 'object' && shape.schema.type !== 'object';
    const schema = this.#definitions.finish(shape, wrap);
    const changed = this.#changed || wrap;
    return {
      schema,
      changed,
      restore: (value) => (changed ? shape.restore(wrap ? unwrapValue(value) : value) : value),
    };
  }

  /** The schema, or what it refers to as a whole: the top of what is sent is never a reference. */
  #rootSchema(): AnySchema {
    let schema: AnySchema = this.#root;
    const seen = new Set<string>();
    for (;;) {
      const pointer: unknown = typeof schema === 'object' ? schema.$ref : undefined;
      if (typeof pointer !== 'string' || seen.has(pointer) || this.#reader.isEndless(pointer)) return schema;
      const target: AnySchema | undefined = this.#reader.resolve(pointer);
      const { $ref: _ref, $defs: _defs, definitions: _definitions, ...beside } = schema as JsonSchema;
      if (typeof target !== 'object') return schema;
      seen.add(pointer);
      schema =
        Object.keys(beside).length === 0 ? target : { ...beside, allOf: [target, ...listOfSchemas(beside.allOf)] };
    }
  }

  #lower(schema: AnySchema, place: Place): Shape | undefined {
    if (schema === false) return undefined;
    if (saysNothing(schema)) return this.#fail(place, 'may be anything');
    this.#parts += 1;
    if (this.#parts > MAX_PARTS || place.depth > MAX_DEPTH) return this.#tooLarge(place);
    let open = place.open;
    const flat = flatten(schema as JsonSchema, {
      reader: this.#reader,
      open,
      fail: (message) => void this.#fail(place, message),
      inlined: (pointer) => {
        open = [...open, pointer];
      },
    });
    return this.#lowerFlat(flat, { ...place, open });
  }

  #lowerFlat(flat: Flat, place: Place): Shape | undefined {
    if (flat === false) return undefined;
    if (flat.kind === 'ref') return this.#lowerRef(flat.pointer, flat.about, place);
    if (flat.kind === 'plain') return this.#lowerPlain(flat.schema, place);
    const branches = flat.branches.map((branch, index) =>
      this.#lower(branch, { ...place, path: below(below(place.path, 'anyOf'), index), depth: place.depth + 1 }),
    );
    return this.#union(branches, this.#say(flat.about, []));
  }

  #lowerRef(pointer: string, about: JsonSchema, place: Place): Shape | undefined {
    const target = this.#reader.resolve(pointer);
    if (target === undefined) return this.#fail(place, `refers to '${pointer}', which is not in the schema`);
    if (this.#reader.isEndless(pointer)) return this.#fail(place, `refers to '${pointer}', which is only itself`);
    const recursive = this.#reader.isRecursive(pointer);
    if (recursive && this.dialect.recursion === 'refuse') {
      return this.#fail(place, `contains itself ('${pointer}'), which the provider does not take`);
    }
    if (pointer === '#') return this.#definitions.refToRoot();
    const described = Object.keys(about).length > 0;
    // A reference stands alone: a description of its own goes into a copy, where there is an end to that.
    if (described && !recursive) return this.#lower({ ...about, allOf: [target] }, deeper(place, place.path));
    return this.#definitions.refTo(pointer, (path) => {
      const inside = { path, depth: place.depth + 1, open: [] };
      return this.#lower(target, inside) ?? this.#fail(inside, 'allows no value');
    });
  }

  #lowerPlain(schema: JsonSchema, place: Place): Shape | undefined {
    const values = valuesOf(schema);
    if (values !== undefined) return this.#lowerValues(values, schema, place);
    const types = listOf(schema.type) ?? impliedTypes(schema);
    if (types.length === 0) return this.#fail(place, 'may be anything');
    const scalars = types.filter((type) => !structured.has(type));
    const branches = types
      .filter((type) => structured.has(type))
      .map((type) => (type === 'object' ? this.#lowerObject(schema, place) : this.#lowerArray(schema, place)));
    if (scalars.length > 0) branches.push(scalarShape(scalars, undefined, this.#say(schema, scalars)));
    return this.#union(branches, {});
  }

  #lowerValues(values: readonly unknown[], schema: JsonSchema, place: Place): Shape | undefined {
    if (values.some((value) => typeof value === 'object' && value !== null)) {
      return this.#fail(place, 'lists values that are objects or lists');
    }
    const allowed = listOf(schema.type);
    const typed = values
      .map((value) => ({ value, type: typeOf(value, allowed) }))
      .filter(({ type }) => type !== undefined);
    if (typed.length === 0) return undefined;
    const types = [...new Set(typed.map(({ type }) => type as string))];
    return scalarShape(types, typed.map(({ value }) => value) as never, this.#say(schema, []));
  }

  #lowerObject(schema: JsonSchema, place: Place): Shape | undefined {
    const properties = propertiesOf(schema);
    const others = othersOf(schema);
    if (properties.length === 0 && (others === 'anything' || typeof others === 'object')) {
      if (others !== 'anything') return this.#lowerEntries(others, schema, place, this.#say(schema, ['object']));
      const empty = schema.properties !== undefined && schema.additionalProperties === undefined;
      if (!empty) return this.#fail(place, 'is an object of any keys and values');
    }
    const fields = this.#fields(properties, new Set(schema.required), place);
    if (fields === undefined) return undefined;
    if (typeof others !== 'object') return objectShape(fields, this.#say(schema, ['object']));
    const name = freeName('additionalProperties', new Set(fields.map((field) => field.name)));
    const shape = this.#lowerEntries(others, schema, place, {});
    if (shape === undefined) return objectShape(fields, this.#say(schema, ['object']));
    const listed: Field = { name, shape, required: true, nullable: false };
    return objectShape([...fields, listed], this.#say(schema, ['object']), name);
  }

  /** @returns undefined where a required property allows no value */
  #fields(
    properties: readonly (readonly [string, AnySchema])[],
    required: ReadonlySet<string>,
    place: Place,
  ): readonly Field[] | undefined {
    const fields: Field[] = [];
    for (const [name, property] of properties) {
      const shape = this.#lower(property, deeper(place, below(below(place.path, 'properties'), name)));
      if (shape !== undefined) fields.push(this.#field(name, shape, property, required.has(name)));
      else if (required.has(name)) return undefined;
    }
    return fields;
  }

  /** A property, or a position of a tuple. */
  #field(name: string, shape: Shape, schema: AnySchema, required: boolean): Field {
    if (required || this.dialect.optional === 'keep') return { name, shape, required, nullable: false };
    if (this.#reader.takesNull(schema)) return { name, shape, required: true, nullable: false };
    this.#changed = true;
    return { name, shape: nullableShape(shape), required: true, nullable: true };
  }

  #lowerEntries(others: AnySchema, schema: JsonSchema, place: Place, about: JsonSchema): Shape | undefined {
    const value = this.#lower(others, deeper(place, below(place.path, 'additionalProperties')));
    if (value === undefined) return undefined;
    this.#changed = true;
    const names = typeof schema.propertyNames === 'object' ? schema.propertyNames : {};
    const key = this.#lower({ ...names, type: 'string' }, deeper(place, below(place.path, 'propertyNames')));
    return entriesShape(key ?? unknownShape, value, about);
  }

  #lowerArray(schema: JsonSchema, place: Place): Shape | undefined {
    const { items } = schema;
    const prefix = listOfSchemas(schema.prefixItems ?? (Array.isArray(items) ? items : undefined));
    const further = (Array.isArray(items) ? schema.additionalItems : items) as AnySchema | undefined;
    if (prefix.length > 0) return this.#lowerTuple(prefix, further, schema, place);
    const at = deeper(place, below(place.path, 'items'));
    const item = this.#lower(further ?? true, at) ?? this.#fail(at, 'allows no value');
    return listShape(item, this.#say(schema, ['array']));
  }

  #lowerTuple(
    prefix: readonly AnySchema[],
    further: AnySchema | undefined,
    schema: JsonSchema,
    place: Place,
  ): Shape | undefined {
    this.#changed = true;
    const needed = typeof schema.minItems === 'number' ? schema.minItems : prefix.length;
    const positions: Field[] = [];
    for (const [index, position] of prefix.entries()) {
      const shape = this.#lower(position, deeper(place, below(below(place.path, 'prefixItems'), index)));
      if (shape === undefined && index < needed) return undefined;
      if (shape === undefined) break;
      positions.push(this.#field(String(index), shape, position, index < needed));
    }
    const rest = saysNothing(further)
      ? undefined
      : this.#lower(further as AnySchema, deeper(place, below(place.path, 'items')));
    return tupleShape(positions, rest, this.#say(schema, []));
  }

  #union(branches: readonly (Shape | undefined)[], about: JsonSchema): Shape | undefined {
    const possible = branches.filter((branch) => branch !== undefined);
    const [only] = possible;
    if (only === undefined) return undefined;
    return possible.length === 1 && Object.keys(about).length === 0 ? only : unionShape(possible, about);
  }

  #say(schema: JsonSchema, types: readonly string[]): JsonSchema {
    return sayConditions(schema, types, (keyword, value) => this.dialect.keeps(keyword, value));
  }

  #fail({ path }: Place, message: string): Shape {
    this.issues.push({ path, message });
    return unknownShape;
  }

  /** Once: what is below is not looked at. */
  #tooLarge(place: Place): Shape {
    const known = this.issues.some(({ message }) => message === tooLarge);
    return known ? unknownShape : this.#fail(place, tooLarge);
  }
}

const tooLarge = 'is nested too deeply, or has too many parts';

const deeper = (place: Place, path: string): Place => ({ ...place, path, depth: place.depth + 1 });

const listOfSchemas = (value: unknown): readonly AnySchema[] => (Array.isArray(value) ? (value as AnySchema[]) : []);

function freeName(base: string, taken: ReadonlySet<string>): string {
  let name = base;
  while (taken.has(name)) name += '_';
  return name;
}

/** The type of a listed value, or nothing where the schema's types do not allow it. */
function typeOf(value: unknown, allowed: readonly string[] | undefined): string | undefined {
  const type = value === null ? 'null' : typeof value;
  if (allowed === undefined || allowed.includes(type)) return type;
  return Number.isInteger(value) && allowed.includes('integer') ? 'integer' : undefined;
}
