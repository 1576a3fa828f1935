import { Container, type ServiceIdentifier } from 'inversify';
import type { InjectableClass, Token } from '../metadata/agent-metadata.js';
import { constructorParameters } from './constructor-tokens.js';
import type { Lifecycle } from './lifecycle.js';
import type { Provider, Resolver } from './resolver.js';

/** Stands for a parameter that its default value fills. */
const absent = Symbol('absent');

/** A resolver on an inversify container: singletons, made when first asked for. The last provider of a token counts. */
export function inversifyResolver(
  classes: readonly InjectableClass[],
  providers: readonly Provider[],
  lifecycle: Lifecycle,
): Resolver {
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(absent).toConstantValue(undefined);
  const bindFactory = (
    token: Token,
    make: (...dependencies: unknown[]) => unknown,
    dependencies: readonly (Token | undefined)[],
  ): void => {
    container
      .bind(token as ServiceIdentifier)
      .toResolvedValue(make, dependencies.map((dependency) => dependency ?? absent) as ServiceIdentifier[])
      .inSingletonScope();
  };
  const bindClass = (token: Token, target: InjectableClass): void => {
    const tokens = constructorParameters(target).map((parameter) => parameter.token);
    bindFactory(
      token,
      (...dependencies) => lifecycle.begin(new target(...dependencies) as object, target as InjectableClass<object>),
      tokens,
    );
  };
  const byToken = new Map<Token, Provider>(classes.map((target) => [target, target]));
  for (const provider of providers) byToken.set(typeof provider === 'function' ? provider : provider.provide, provider);
  for (const [token, provider] of byToken) {
    if (typeof provider === 'function') bindClass(token, provider);
    else if ('useClass' in provider) bindClass(token, provider.useClass);
    else if ('useValue' in provider) container.bind(token as ServiceIdentifier).toConstantValue(provider.useValue);
    else {
      const make = async (...dependencies: unknown[]) => lifecycle.keep(await provider.useFactory(...dependencies));
      bindFactory(token, make, provider.inject ?? []);
    }
  }
  return { get: <T>(token: Token<T>) => container.getAsync<T>(token as ServiceIdentifier<T>) };
}
