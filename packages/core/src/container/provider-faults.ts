import { describeValue } from '../errors/espalier-error.js';
import type { Fault } from '../errors/graph-error.js';
import type { InjectableClass, Token } from '../metadata/agent-metadata.js';
import { constructorParameters, type Parameter } from './constructor-tokens.js';
import { injectedProperties } from './inversify-metadata.js';
import { type Provider, tokenName } from './resolver.js';

/** Something that a container makes: an instance of a class, or what a factory gives. */
interface Made {
  /** A class; nothing for a factory. */
  readonly target: InjectableClass | undefined;
  readonly name: string;
  readonly parameters: readonly Parameter[];
}

/** All that is wrong with what a container is to provide: no provider, missing ones, circles. */
export function providerFaults(classes: readonly InjectableClass[], providers: readonly Provider[]): readonly Fault[] {
  const malformed = providers.flatMap((provider, index) =>
    isProvider(provider) ? [] : [malformedProvider(provider, index)],
  );
  if (malformed.length > 0) return malformed;
  const made = new Map<Token, Made | undefined>(classes.map((target) => [target, madeByClass(target)]));
  for (const provider of providers) {
    if (typeof provider === 'function') made.set(provider, madeByClass(provider));
    else made.set(provider.provide, 'useValue' in provider ? undefined : madeBy(provider));
  }
  return [...missingProviders(made), ...propertyFaults(made), ...circles(made)];
}

/** Whether a value is one of the forms of a provider. After a circular import it may be nothing at all. */
function isProvider(provider: unknown): boolean {
  if (typeof provider === 'function') return true;
  if (typeof provider !== 'object' || provider === null) return false;
  const { provide, useClass, useFactory } = provider as Readonly<Record<string, unknown>>;
  if (!['string', 'symbol', 'function'].includes(typeof provide)) return false;
  return 'useValue' in provider || typeof useClass === 'function' || typeof useFactory === 'function';
}

const madeByClass = (target: InjectableClass): Made => ({
  target,
  name: target.name,
  parameters: constructorParameters(target),
});

function madeBy(provider: Exclude<Provider, InjectableClass | { readonly useValue: unknown }>): Made {
  if ('useClass' in provider) return madeByClass(provider.useClass);
  const parameters = (provider.inject ?? []).map((token) => ({ token, optional: false }));
  return { target: undefined, name: `the factory of ${tokenName(provider.provide)}`, parameters };
}

function missingProviders(made: ReadonlyMap<Token, Made | undefined>): readonly Fault[] {
  const faults: Fault[] = [];
  for (const one of new Set(made.values())) {
    one?.parameters.forEach(({ token, optional }, index) => {
      if (token === undefined ? !optional : !made.has(token)) faults.push(missing(one, index));
    });
  }
  return faults;
}

/** inversify fills properties after the constructor; here, only constructors take something. */
function propertyFaults(made: ReadonlyMap<Token, Made | undefined>): readonly Fault[] {
  return [...new Set(made.values())].flatMap((one) =>
    one?.target === undefined
      ? []
      : injectedProperties(one.target).map(
          (property): Fault => ({
            code: 'option-invalid',
            message: `@inject on ${one.name}.${property}: properties are not injected; it would be undefined.`,
            hint: `Write constructor(@Inject(TOKEN) readonly ${property}: …) {} in class ${one.name}.`,
            where: { class: `${one.name}.${property}` },
          }),
        ),
  );
}

function missing({ target, name, parameters }: Made, index: number): Fault {
  const token = parameters[index]?.token;
  const signature = parameters.map((other, at) =>
    at === index ? '?' : other.token === undefined ? '…' : tokenName(other.token),
  );
  const where = target === undefined ? {} : { class: name, argument: index };
  const subject = `Cannot resolve the dependencies of ${name}(${signature.join(', ')})`;
  if (token !== undefined) {
    const known = tokenName(token);
    const hint =
      typeof token === 'function'
        ? `Add ${known} to \`providers\` of createEspalier.`
        : `Add { provide: ${known}, useValue: … } to \`providers\` of createEspalier.`;
    return { code: 'provider-missing', message: `${subject}: there is no provider for ${known}.`, hint, where };
  }
  const unrecorded =
    target === undefined || Reflect.hasOwnMetadata('design:paramtypes', target)
      ? ''
      : ' If its type is a class, the compiler has recorded no types: put a decorator on the class and set "emitDecoratorMetadata".';
  return {
    code: 'provider-missing',
    message: `${subject}: parameter ${index + 1} has no class as its type.`,
    hint: `Write @Inject(TOKEN) before the parameter and add { provide: TOKEN, … } to \`providers\`.${unrecorded}`,
    where,
  };
}

/** What can never be made, because it needs itself. Does not recurse: chains may be long. */
function circles(made: ReadonlyMap<Token, Made | undefined>): readonly Fault[] {
  const faults: Fault[] = [];
  const done = new Set<Token>();
  const needs = (token: Token): readonly Token[] =>
    (made.get(token)?.parameters ?? []).flatMap(({ token: needed }) => (needed === undefined ? [] : [needed]));
  for (const start of made.keys()) {
    const path: Token[] = [];
    const open = new Set<Token>();
    const stack = [{ token: start, leaves: false }];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { token, leaves } = next;
      if (leaves) {
        path.pop();
        open.delete(token);
        done.add(token);
      } else if (open.has(token)) {
        faults.push(circle([...path.slice(path.indexOf(token)), token]));
      } else if (!done.has(token)) {
        path.push(token);
        open.add(token);
        stack.push({ token, leaves: true }, ...needs(token).map((needed) => ({ token: needed, leaves: false })));
      }
    }
  }
  return faults;
}

function circle(path: readonly Token[]): Fault {
  const [first] = path;
  return {
    code: 'dependency-cycle',
    message: `Constructors need each other in a circle: ${path.map(tokenName).join(' → ')}.`,
    hint: 'Move what both need into a class of its own, or hand one of them over in a method call.',
    where: typeof first === 'function' ? { class: first.name } : {},
  };
}

const malformedProvider = (provider: unknown, index: number): Fault => ({
  code: 'option-invalid',
  message: `providers[${index}]: expected a class or { provide, useValue | useClass | useFactory }, got ${describeValue(provider)}.`,
  hint: 'Pass the class itself; in a circular import it is undefined.',
  where: {},
});
