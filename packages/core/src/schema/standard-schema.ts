import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type ErrorWhere, EspalierError } from '../errors/espalier-error.js';
import { isPromise } from '../journal/maybe-promise.js';
import type { JsonSchema } from './json.js';
import { jsonPath } from './json-path.js';
import type { SchemaIssue, SchemaOf, SchemaResult } from './schema.js';

/** The part of the Standard JSON Schema specification that is used here. */
interface WithJsonSchema {
  readonly jsonSchema?: { readonly input?: (options: { readonly target: string }) => Record<string, unknown> };
}

/** @throws schema-unreadable when the library gives no JSON Schema */
export function standardSchema<T>(source: StandardSchemaV1<unknown, T>, where: ErrorWhere): SchemaOf<T> {
  const { vendor, validate } = source['~standard'];
  const jsonSchema = readJsonSchema(source, where);
  const title = jsonSchema.title;
  return {
    name: typeof title === 'string' ? title : 'value of the schema',
    jsonSchema,
    validate: (value) => {
      const result = validate(value);
      return isPromise(result) ? result.then(toResult) : toResult(result);
    },
  };

  function readJsonSchema(schema: StandardSchemaV1, at: ErrorWhere): JsonSchema {
    const { jsonSchema: converter } = schema['~standard'] as WithJsonSchema;
    if (converter?.input === undefined) {
      throw new EspalierError('schema-unreadable', `This ${vendor} schema gives no JSON Schema.`, {
        hint:
          vendor === 'valibot'
            ? "Write toStandardJsonSchema(schema), from '@valibot/to-json-schema'."
            : `Use a version of ${vendor} that implements Standard JSON Schema.`,
        where: at,
      });
    }
    try {
      const { $schema: _dialect, ...rest } = converter.input({ target: 'draft-2020-12' });
      return rest as JsonSchema;
    } catch (error) {
      throw new EspalierError(
        'schema-unreadable',
        `This ${vendor} schema has a part that JSON Schema cannot express: ${(error as Error).message}`,
        { hint: 'Use types that JSON has, and convert after validation.', where: at, cause: error },
      );
    }
  }
}

function toResult<T>(result: StandardSchemaV1.Result<T>): SchemaResult<T> {
  if (result.issues === undefined) return { valid: true, value: result.value };
  return { valid: false, issues: result.issues.map(toIssue) };
}

function toIssue({ message, path = [] }: StandardSchemaV1.Issue): SchemaIssue {
  return { path: jsonPath(path.map((part) => (typeof part === 'object' ? part.key : part))), message };
}
