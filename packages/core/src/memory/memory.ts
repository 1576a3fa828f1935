import { EspalierError } from '../errors/espalier-error.js';
import { isSchemaSource } from '../schema/read-schema.js';
import type { InferSchema, SchemaSource } from '../schema/schema.js';
import { checkedName, checkedScope, type MemoryScope } from './memory-scope.js';

export interface MemoryOptions<S extends SchemaSource = SchemaSource> {
  /** Unique within a scope; small letters, digits and `-`. */
  readonly name: string;
  /** Shape of the value: a class-validator class or a Standard Schema. Checked whenever it is read or written. */
  readonly schema: S;
  /** Whose it is: a field of the run's identity, several, or `'shared'`. */
  readonly scope: MemoryScope;
  /** One line for models that read it. @default the name */
  readonly description?: string;
}

/** A value that outlives runs: one for each user, tenant or whoever its scope names. Made by {@link defineMemory}. */
export interface Memory<T = unknown> {
  readonly kind: 'memory';
  readonly name: string;
  readonly schema: SchemaSource<T>;
  readonly scope: MemoryScope;
  readonly description: string | undefined;
}

/** A change of a memory: fields to be replaced, or the new value made of the one that is kept. The latter must be pure. */
export type MemoryChange<T> = Partial<T> | ((current: T | undefined) => T);

/** One memory as a run sees it: that of the user, or whoever its scope names, for whom the run was started. */
export interface MemoryHandle<T> {
  /** The value; nothing before the first write. @throws memory-invalid where the schema does not take it any more */
  read(): Promise<T | undefined>;
  /**
   * Replaces the value.
   * @throws memory-conflict where others have changed it since this one has read it; memory-invalid
   */
  write(value: T): Promise<void>;
  /**
   * Changes the value that is kept now. Where others change it at the same time the change is made again, on theirs, so
   * that none is lost: a function may be called several times.
   * @returns the new value
   * @throws memory-invalid; memory-conflict after ten tries
   */
  update(change: MemoryChange<T>): Promise<T>;
  /** Removes the value. @throws memory-conflict */
  clear(): Promise<void>;
}

/**
 * Declares a value that outlives runs, such as what is known of a user. Read and written by `ctx.memory(…)`.
 *
 * @throws option-invalid
 * @example
 * const profile = defineMemory({ name: 'profile', schema: Profile, scope: 'user' });
 * @since 0.1.0
 */
export function defineMemory<S extends SchemaSource>(options: MemoryOptions<S>): Memory<InferSchema<S>> {
  const { schema, description } = options;
  const name = checkedName(options.name, 'defineMemory');
  const scope = checkedScope(options.scope, `defineMemory '${name}'`);
  if (!isSchemaSource(schema)) {
    throw new EspalierError(
      'option-invalid',
      `defineMemory '${name}': schema: expected a class or a Standard Schema.`,
      {
        hint: 'Write schema: Profile, of a class with decorators such as @IsString(), or schema: z.object({ … }).',
      },
    );
  }
  const kind = 'memory';
  return Object.freeze({ kind, name, schema: schema as SchemaSource<InferSchema<S>>, scope, description });
}
