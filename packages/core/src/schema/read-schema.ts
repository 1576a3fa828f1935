import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describeValue, type ErrorWhere, EspalierError } from '../errors/espalier-error.js';
import { withSensitive } from '../sensitive/sensitive-schema.js';
import type { DtoClass, SchemaOf, SchemaSource } from './schema.js';
import { standardSchema } from './standard-schema.js';

const schemas = new WeakMap<object, SchemaOf | Promise<SchemaOf>>();

/**
 * The schema that a user's source stands for; read once for each source.
 * @throws schema-unreadable
 */
export function readSchema<T>(source: SchemaSource<T>, where: ErrorWhere): SchemaOf<T> | Promise<SchemaOf<T>> {
  if (!isSchemaSource(source) || isBuiltIn(source)) {
    const given = typeof source === 'function' ? (source as { name: string }).name : describeValue(source);
    return Promise.reject(
      new EspalierError(
        'schema-unreadable',
        `Expected a class with class-validator decorators or a Standard Schema, got ${given}.`,
        {
          hint: 'Declare a class with decorators such as @IsString(), or pass a schema such as z.object({ … }).',
          where,
        },
      ),
    );
  }
  const known = schemas.get(source);
  if (known !== undefined) return known as SchemaOf<T> | Promise<SchemaOf<T>>;
  const schema = read(source, where);
  schemas.set(source, schema as Promise<SchemaOf>);
  schema.then(
    (found) => schemas.set(source, found as SchemaOf),
    () => schemas.delete(source),
  );
  return schema;
}

/** Whether a value can be a schema: a class, or what implements Standard Schema. */
export function isSchemaSource(value: unknown): value is SchemaSource {
  return typeof value === 'function' || (typeof value === 'object' && value !== null && '~standard' in value);
}

async function read<T>(source: SchemaSource<T>, where: ErrorWhere): Promise<SchemaOf<T>> {
  if ('~standard' in source) return withSensitive(standardSchema(source as StandardSchemaV1<unknown, T>, where));
  const { classValidatorSchema } = await import('./class-validator-schema.js');
  return withSensitive(await classValidatorSchema(source as DtoClass<T>, where));
}

/** What TypeScript records for an interface, a primitive or a union: no schema, though it is a function. */
const isBuiltIn = (source: unknown): boolean =>
  [Object, String, Number, Boolean, Array, Function, Promise, Symbol, Date].includes(source as never);
