import { type InjectableClass, injectKey, type Token } from '../metadata/agent-metadata.js';
import { injectedParameter } from './inversify-metadata.js';
import { hasOwnConstructor } from './own-constructor.js';

/** A parameter of a constructor. */
export interface Parameter {
  /** What it takes: its `@Inject` token, else that of inversify's `@inject`, else the class that TypeScript recorded; nothing where neither is there. */
  readonly token: Token | undefined;
  /** It has a default value, or stands after one that has. */
  readonly optional: boolean;
}

/** What a class's constructor takes. Parameters at the end that only a default value can fill are left out. */
export function constructorParameters(target: InjectableClass): readonly Parameter[] {
  const owner = constructorOwner(target);
  const types = (Reflect.getOwnMetadata('design:paramtypes', owner) ?? []) as readonly unknown[];
  const tokens = injectKey.read(owner);
  const count = Math.max(owner.length, types.length, ...[...(tokens?.keys() ?? [])].map((index) => index + 1));
  const parameters = Array.from({ length: count }, (_, index) => ({
    token: tokens?.get(index) ?? injectedParameter(owner, index) ?? classToken(types[index]),
    optional: index >= owner.length,
  }));
  const needed = parameters.findLastIndex(({ token, optional }) => token !== undefined || !optional);
  return parameters.slice(0, needed + 1);
}

/** The class of the chain whose constructor runs with the given arguments: a subclass without its own hands them on. */
function constructorOwner(target: InjectableClass): InjectableClass {
  let owner = target;
  for (;;) {
    const parent = Object.getPrototypeOf(owner) as InjectableClass | null;
    // Most classes extend none: then there is nothing to find out.
    if (typeof parent !== 'function' || parent === Function.prototype || declaresConstructor(owner)) return owner;
    owner = parent;
  }
}

const declaresConstructor = (target: InjectableClass): boolean =>
  target.length > 0 ||
  Reflect.hasOwnMetadata('design:paramtypes', target) ||
  injectKey.read(target) !== undefined ||
  hasOwnConstructor(target);

/** Built-in constructors stand for interfaces and primitives: nothing that could be injected. */
function classToken(type: unknown): Token | undefined {
  if (typeof type !== 'function') return undefined;
  return [Object, String, Number, Boolean, Array, Function, Promise, Symbol, BigInt].includes(type as never)
    ? undefined
    : (type as InjectableClass);
}
