import 'reflect-metadata';

/** A typed place in a class's metadata. Only own metadata counts: a subclass declares its own. */
export interface MetadataKey<T> {
  read(target: object): T | undefined;
  write(target: object, value: T): void;
}

/**
 * Kept at the class itself, under one symbol, and not by `reflect-metadata`, which TypeScript needs for its own: reading
 * costs a tenth, and a boot reads some twenty keys of every class.
 */
const store: unique symbol = Symbol.for('@espalier/metadata');

interface Annotated {
  readonly [store]?: Record<string, unknown>;
}

/** @param name unique; the same name in another copy of the package is the same key */
export function metadataKey<T>(name: string): MetadataKey<T> {
  return {
    read(target) {
      return Object.hasOwn(target, store) ? ((target as Annotated)[store]?.[name] as T | undefined) : undefined;
    },
    write(target, value) {
      if (!Object.hasOwn(target, store)) {
        // Without a prototype, so that no name means something already.
        Object.defineProperty(target, store, { value: Object.create(null), configurable: true });
      }
      ((target as Annotated)[store] as Record<string, unknown>)[name] = value;
    },
  };
}
