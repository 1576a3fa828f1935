import 'reflect-metadata';
import type { Token } from '../metadata/agent-metadata.js';

/** What inversify's own decorators recorded of a class: as much as is used here. */
interface ClassMetadata {
  readonly constructorArguments: readonly (Element | undefined)[];
  readonly properties: ReadonlyMap<string | symbol, Element>;
  readonly lifecycle: {
    readonly postConstructMethodNames: ReadonlySet<string | symbol>;
    readonly preDestroyMethodNames: ReadonlySet<string | symbol>;
  };
}

interface Element {
  /** A token, or what gives it later, for circular imports. Nothing for a decorator that names none. */
  readonly value?: Token | { unwrap(): Token };
  /** It is only the parameter's type. */
  readonly isFromTypescriptParamType?: true;
}

/**
 * Where inversify keeps it. Read by its key, so that inversify is not loaded for programs that have nothing to inject; a
 * test fails when a version of inversify keeps it elsewhere.
 */
const key = '@inversifyjs/core/classMetadataReflectKey';

/** The methods with one of inversify's decorators, those of superclasses first. An overridden one is named once. */
export function lifecycleMethods(target: object, kind: keyof ClassMetadata['lifecycle']): ReadonlySet<string | symbol> {
  const names = new Set<string | symbol>();
  for (const { lifecycle } of metadataOf(target)) for (const name of lifecycle[kind]) names.add(name);
  return names;
}

/** The properties with inversify's `@inject`. */
export function injectedProperties(target: object): readonly string[] {
  return metadataOf(target).flatMap(({ properties }) => [...properties.keys()].map(String));
}

/** What inversify's `@inject` names for a parameter of this class's own constructor. */
export function injectedParameter(target: object, index: number): Token | undefined {
  const metadata = Reflect.getOwnMetadata(key, target) as ClassMetadata | undefined;
  const element = metadata?.constructorArguments[index];
  if (element?.value === undefined || element.isFromTypescriptParamType === true) return undefined;
  return typeof element.value === 'object' ? element.value.unwrap() : element.value;
}

/** Of a class and its superclasses, those first. */
function metadataOf(target: object): readonly ClassMetadata[] {
  const found: ClassMetadata[] = [];
  for (let at: object | null = target; at !== null && at !== Function.prototype; at = Object.getPrototypeOf(at)) {
    const metadata = Reflect.getOwnMetadata(key, at) as ClassMetadata | undefined;
    if (metadata !== undefined) found.unshift(metadata);
  }
  return found;
}
