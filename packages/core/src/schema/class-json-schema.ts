import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { type ErrorWhere, EspalierError } from '../errors/espalier-error.js';
import { sensitiveFieldsOf } from '../metadata/sensitive-fields.js';
import type { Json, JsonSchema } from './json.js';

type Class = new () => object;

/** What class-transformer knows of a property: `@Type(() => Class)`. */
interface TypeMetadata {
  readonly typeFunction: () => unknown;
  readonly options?: { readonly discriminator?: unknown };
}

/** What is needed of the libraries, which are loaded when first used. */
export interface ClassLibraries {
  metadataOf(target: Class): readonly ValidationMetadata[];
  typeOf(target: Class, property: string): TypeMetadata | undefined;
  /** Its properties may have `$ref` where a class is nested. */
  convert(target: Class): JsonSchema;
}

/** A class as JSON Schema, and what validation must check besides class-validator. */
export interface ClassShape {
  readonly jsonSchema: JsonSchema;
  /** Values of enumerations, by property. class-validator takes the names of numeric ones, too. */
  readonly enums: ReadonlyMap<string, readonly Json[]>;
  readonly nested: ReadonlyMap<string, ClassShape>;
}

/**
 * Reads a class and the classes inside it: without references, and each object refuses further keys, so that the
 * schema means the same wherever it is sent. Classes are told apart by themselves, not by their names.
 * @throws schema-unreadable where there is something that plain data or a schema of fixed depth cannot be
 */
export function classShape(
  target: Class,
  libraries: ClassLibraries,
  where: ErrorWhere,
  open: readonly Class[] = [],
): ClassShape {
  const path = [...open, target];
  if (open.includes(target)) throw recursive(path, where);
  const metadata = libraries.metadataOf(target);
  if (metadata.length === 0) throw undecorated(target, where);
  const nested = new Map<string, ClassShape>();
  const enums = new Map<string, readonly Json[]>();
  for (const { type, name, propertyName, constraints } of metadata) {
    if (name === 'isDate') throw dateProperty(target, propertyName, where);
    if (name === 'isEnum') enums.set(propertyName, enumValues(constraints[0] as object));
    if (type !== 'nestedValidation') continue;
    nested.set(propertyName, classShape(nestedClass(target, propertyName, libraries, where), libraries, where, path));
  }
  const { properties = {}, ...rest } = libraries.convert(target);
  const sensitive = sensitiveFieldsOf(target);
  const inlined = Object.entries(properties).map(([property, schema]) => {
    const inner = nested.get(property)?.jsonSchema;
    const whole = inner === undefined ? schema : inline(schema, inner);
    return [property, sensitive.has(property) ? { ...whole, sensitive: true } : whole] as const;
  });
  const jsonSchema = { additionalProperties: false, ...rest, properties: Object.fromEntries(inlined) };
  return { jsonSchema, enums, nested };
}

/** The values of an enumeration; a numeric one has its names as values, too. */
export function enumValues(enumeration: object): readonly Json[] {
  const entries = Object.entries(enumeration) as [string, string | number][];
  const isReverse = ([key, name]: [string, string | number]): boolean =>
    typeof name === 'string' &&
    String((enumeration as Record<string, unknown>)[name]) === key &&
    `${Number(key)}` === key;
  return entries.filter((entry) => !isReverse(entry)).map(([, value]) => value);
}

/** Puts a class's schema where its property refers to it. */
function inline(part: unknown, inner: JsonSchema): JsonSchema {
  if (Array.isArray(part)) return part.map((item) => inline(item, inner)) as never;
  if (typeof part !== 'object' || part === null) return part as never;
  const { $ref, ...rest } = part as JsonSchema;
  if (typeof $ref === 'string') return { ...inner, ...rest };
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, inline(value, inner)]));
}

function nestedClass(target: Class, property: string, { typeOf }: ClassLibraries, where: ErrorWhere): Class {
  const type = typeOf(target, property);
  const at = `${target.name}.${property}`;
  const nested = type?.typeFunction();
  if (typeof nested !== 'function') {
    const problem = type === undefined ? 'its class is not known' : 'its @Type() gives no class';
    throw unreadable(`${at} has @ValidateNested(), but ${problem}.`, where, {
      hint: `Write @Type(() => Class), from 'class-transformer', on ${at}; in a circular import the class is undefined.`,
    });
  }
  if (type?.options?.discriminator !== undefined) {
    throw unreadable(`${at} is one of several classes, by a discriminator.`, where, {
      hint: 'Use a Standard Schema with a union, such as z.discriminatedUnion(…).',
    });
  }
  return nested as Class;
}

function unreadable(message: string, where: ErrorWhere, options: { readonly hint: string }): EspalierError {
  return new EspalierError('schema-unreadable', message, { ...options, where });
}

const undecorated = ({ name }: Class, where: ErrorWhere): EspalierError =>
  unreadable(
    `${name === '' ? 'A function without a name' : `Class ${name}`} has no class-validator decorators.`,
    where,
    {
      hint: `Put decorators such as @IsString() on the properties of ${name === '' ? 'a class' : name}.`,
    },
  );

const recursive = (path: readonly Class[], where: ErrorWhere): EspalierError =>
  unreadable(`Class ${path.at(-1)?.name} contains itself: ${path.map(({ name }) => name).join(' → ')}.`, where, {
    hint: 'Models need a schema of fixed depth: use ids, or a class for each level.',
  });

const dateProperty = ({ name }: Class, property: string, where: ErrorWhere): EspalierError =>
  unreadable(`${name}.${property} has @IsDate(), but a Date is no plain data.`, where, {
    hint: `Write @IsISO8601() ${property}: string, and make a Date of it where you need one.`,
  });
