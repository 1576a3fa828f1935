import type { Fault } from '../errors/graph-error.js';
import type { MaybePromise } from '../journal/maybe-promise.js';
import type { InjectableClass, Token } from '../metadata/agent-metadata.js';
import { constructorParameters } from './constructor-tokens.js';
import { injectedProperties } from './inversify-metadata.js';
import { Lifecycle } from './lifecycle.js';
import { providerFaults } from './provider-faults.js';
import type { Provider, Resolver } from './resolver.js';

export interface CreatedResolver {
  readonly resolver: Resolver;
  readonly faults: readonly Fault[];
  /** Ends what the resolver has made, in reverse. @throws dispose-failed */
  dispose(): Promise<void>;
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
  const lifecycle = new Lifecycle();
  const dispose = (): Promise<void> => lifecycle.end();
  if (providers.length === 0 && classes.every(needsNothing)) {
    return { resolver: new PlainResolver(lifecycle), faults: [], dispose };
  }
  const faults = providerFaults(classes, providers);
  if (faults.length > 0) return { resolver: new PlainResolver(lifecycle), faults, dispose };
  const { inversifyResolver } = await import('./inversify-resolver.js');
  return { resolver: inversifyResolver(classes, providers, lifecycle), faults, dispose };
}

/** Whether a class is made without arguments, and nothing else of it would have to be injected. */
const needsNothing = (target: InjectableClass): boolean =>
  constructorParameters(target).length === 0 && injectedProperties(target).length === 0;

/** One instance of each class, made without arguments. */
class PlainResolver implements Resolver {
  readonly #instances = new Map<Token, MaybePromise<unknown>>();
  readonly #lifecycle: Lifecycle;

  constructor(lifecycle: Lifecycle) {
    this.#lifecycle = lifecycle;
  }

  get<T>(token: Token<T>): MaybePromise<T> {
    let instance = this.#instances.get(token);
    if (instance === undefined) {
      const target = token as InjectableClass<object>;
      instance = this.#lifecycle.begin(new target(), target);
      this.#instances.set(token, instance);
    }
    return instance as MaybePromise<T>;
  }
}
