import type { Observable } from 'rxjs';
import type { Clock } from '../clock/clock.js';
import type { ErrorWhere, SerializedError } from '../errors/espalier-error.js';
import type { AgentClass } from '../metadata/agent-class.js';
import type { Json } from '../schema/json.js';
import type { Bound } from './bound.js';

/** The policies, innermost first: `policies/order.ts` says how they nest. */
export type PolicyKind =
  | 'timeout'
  | 'concurrency'
  | 'rate-limit'
  | 'retry'
  | 'circuit-breaker'
  | 'fallback'
  | 'budget'
  | 'cache';

/** What a policy may ask of the node or tool that it guards. */
export interface PolicyEnv {
  /** Time. All waiting goes through it, so that it is virtual in tests and durable on a durable engine. */
  readonly clock: Clock;
  /** A number in [0, 1), for jitter. */
  random(): number;
  /** Where errors happened. */
  readonly where: ErrorWhere;
  /** The number of the attempt that was made last; 0 before the first. Counts attempts before a restart too. */
  attempt(): number;
  /** Records that attempt {@link attempt} failed and the next one starts `delay` ms from now. */
  retrying(error: unknown, delay: number): void;
  /** What is left of a pause that a restart has cut short, in milliseconds. @default nothing */
  pauseLeft?(): number;
  /**
   * Calls back when a further attempt may start: a node may have lost its slot to a wait. The time that takes is no part
   * of the attempt, so a timeout does not count it.
   * @returns what forgets it @default at once
   */
  whenReady?(then: () => void): () => void;
  /** State of a policy that outlives one call, such as a circuit breaker's: one per runtime and key. */
  shared<T>(key: object, create: () => T): T;
  /** What the node failed with for good before a restart, where a fallback has taken its place. @default nothing */
  replaced?(): SerializedError | undefined;
  /** Runs another agent on the same inputs, as a nested node: its path, records and policies are its own. */
  runAgent(agent: AgentClass, error: unknown): Observable<unknown>;
  /** The inputs of the call as plain data: what a cache key is made of. */
  inputs(): readonly unknown[];
}

/**
 * One policy of a node or tool: a frozen value that a decorator records and the pipeline applies.
 * Only the policy's own file knows its options.
 */
export interface Policy {
  readonly kind: PolicyKind;
  /** The options as plain data, for plans and fingerprints. */
  readonly options: Json;
  /** Wraps one call; the result emits at most one value. Subscribing again starts a new attempt. */
  apply(source: Observable<unknown>, env: PolicyEnv): Observable<unknown>;
  /** The agent that the policy runs in place of the node: a fallback. */
  readonly agent?: AgentClass;
  /** The same policy with state of its own, for one that keeps state: a default stands for each node by itself. */
  fresh?(): Policy;
  /** The worst case of the wrapped call, given the worst case of what it wraps. @default unchanged */
  bound?(inner: Bound): Bound;
}
