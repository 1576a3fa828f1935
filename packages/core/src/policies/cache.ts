import type { Observable as ObservableType, Subscription } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import { ReplaySubject } from 'rxjs/internal/ReplaySubject';
import { type Duration, milliseconds } from '../clock/duration.js';
import { wholeNumber } from './check.js';
import type { Policy, PolicyEnv } from './policy.js';
import { type PolicyDecorator, recordPolicy } from './record-policy.js';

export interface CacheOptions {
  /** How long a result is good for. */
  readonly ttl: Duration;
  /** How many results are kept; the one that was used longest ago goes first. @default 1000 @minimum 1 */
  readonly max?: number;
  /** What makes two calls the same; pure. @default all inputs, as JSON with sorted keys */
  readonly key?: (...inputs: never[]) => string;
}

/**
 * Gives the earlier result for the same inputs, within one process. Calls with the same inputs at the same time share
 * one execution, which stops only when all of them are cancelled. Failures are not kept.
 * @example \@Cache({ ttl: '1h' })
 */
export function Cache(options: CacheOptions): PolicyDecorator {
  return recordPolicy(cachePolicy(options));
}

export function cachePolicy({ ttl, max = 1000, key }: CacheOptions): Policy {
  const lifetime = milliseconds(ttl, '@Cache({ ttl })');
  wholeNumber(max, '@Cache({ max })', 1);
  const keyOf = key as ((...inputs: unknown[]) => string) | undefined;
  const policy: Policy = Object.freeze<Policy>({
    kind: 'cache',
    options: { ttl: lifetime, max },
    apply: (source, env) =>
      new Observable((subscriber) => {
        const results = env.shared(policy, () => new ResultCache(max));
        const inputs = env.inputs();
        const id = keyOf === undefined ? stableJson(inputs) : keyOf(...inputs);
        return results.get(id, env, lifetime, source).subscribe(subscriber);
      }),
  });
  return policy;
}

interface Entry {
  readonly result: ReplaySubject<unknown>;
  subscribers: number;
  execution: Subscription | undefined;
  expires: number;
}

class ResultCache {
  readonly #max: number;
  /** In order of use, the one used longest ago first. */
  readonly #entries = new Map<string, Entry>();

  constructor(max: number) {
    this.#max = max;
  }

  get(id: string, { clock }: PolicyEnv, ttl: number, source: ObservableType<unknown>): ObservableType<unknown> {
    return new Observable((subscriber) => {
      let entry = this.#entries.get(id);
      if (entry !== undefined && entry.expires <= clock.now()) {
        this.#entries.delete(id);
        entry = undefined;
      }
      const shared = entry ?? this.#execute(id, source, () => clock.now() + ttl);
      this.#entries.delete(id);
      if (shared.expires > clock.now()) this.#entries.set(id, shared);
      shared.subscribers += 1;
      const subscription = shared.result.subscribe(subscriber);
      return () => {
        subscription.unsubscribe();
        shared.subscribers -= 1;
        if (shared.subscribers > 0 || shared.execution === undefined) return;
        shared.execution.unsubscribe();
        if (this.#entries.get(id) === shared) this.#entries.delete(id);
      };
    });
  }

  #execute(id: string, source: ObservableType<unknown>, expiry: () => number): Entry {
    const entry: Entry = {
      result: new ReplaySubject(1),
      subscribers: 0,
      execution: undefined,
      expires: Number.POSITIVE_INFINITY,
    };
    this.#entries.set(id, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#max) this.#entries.delete(oldest as string);
    let done = false;
    const execution = source.subscribe({
      next: (value) => entry.result.next(value),
      error: (error: unknown) => {
        done = true;
        entry.execution = undefined;
        entry.expires = Number.NEGATIVE_INFINITY;
        if (this.#entries.get(id) === entry) this.#entries.delete(id);
        entry.result.error(error);
      },
      complete: () => {
        done = true;
        entry.execution = undefined;
        entry.expires = expiry();
        entry.result.complete();
      },
    });
    if (!done) entry.execution = execution;
    return entry;
  }
}

/** JSON with sorted keys: the same for equal data, whatever the order in which it was written. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
