import type { MaybePromise } from '../journal/maybe-promise.js';
import type { InjectableClass, Token } from '../metadata/agent-metadata.js';

/** The port behind which a container stands: it gives the instances of agents and of what they need. */
export interface Resolver {
  get<T>(token: Token<T>): MaybePromise<T>;
}

/** What a container is told to provide: a class, or how to get the value of a token. */
export type Provider<T = unknown> =
  | InjectableClass<T>
  | { readonly provide: Token<T>; readonly useValue: T }
  | { readonly provide: Token<T>; readonly useClass: InjectableClass<T> }
  | {
      readonly provide: Token<T>;
      // biome-ignore lint/suspicious/noExplicitAny: the factory takes what `inject` names
      readonly useFactory: (...dependencies: any[]) => T | Promise<T>;
      readonly inject?: readonly Token[];
    };

/** A token as people read it. */
export function tokenName(token: unknown): string {
  if (typeof token === 'function') return token.name;
  return typeof token === 'symbol' ? token.toString() : `'${String(token)}'`;
}
