import type { ObservableInput, Observable as ObservableType, OperatorFunction } from 'rxjs';
import { throwError } from 'rxjs/internal/observable/throwError';
import { catchError } from 'rxjs/internal/operators/catchError';
import type { AgentClass, OutputOf, ParametersOf } from '../metadata/agent-class.js';
import { isFinal } from './final-error.js';
import type { Policy } from './policy.js';
import { recordPolicy } from './record-policy.js';

/** What `@Fallback` may stand on: an agent whose inputs the other takes, and whose output the other's may replace. */
export type Replaceable<Other extends AgentClass, Target extends AgentClass> = [OutputOf<Other>] extends [
  OutputOf<Target>,
]
  ? Takes<ParametersOf<Other>, ParametersOf<Target>> extends true
    ? unknown
    : { readonly 'The fallback takes other inputs than this agent': never }
  : { readonly 'The fallback gives another output than this agent': never };

/** Whether parameters take what others take. Either list may be shorter: `run()` need not name what it does not use. */
type Takes<Taken extends readonly unknown[], Given extends readonly unknown[]> = Given extends Taken
  ? true
  : [Required<Taken>, Required<Given>] extends [[infer T, ...infer Rest], [infer G, ...infer More]]
    ? [G] extends [T]
      ? Takes<Rest, More>
      : false
    : Taken['length'] extends 0
      ? true
      : Given['length'] extends 0
        ? true
        : false;

/**
 * Runs another agent on the same inputs when this one has failed for good. Its output stands in for this agent's, so
 * the compiler wants the same type. Cancellation and spent budgets are not caught.
 * @example \@Fallback(ExtractiveReader)
 */
export function Fallback<Other extends AgentClass>(
  other: Other,
): <Target extends AgentClass>(target: Target & Replaceable<Other, Target>) => void {
  const decorate = recordPolicy(fallbackPolicy(other));
  // On a method, which the compiler refuses, it is recorded as such: then the proof reports it.
  return (target: object, member?: string) => decorate(target, member);
}

export function fallbackPolicy(agent: AgentClass): Policy {
  return Object.freeze<Policy>({
    kind: 'fallback',
    options: { agent: typeof agent === 'function' ? agent.name : null },
    agent,
    apply: (source, env) => {
      const failure = env.replaced?.();
      if (failure !== undefined) return env.runAgent(agent, failure);
      return source.pipe(withFallback<unknown, unknown>((error) => env.runAgent(agent, error)));
    },
  });
}

/**
 * RxJS operator: goes on with another source when this one fails, unless it was cancelled or a budget is spent.
 * @example source$.pipe(withFallback(() => of('a default')))
 */
export function withFallback<T, R>(other: (error: unknown) => ObservableInput<R>): OperatorFunction<T, T | R> {
  return (source): ObservableType<T | R> =>
    source.pipe(catchError((error: unknown) => (isFinal(error) ? throwError(() => error) : other(error))));
}
