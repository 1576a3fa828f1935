import type { Fault } from '../errors/graph-error.js';
import type { InjectableClass, Token } from '../metadata/agent-metadata.js';
import { constructorParameters } from './constructor-tokens.js';
import { providerFaults } from './provider-faults.js';
import type { Provider, Resolver } from './resolver.js';

export interface CreatedResolver {
  readonly resolver: Resolver;
  readonly faults: readonly Fault[];
}

/**
 * The default container for these classes and providers. Of two providers of one token the last one counts, so that a
 * test can put its own after those of the application. Inversify stands behind it; it is loaded only when something
 * is there to inject.
 */
export async function createResolver(
  classes: readonly InjectableClass[],
  providers: readonly Provider[],
): Promise<CreatedResolver> {
  if (providers.length === 0 && classes.every((target) => constructorParameters(target).length === 0)) {
    return { resolver: new PlainResolver(), faults: [] };
  }
  const faults = providerFaults(classes, providers);
  if (faults.length > 0) return { resolver: new PlainResolver(), faults };
  const { inversifyResolver } = await import('./inversify-resolver.js');
  return { resolver: inversifyResolver(classes, providers), faults };
}

/** One instance of each class, made without arguments. */
class PlainResolver implements Resolver {
  readonly #instances = new Map<Token, unknown>();

  get<T>(token: Token<T>): T {
    let instance = this.#instances.get(token);
    if (instance === undefined) {
      instance = new (token as InjectableClass<T>)();
      this.#instances.set(token, instance);
    }
    return instance as T;
  }
}
