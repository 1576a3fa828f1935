import { Container, type ServiceIdentifier } from 'inversify';
import type { InjectableClass, Token } from '../metadata/agent-metadata.js';
import { constructorTokens } from './constructor-tokens.js';
import type { Provider, Resolver } from './resolver.js';

/** A resolver on an inversify container: singletons, made when first asked for. */
export function inversifyResolver(classes: readonly InjectableClass[], providers: readonly Provider[]): Resolver {
  const container = new Container({ defaultScope: 'Singleton' });
  const bindClass = (token: Token, target: InjectableClass): void => {
    const tokens = constructorTokens(target) as ServiceIdentifier[];
    container
      .bind(token as ServiceIdentifier)
      .toResolvedValue((...dependencies: unknown[]) => new target(...dependencies), tokens)
      .inSingletonScope();
  };
  for (const provider of providers) {
    if (typeof provider === 'function') bindClass(provider, provider);
    else if ('useClass' in provider) bindClass(provider.provide, provider.useClass);
    else if ('useValue' in provider) {
      container.bind(provider.provide as ServiceIdentifier).toConstantValue(provider.useValue);
    } else {
      const { provide, useFactory, inject = [] } = provider;
      container
        .bind(provide as ServiceIdentifier)
        .toResolvedValue((...dependencies: unknown[]) => useFactory(...dependencies), inject as ServiceIdentifier[])
        .inSingletonScope();
    }
  }
  for (const target of classes) {
    if (!container.isBound(target)) bindClass(target, target);
  }
  return { get: <T>(token: Token<T>) => container.getAsync<T>(token as ServiceIdentifier<T>) };
}
