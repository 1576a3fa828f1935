import 'reflect-metadata';

/** A typed place in a class's metadata. Only own metadata counts: a subclass declares its own. */
export interface MetadataKey<T> {
  read(target: object): T | undefined;
  write(target: object, value: T): void;
}

/** @param name unique; the same name in another copy of the package is the same key */
export function metadataKey<T>(name: string): MetadataKey<T> {
  const key = Symbol.for(`@espalier/metadata/${name}`);
  return {
    read: (target) => Reflect.getOwnMetadata(key, target) as T | undefined,
    write: (target, value) => Reflect.defineMetadata(key, value, target),
  };
}
