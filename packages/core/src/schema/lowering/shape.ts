import type { Json, JsonSchema } from '../json.js';

/** A lowered schema, what fits it, and the way back to the shape that was given. */
export interface Shape {
  readonly schema: JsonSchema;
  /** Whether a value has this shape, conditions aside: tells the branches of a union apart. */
  matches(value: unknown): boolean;
  restore(value: unknown): unknown;
}

type Data = Readonly<Record<string, unknown>>;

/** One property of an object shape. */
export interface Field {
  readonly name: string;
  readonly shape: Shape;
  readonly required: boolean;
  /** `null` stands for its absence. */
  readonly nullable: boolean;
}

const isObject = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const same = (value: unknown): unknown => value;

const typeChecks: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
};

export function scalarShape(types: readonly string[], values: readonly Json[] | undefined, rest: JsonSchema): Shape {
  const type = types.length === 1 ? (types[0] as string) : types;
  return {
    schema: { ...rest, type, ...(values === undefined ? {} : { enum: values }) },
    matches: (value) =>
      values === undefined ? types.some((name) => typeChecks[name]?.(value) === true) : values.includes(value as Json),
    restore: same,
  };
}

/** Stands where a schema cannot be lowered, so that the rest is looked at, too. */
export const unknownShape: Shape = { schema: {}, matches: () => true, restore: same };

export function listShape(item: Shape, rest: JsonSchema): Shape {
  return {
    schema: { ...rest, type: 'array', items: item.schema },
    matches: (value) => Array.isArray(value) && value.every((part) => item.matches(part)),
    restore: (value) => (Array.isArray(value) ? value.map((part) => item.restore(part)) : value),
  };
}

/** A closed object. `others` names the property that lists the keys that are not known beforehand. */
export function objectShape(fields: readonly Field[], rest: JsonSchema, others?: string): Shape {
  const byName = new Map(fields.map((field) => [field.name, field]));
  return {
    schema: closedObject(fields, rest),
    matches: (value) => isObject(value) && matchesFields(value, fields, byName),
    restore(value) {
      if (!isObject(value)) return value;
      const known: [string, unknown][] = [];
      const listed: [string, unknown][] = [];
      for (const [key, part] of Object.entries(value)) {
        const field = byName.get(key);
        if (part === null && field?.nullable === true) continue;
        const restored = field === undefined ? part : field.shape.restore(part);
        if (key !== others || !isObject(restored)) known.push([key, restored]);
        else listed.push(...Object.entries(restored).filter(([name]) => !byName.has(name)));
      }
      return Object.fromEntries([...listed, ...known]);
    },
  };
}

function closedObject(fields: readonly Field[], rest: JsonSchema): JsonSchema {
  const required = fields.filter((field) => field.required).map(({ name }) => name);
  const properties = Object.fromEntries(fields.map(({ name, shape }) => [name, shape.schema]));
  return { ...rest, type: 'object', properties, required, additionalProperties: false };
}

/** Keys first: nearly always they tell, and nothing deeper needs to be looked at. */
function matchesFields(value: Data, fields: readonly Field[], byName: ReadonlyMap<string, Field>): boolean {
  const entries = Object.entries(value);
  if (!entries.every(([key]) => byName.has(key))) return false;
  if (!fields.every(({ name, required }) => !required || Object.hasOwn(value, name))) return false;
  return entries.every(([key, part]) => byName.get(key)?.shape.matches(part));
}

/** An object of any keys, as a list of them. */
export function entriesShape(key: Shape, value: Shape, rest: JsonSchema): Shape {
  const field = (name: string, shape: Shape): Field => ({ name, shape, required: true, nullable: false });
  const entry = objectShape([field('key', key), field('value', value)], {});
  const list = listShape(entry, rest);
  return {
    ...list,
    restore: (given) =>
      Array.isArray(given) && given.every((part) => isObject(part) && typeof part.key === 'string')
        ? Object.fromEntries((given as Data[]).map((part) => [part.key as string, value.restore(part.value)]))
        : given,
  };
}

/** A tuple, as an object of its positions. */
export function tupleShape(positions: readonly Field[], further: Shape | undefined, rest: JsonSchema): Shape {
  const list: Field[] =
    further === undefined ? [] : [{ name: 'rest', shape: listShape(further, {}), required: true, nullable: false }];
  const object = objectShape([...positions, ...list], rest);
  return {
    ...object,
    restore(value) {
      if (!isObject(value)) return value;
      const restored = object.restore(value) as Data;
      const items: unknown[] = [];
      for (const { name } of positions) {
        if (!Object.hasOwn(restored, name)) return items;
        items.push(restored[name]);
      }
      return Array.isArray(restored.rest) ? [...items, ...(restored.rest as unknown[])] : items;
    },
  };
}

export function unionShape(branches: readonly Shape[], rest: JsonSchema): Shape {
  return {
    schema: { ...rest, anyOf: branches.map(({ schema }) => schema) },
    matches: (value) => branches.some((branch) => branch.matches(value)),
    restore(value) {
      const branch = branches.find((candidate) => candidate.matches(value));
      return branch === undefined ? value : branch.restore(value);
    },
  };
}

const nullShape = scalarShape(['null'], undefined, {});

/** The same shape, with `null` besides. */
export function nullableShape(shape: Shape): Shape {
  const { type, enum: values, anyOf, description } = shape.schema;
  const union = unionShape([shape, nullShape], {});
  if (typeof type === 'string' && type !== 'object' && type !== 'array') {
    const wider = values === undefined ? {} : { enum: [...values, null] };
    return { ...union, schema: { ...shape.schema, type: [type, 'null'], ...wider } };
  }
  if (Array.isArray(type)) {
    const wider = values === undefined ? {} : { enum: [...values, null] };
    return { ...union, schema: { ...shape.schema, type: [...type, 'null'], ...wider } };
  }
  if (Array.isArray(anyOf)) return { ...union, schema: { ...shape.schema, anyOf: [...anyOf, nullShape.schema] } };
  if (description === undefined) return union;
  const { description: _moved, ...inner } = shape.schema;
  return { ...union, schema: { description, anyOf: [inner, nullShape.schema] } };
}

/** A shape that is known later: what a `$ref` leads to. Each value is looked at once, however many branches ask. */
export function laterShape(schema: JsonSchema, target: () => Shape): Shape {
  const answers = new WeakMap<object, boolean>();
  let last: { readonly value: unknown; readonly answer: boolean } | undefined;
  return {
    schema,
    matches(value) {
      if (typeof value !== 'object' || value === null) {
        if (last === undefined || !Object.is(last.value, value)) last = { value, answer: target().matches(value) };
        return last.answer;
      }
      const known = answers.get(value);
      if (known !== undefined) return known;
      const answer = target().matches(value);
      answers.set(value, answer);
      return answer;
    },
    restore: (value) => target().restore(value),
  };
}
