import { type ErrorWhere, EspalierError } from '../errors/espalier-error.js';
import { inlineReferences } from './inline-references.js';
import type { JsonSchema } from './json.js';
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
  const [validator, transformer, converter, storage] = await Promise.all([
    import('class-validator'),
    import('class-transformer'),
    import('class-validator-jsonschema'),
    // The storage is not part of the main entry; without it nested arrays come out wrong.
    import('class-transformer/cjs/storage.js') as Promise<{ readonly defaultMetadataStorage: never }>,
  ]);
  const target = source as unknown as new () => object;
  const metadata = validator.getMetadataStorage().getTargetValidationMetadatas(target, '', true, false);
  if (metadata.length === 0) {
    throw new EspalierError('schema-unreadable', `Class ${target.name} has no class-validator decorators.`, {
      hint: `Put decorators such as @IsString() on the properties of ${target.name}.`,
      where,
    });
  }
  const all = converter.validationMetadatasToSchemas({
    classTransformerMetadataStorage: storage.defaultMetadataStorage,
  });
  const own = converter.targetConstructorToSchema(target, {
    classTransformerMetadataStorage: storage.defaultMetadataStorage,
  });
  const jsonSchema = inlineReferences(
    own as unknown as JsonSchema,
    all as unknown as Readonly<Record<string, JsonSchema>>,
    target.name,
    where,
  );
  return {
    name: target.name,
    jsonSchema,
    async validate(value) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        const got = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
        return { valid: false, issues: [{ path: '$', message: `expected an object, got ${got}` }] };
      }
      const instance = transformer.plainToInstance(target, structuredClone(value));
      const errors = await validator.validate(instance, {
        whitelist: true,
        forbidNonWhitelisted: true,
        forbidUnknownValues: true,
      });
      if (errors.length > 0)
        return { valid: false, issues: errors.flatMap((error) => issuesOf(error as ValidationError, '$', false)) };
      return { valid: true, value: toPlain(transformer.instanceToPlain(instance), { what: target.name }) as T };
    },
  };
}

function issuesOf(
  { property, constraints, children = [], value }: ValidationError,
  parent: string,
  inArray: boolean,
): SchemaIssue[] {
  const path = inArray ? `${parent}[${property}]` : `${parent}.${property}`;
  const own = Object.values(constraints ?? {}).map((message) => ({ path, message }));
  return [...own, ...children.flatMap((child) => issuesOf(child, path, Array.isArray(value)))];
}
