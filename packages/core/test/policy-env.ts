import { defer, type Observable, throwError } from 'rxjs';
import { VirtualClock } from '../src/clock/virtual-clock.js';
import type { PolicyEnv } from '../src/policies/policy.js';

export interface TestEnv extends PolicyEnv {
  readonly clock: VirtualClock;
  /** What was told of retries: attempt and delay. */
  readonly retries: (readonly [attempt: number, delay: number])[];
  /** Counts an attempt, as the runtime does when one starts. */
  counted(source: Observable<unknown>): Observable<unknown>;
}

/** What a node tells its policies, for tests of one policy: virtual time, and state that is shared like a runtime's. */
export function policyEnv(
  options: {
    readonly clock?: VirtualClock;
    readonly inputs?: readonly unknown[];
    readonly random?: number;
    readonly share?: Pick<PolicyEnv, 'shared'>;
    readonly runAgent?: PolicyEnv['runAgent'];
  } = {},
): TestEnv {
  const { clock = new VirtualClock(0), inputs = [], random = 0.5 } = options;
  const states = new Map<object, unknown>();
  const retries: (readonly [number, number])[] = [];
  let attempts = 0;
  return {
    clock,
    retries,
    random: () => random,
    where: { node: 'n' },
    attempt: () => attempts,
    retrying: (_error, delay) => retries.push([attempts, delay]),
    shared<T>(key: object, create: () => T): T {
      if (options.share !== undefined) return options.share.shared(key, create);
      if (!states.has(key)) states.set(key, create());
      return states.get(key) as T;
    },
    runAgent: options.runAgent ?? (() => throwError(() => new Error('there is no agent'))),
    inputs: () => inputs,
    counted: (source) =>
      defer(() => {
        attempts += 1;
        return source;
      }),
  };
}
