import type { Observable } from 'rxjs';

/**
 * A class that can be an agent: with `run`, or without one as a plain model agent. Without `object`, the compiler would
 * refuse a class that has tools and no `run`, for having nothing in common with a type of optional members only.
 */
export type AgentClass<Output = unknown> = abstract new (
  // biome-ignore lint/suspicious/noExplicitAny: a decorator's target has a constructor of any shape
  ...args: any[]
) => object & {
  // biome-ignore lint/suspicious/noExplicitAny: run() takes what its dependencies give
  run?(...args: any[]): Output | Promise<Output> | Observable<Output>;
};

/** What `run()` gives once it has settled; text for an agent without `run`. */
export type OutputOf<A> = A extends abstract new (
  // biome-ignore lint/suspicious/noExplicitAny: only the result is looked at
  ...args: any[]
) => infer Instance
  ? // biome-ignore lint/suspicious/noExplicitAny: only the result is looked at
    Instance extends { run(...args: any[]): infer Result }
    ? Settled<Result>
    : string
  : never;

/** What `run()` takes before the context. */
export type ParametersOf<A> = A extends abstract new (
  // biome-ignore lint/suspicious/noExplicitAny: only the parameters are looked at
  ...args: any[]
) => infer Instance
  ? // biome-ignore lint/suspicious/noExplicitAny: only the parameters are looked at
    Instance extends { run(...args: infer Parameters): any }
    ? Parameters
    : []
  : never;

type Settled<Result> = Result extends Observable<infer Value> ? Value : Awaited<Result>;
