import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { SensitiveShape } from '../sensitive/sensitive-shape.js';
import type { JsonSchema } from './json.js';

/** A class whose properties carry class-validator decorators. */
export type DtoClass<T = unknown> = new (...args: never[]) => T;

/** What users may write where a schema is asked for: a class-validator class, or any Standard Schema (zod, valibot, arktype). */
export type SchemaSource<T = unknown> = DtoClass<T> | StandardSchemaV1<unknown, T>;

/** The type of the data that a schema describes. */
export type InferSchema<S> =
  S extends StandardSchemaV1<unknown, infer T> ? T : S extends abstract new (...args: never[]) => infer T ? T : never;

/** The type of the data that a schema takes: what has a default may be left out. */
export type InferSchemaInput<S> =
  S extends StandardSchemaV1<infer T, unknown> ? T : S extends abstract new (...args: never[]) => infer T ? T : never;

/** One thing that is wrong with a value. */
export interface SchemaIssue {
  /** JSON path, such as `$.items[2].title`. */
  readonly path: string;
  readonly message: string;
}

export type SchemaResult<T> =
  | { readonly valid: true; readonly value: T }
  | { readonly valid: false; readonly issues: readonly SchemaIssue[] };

/** The port behind which every schema library stands: validation and JSON Schema. */
export interface SchemaOf<T = unknown> {
  /** Short name for prompts, messages and providers: `Findings`. */
  readonly name: string;
  /** Self-contained: no `$ref` to elsewhere. */
  readonly jsonSchema: JsonSchema;
  /** Which parts of the data are sensitive; nothing where none is. */
  readonly sensitive?: SensitiveShape;
  validate(value: unknown): SchemaResult<T> | Promise<SchemaResult<T>>;
}
