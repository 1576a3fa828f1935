import { type InjectableClass, injectKey, type Token } from '../metadata/agent-metadata.js';

/** What a class's constructor takes: `@Inject` tokens, else the classes that TypeScript recorded. */
export function constructorTokens(target: InjectableClass): readonly (Token | undefined)[] {
  const owner = constructorOwner(target);
  const types = (Reflect.getOwnMetadata('design:paramtypes', owner) ?? []) as readonly unknown[];
  const tokens = injectKey.read(owner);
  const count = Math.max(owner.length, types.length);
  return Array.from({ length: count }, (_, index) => tokens?.get(index) ?? classToken(types[index]));
}

/** The class of the chain whose constructor runs with the given arguments: a subclass without its own hands them on. */
function constructorOwner(target: InjectableClass): InjectableClass {
  let owner = target;
  while (!/\bconstructor\s*\(/.test(Function.prototype.toString.call(owner))) {
    const parent = Object.getPrototypeOf(owner) as InjectableClass | null;
    if (typeof parent !== 'function' || parent === Function.prototype) return owner;
    owner = parent;
  }
  return owner;
}

/** Built-in constructors stand for interfaces and primitives: nothing that could be injected. */
function classToken(type: unknown): Token | undefined {
  if (typeof type !== 'function') return undefined;
  return [Object, String, Number, Boolean, Array, Function, Promise, Symbol].includes(type as never)
    ? undefined
    : (type as InjectableClass);
}
