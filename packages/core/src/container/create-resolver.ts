import { errorCodes } from '../errors/codes.js';
import type { Fault } from '../errors/graph-error.js';
import type { InjectableClass, Token } from '../metadata/agent-metadata.js';
import { constructorTokens } from './constructor-tokens.js';
import { type Provider, type Resolver, tokenName } from './resolver.js';

export interface CreatedResolver {
  readonly resolver: Resolver;
  readonly faults: readonly Fault[];
}

/**
 * The default container for these classes and providers. Inversify stands behind it; it is loaded only when
 * something is there to inject.
 */
export async function createResolver(
  classes: readonly InjectableClass[],
  providers: readonly Provider[],
): Promise<CreatedResolver> {
  if (providers.length === 0 && classes.every((target) => constructorTokens(target).length === 0)) {
    return { resolver: new PlainResolver(), faults: [] };
  }
  const { inversifyResolver } = await import('./inversify-resolver.js');
  return { resolver: inversifyResolver(classes, providers), faults: missingProviders(classes, providers) };
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

/** Every constructor parameter, of whatever is provided, for which there is no provider. */
function missingProviders(classes: readonly InjectableClass[], providers: readonly Provider[]): readonly Fault[] {
  const known = new Set<Token>(classes);
  for (const provider of providers) known.add(typeof provider === 'function' ? provider : provider.provide);
  const faults: Fault[] = [];
  const targets = new Set(classes);
  for (const provider of providers) {
    if (typeof provider === 'function') targets.add(provider);
    else if ('useClass' in provider) targets.add(provider.useClass);
    else if ('useFactory' in provider) {
      for (const token of provider.inject ?? []) {
        if (!known.has(token)) faults.push(missing(`the factory of ${tokenName(provider.provide)}`, token));
      }
    }
  }
  for (const target of targets) {
    const tokens = constructorTokens(target);
    tokens.forEach((token, index) => {
      if (token !== undefined && known.has(token)) return;
      const parameters = tokens.map((other, at) => (at === index ? '?' : other === undefined ? '…' : tokenName(other)));
      faults.push(missingParameter(target, parameters, index, token));
    });
  }
  return faults;
}

function missingParameter(
  target: InjectableClass,
  parameters: readonly string[],
  index: number,
  token: Token | undefined,
): Fault {
  const signature = `${target.name}(${parameters.join(', ')})`;
  if (token === undefined) {
    return {
      code: 'provider-missing',
      message: `Cannot resolve the dependencies of ${signature}: parameter ${index + 1} has no class as its type.`,
      hint: `Write @Inject(TOKEN) before the parameter and add { provide: TOKEN, … } to \`providers\`. ${
        parameters.length > 0 && !Reflect.hasOwnMetadata('design:paramtypes', target)
          ? 'If its type is a class, the compiler has recorded no types: put a decorator on the class and set "emitDecoratorMetadata".'
          : ''
      }`.trim(),
      where: { class: target.name, argument: index },
    };
  }
  const name = tokenName(token);
  return {
    code: 'provider-missing',
    message: `Cannot resolve the dependencies of ${signature}: there is no provider for ${name}.`,
    hint:
      typeof token === 'function'
        ? `Add ${name} to \`providers\` of createEspalier.`
        : `Add { provide: ${name}, useValue: … } to \`providers\` of createEspalier.`,
    where: { class: target.name, argument: index },
  };
}

const missing = (what: string, token: Token): Fault => ({
  code: 'provider-missing',
  message: `Cannot resolve the dependencies of ${what}: there is no provider for ${tokenName(token)}.`,
  hint: errorCodes['provider-missing'].hint,
  where: {},
});
