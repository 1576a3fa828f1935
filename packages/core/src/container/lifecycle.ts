import { EspalierError } from '../errors/espalier-error.js';
import { isPromise, type MaybePromise } from '../journal/maybe-promise.js';
import type { InjectableClass } from '../metadata/agent-metadata.js';
import { lifecycleMethods } from './inversify-metadata.js';

// A platform without explicit resource management has no such symbols: then nothing can be named by them.
const asyncDispose: unique symbol = (Symbol.asyncDispose ?? Symbol()) as never;
const dispose: unique symbol = (Symbol.dispose ?? Symbol()) as never;

type Methods = Readonly<Record<PropertyKey, (() => unknown) | undefined>>;

/** Something that a container has made, and how to end it. */
interface Made {
  readonly name: string;
  end(): Promise<void>;
}

/** Begins what a container makes, and ends it in reverse: nothing ends before what needs it. */
export class Lifecycle {
  readonly #made: Made[] = [];

  /** Runs the `@postConstruct` methods of a new instance; it may be used only after that. */
  begin<T extends object>(instance: T, target: InjectableClass<T>): MaybePromise<T> {
    const [first, ...others] = lifecycleMethods(target, 'postConstructMethodNames');
    if (first === undefined) return this.keep(instance, target);
    const call = (name: string | symbol): unknown => (instance as Methods)[name]?.();
    const result = call(first);
    if (others.length === 0 && !isPromise(result)) return this.keep(instance, target);
    return (async () => {
      await result;
      for (const name of others) await call(name);
      return this.keep(instance, target);
    })();
  }

  /** Remembers what has to be ended; most has nothing to end. @param target its class, for what inversify says of it */
  keep<T>(value: T, target?: InjectableClass): T {
    if (typeof value !== 'object' || value === null) return value;
    const names = target === undefined ? none : lifecycleMethods(target, 'preDestroyMethodNames');
    const own = value as Methods;
    const last = [own[asyncDispose], own[dispose]].find((method) => typeof method === 'function');
    if (names.size === 0 && last === undefined) return value;
    this.#made.push({
      name: target?.name ?? value.constructor?.name ?? 'an object',
      async end() {
        for (const name of names) await own[name]?.();
        await last?.call(value);
      },
    });
    return value;
  }

  /**
   * Ends everything that was made, each even where another fails.
   * @throws dispose-failed with the first failure as its cause
   */
  async end(): Promise<void> {
    const failures: { readonly name: string; readonly error: unknown }[] = [];
    for (let made = this.#made.pop(); made !== undefined; made = this.#made.pop()) {
      try {
        await made.end();
      } catch (error) {
        failures.push({ name: made.name, error });
      }
    }
    const [first] = failures;
    if (first === undefined) return;
    const names = failures.map(({ name }) => name).join(', ');
    const message = first.error instanceof Error ? first.error.message : String(first.error);
    throw new EspalierError('dispose-failed', `Ending ${names} failed: ${message}`, {
      where: { class: first.name },
      details: { classes: failures.map(({ name }) => name) },
      cause: first.error,
    });
  }
}

const none: ReadonlySet<string | symbol> = new Set();
