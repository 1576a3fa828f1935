import { type ErrorWhere, EspalierError } from '../errors/espalier-error.js';
import { type ClassLibraries, type ClassShape, classShape, enumValues } from './class-json-schema.js';
import type { Json, JsonSchema } from './json.js';
import { below } from './json-path.js';
import { toPlain } from './plain.js';
import type { DtoClass, SchemaIssue, SchemaOf } from './schema.js';

interface ValidationError {
  readonly property: string;
  readonly constraints?: Readonly<Record<string, string>>;
  readonly children?: readonly ValidationError[];
  readonly value?: unknown;
}

/**
 * A class-validator class as a schema. Unknown keys are refused, nested classes need `@Type(() => Class)`, and what
 * comes back is plain data.
 * @throws schema-unreadable when the class has no class-validator decorators, or contains itself
 */
export async function classValidatorSchema<T>(source: DtoClass<T>, where: ErrorWhere): Promise<SchemaOf<T>> {
  const [validator, transformer, libraries] = await Promise.all([
    import('class-validator'),
    import('class-transformer'),
    loadLibraries(),
  ]);
  const target = source as unknown as new () => object;
  const shape = classShape(target, libraries, where);
  const invalid = (issues: readonly SchemaIssue[]) => ({ valid: false, issues }) as const;
  return {
    name: target.name,
    jsonSchema: shape.jsonSchema,
    async validate(value) {
      const plain = readPlain(value);
      if (!('plain' in plain)) return invalid([plain]);
      const instance = transformer.plainToInstance(target, plain.plain as object);
      const errors = await validator.validate(instance, {
        whitelist: true,
        forbidNonWhitelisted: true,
        forbidUnknownValues: true,
      });
      if (errors.length > 0) return invalid(errors.flatMap((error) => issuesOf(error as ValidationError, '$', false)));
      const result = toPlain(transformer.instanceToPlain(instance), { what: target.name });
      const issues = enumIssues(result as Json, shape, '$');
      return issues.length > 0 ? invalid(issues) : { valid: true, value: result as T };
    },
  };
}

/** The value as plain data, or what is wrong with it: a class can only be read from an object. */
function readPlain(value: unknown): { readonly plain: Json } | SchemaIssue {
  try {
    const plain = toPlain(value);
    if (typeof plain === 'object' && plain !== null && !Array.isArray(plain)) return { plain };
    const got =
      plain === null || plain === undefined ? String(plain) : Array.isArray(plain) ? 'an array' : `a ${typeof plain}`;
    return { path: '$', message: `expected an object, got ${got}` };
  } catch (error) {
    if (!EspalierError.is(error, 'not-plain-data')) throw error;
    return { path: error.where.path ?? '$', message: error.message };
  }
}

function issuesOf(
  { property, constraints, children = [], value }: ValidationError,
  parent: string,
  inArray: boolean,
): SchemaIssue[] {
  const path = inArray ? `${parent}[${property}]` : below(parent, property);
  const own = Object.values(constraints ?? {}).map((message) => ({ path, message }));
  return [...own, ...children.flatMap((child) => issuesOf(child, path, Array.isArray(value)))];
}

/** Names of numeric enumerations that class-validator took for values. */
function enumIssues(value: Json | undefined, { enums, nested }: ClassShape, path: string): SchemaIssue[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value))
    return value.flatMap((item, index) => enumIssues(item, { enums, nested } as ClassShape, below(path, index)));
  const fields = value as Readonly<Record<string, Json>>;
  const issues: SchemaIssue[] = [];
  for (const [property, allowed] of enums) {
    const given = fields[property];
    for (const one of Array.isArray(given) ? given : [given]) {
      if (one === undefined || one === null || allowed.includes(one)) continue;
      issues.push({
        path: below(path, property),
        message: `${property} must be one of the following values: ${allowed.join(', ')}`,
      });
    }
  }
  for (const [property, shape] of nested) issues.push(...enumIssues(fields[property], shape, below(path, property)));
  return issues;
}

async function loadLibraries(): Promise<ClassLibraries> {
  const [validator, converter, { defaultMetadataStorage }] = await Promise.all([
    import('class-validator'),
    import('class-validator-jsonschema'),
    // The storage is not part of the main entry; without it nested arrays come out wrong.
    import('class-transformer/cjs/storage.js'),
  ]);
  const options = {
    classTransformerMetadataStorage: defaultMetadataStorage as never,
    additionalConverters: {
      isEnum: ({ constraints }: { readonly constraints: readonly unknown[] }) => enumSchema(constraints[0] as object),
      // The converter's own pattern refuses dates without a time, and those without fractions of a second.
      isDateString: {
        oneOf: [
          { format: 'date', type: 'string' },
          { format: 'date-time', type: 'string' },
        ],
      },
      isUrl: { type: 'string', format: 'uri' },
    } as never,
  };
  return {
    metadataOf: (target) => validator.getMetadataStorage().getTargetValidationMetadatas(target, '', true, false),
    typeOf: (target, property) => defaultMetadataStorage.findTypeMetadata(target, property),
    convert: (target) => converter.targetConstructorToSchema(target, options) as unknown as JsonSchema,
  };
}

function enumSchema(enumeration: object): JsonSchema {
  const values = enumValues(enumeration);
  const types = [...new Set(values.map((value) => typeof value))];
  return { enum: values, type: types.length === 1 ? (types[0] as string) : types };
}
