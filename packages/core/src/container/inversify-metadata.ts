import 'reflect-metadata';

/** What inversify's own decorators recorded of a class: as much as is used here. */
interface ClassMetadata {
  readonly lifecycle: {
    readonly postConstructMethodNames: ReadonlySet<string | symbol>;
    readonly preDestroyMethodNames: ReadonlySet<string | symbol>;
  };
}

/**
 * Where inversify keeps it. Read by its key, so that inversify is not loaded for programs that have nothing to inject; a
 * test fails when a version of inversify keeps it elsewhere.
 */
const key = '@inversifyjs/core/classMetadataReflectKey';

/** The methods with one of inversify's decorators, those of superclasses first. An overridden one is named once. */
export function lifecycleMethods(target: object, kind: keyof ClassMetadata['lifecycle']): ReadonlySet<string | symbol> {
  const chain: object[] = [];
  for (let at: object | null = target; at !== null && at !== Function.prototype; at = Object.getPrototypeOf(at)) {
    chain.unshift(at);
  }
  const names = new Set<string | symbol>();
  for (const at of chain) {
    const metadata = Reflect.getOwnMetadata(key, at) as ClassMetadata | undefined;
    for (const name of metadata?.lifecycle[kind] ?? []) names.add(name);
  }
  return names;
}
