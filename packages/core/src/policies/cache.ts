import type { Observable as ObservableType, Subscriber } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import { SafeSubscriber } from 'rxjs/internal/Subscriber';
import type { Clock } from '../clock/clock.js';
import { type Duration, milliseconds } from '../clock/duration.js';
import { describeValue } from '../errors/espalier-error.js';
import { checkOptions, invalidPolicy, optionalFunction, wholeNumber } from './check.js';
import { isFinal } from './final-error.js';
import type { Policy } from './policy.js';
import { type PolicyDecorator, recordPolicy } from './record-policy.js';

export interface CacheOptions {
  /** How long a result is good for. */
  readonly ttl: Duration;
  /** How many results are kept; the one that was used longest ago goes first. @default 1000 @minimum 1 */
  readonly max?: number;
  /**
   * What makes two calls the same; pure. Gets the inputs of `run()` without the context, and after them, under
   * `@Repeat`, the output of the iteration before. @default all of these, as JSON with sorted keys
   */
  readonly key?: (...inputs: never[]) => string;
}

/**
 * Gives the earlier result for the same inputs, within one process. Calls with the same inputs at the same time share
 * one execution, which belongs to the first of them: when that one is cancelled or its budget is spent, the next one
 * executes for itself and the rest. Failures are shared but not kept.
 * @example \@Cache({ ttl: '1h' })
 */
export function Cache(options: CacheOptions): PolicyDecorator {
  return recordPolicy(cachePolicy(options));
}

export function cachePolicy(options: CacheOptions): Policy {
  checkOptions(options, '@Cache', ['ttl', 'max', 'key']);
  const { ttl, max = 1000, key } = options;
  const lifetime = milliseconds(ttl, '@Cache({ ttl })');
  wholeNumber(max, '@Cache({ max })', 1);
  optionalFunction(key, '@Cache({ key })');
  const keyOf = (key as ((...inputs: unknown[]) => string) | undefined) ?? inputsKey;
  const policy: Policy = Object.freeze<Policy>({
    kind: 'cache',
    options: { ttl: lifetime, max },
    apply: (source, env) =>
      new Observable((subscriber) => {
        const results = env.shared(policy, () => new ResultCache(max, lifetime));
        const id: unknown = keyOf(...env.inputs());
        if (typeof id !== 'string') {
          throw invalidPolicy(`@Cache({ key }): expected it to give a string, got ${describeValue(id)}.`);
        }
        return results.get(id, env.clock, { source, subscriber });
      }),
    fresh: () => cachePolicy(options),
  });
  return policy;
}

/** A call that waits for a result, and could execute itself. */
interface Waiter {
  readonly source: ObservableType<unknown>;
  readonly subscriber: Subscriber<unknown>;
}

interface Entry {
  readonly id: string;
  /** In order of arrival; the first one executes. */
  readonly waiters: Set<Waiter>;
  execution: SafeSubscriber<unknown> | undefined;
  value: unknown;
  hasValue: boolean;
  /** When the result is no longer good; nothing while there is none. */
  expires: number | undefined;
}

/**
 * K1 Of calls with one key that overlap, one executes.
 * K2 At most `max` entries are kept, those that execute included.
 * K3 An execution ends with the call that it belongs to.
 */
class ResultCache {
  readonly #max: number;
  readonly #ttl: number;
  /** In order of use, the one used longest ago first. */
  readonly #entries = new Map<string, Entry>();

  constructor(max: number, ttl: number) {
    this.#max = max;
    this.#ttl = ttl;
  }

  /** @returns what ends the call */
  get(id: string, clock: Clock, waiter: Waiter): () => void {
    let entry = this.#entries.get(id);
    if (entry?.expires !== undefined && entry.expires <= clock.now()) entry = undefined;
    entry ??= { id, waiters: new Set(), execution: undefined, value: undefined, hasValue: false, expires: undefined };
    this.#keep(entry);
    if (entry.expires !== undefined) {
      give(entry, waiter);
      return () => {};
    }
    entry.waiters.add(waiter);
    if (entry.execution === undefined) this.#execute(entry, clock, waiter);
    return () => this.#leave(entry, clock, waiter);
  }

  #keep(entry: Entry): void {
    this.#entries.delete(entry.id);
    this.#entries.set(entry.id, entry);
    if (this.#entries.size > this.#max) this.#entries.delete(this.#entries.keys().next().value as string);
  }

  #forget(entry: Entry): void {
    if (this.#entries.get(entry.id) === entry) this.#entries.delete(entry.id);
  }

  #execute(entry: Entry, clock: Clock, owner: Waiter): void {
    const execution = new SafeSubscriber<unknown>({
      next: (value) => {
        entry.value = value;
        entry.hasValue = true;
      },
      error: (error: unknown) => this.#failed(entry, clock, owner, error),
      complete: () => {
        entry.expires = clock.now() + this.#ttl;
        for (const waiter of takeAll(entry)) give(entry, waiter);
      },
    });
    entry.execution = execution;
    owner.source.subscribe(execution);
  }

  #failed(entry: Entry, clock: Clock, owner: Waiter, error: unknown): void {
    if (isFinal(error)) {
      // It ends its own run, and says nothing to others.
      this.#leave(entry, clock, owner);
      owner.subscriber.error(error);
      return;
    }
    this.#forget(entry);
    for (const { subscriber } of takeAll(entry)) subscriber.error(error);
  }

  #leave(entry: Entry, clock: Clock, waiter: Waiter): void {
    const [owner] = entry.waiters;
    if (!entry.waiters.delete(waiter) || owner !== waiter) return;
    entry.execution?.unsubscribe();
    entry.execution = undefined;
    entry.hasValue = false;
    const [next] = entry.waiters;
    if (next === undefined) this.#forget(entry);
    else this.#execute(entry, clock, next);
  }
}

function takeAll(entry: Entry): readonly Waiter[] {
  const waiters = [...entry.waiters];
  entry.waiters.clear();
  entry.execution = undefined;
  return waiters;
}

function give({ value, hasValue }: Entry, { subscriber }: Waiter): void {
  if (hasValue) subscriber.next(value);
  subscriber.complete();
}

/** An input that is absent (`undefined`) is another one than `null`, which JSON does not tell apart in an array. */
const inputsKey = (...inputs: readonly unknown[]): string =>
  stableJson(inputs) + inputs.map((input, index) => (input === undefined ? `-${index}` : '')).join('');

/** JSON with sorted keys: the same for equal data, whatever the order in which it was written. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
