import type { Observable as ObservableType, Subscriber, TeardownLogic } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import type { AttemptObserver } from './invoke.js';
import type { NodeRun } from './node-run.js';
import type { Settlement } from './settlement.js';

/**
 * Records how the source came out, and only then emits it. Emits nothing when it is unsubscribed: it was cancelled.
 */
export function settled(run: NodeRun, source: ObservableType<unknown>): ObservableType<Settlement> {
  return new Observable((subscriber) => {
    const settling = new Settling(run, subscriber);
    const subscription = source.subscribe(settling);
    return () => {
      subscription.unsubscribe();
      settling.cancel();
    };
  });
}

/** Like {@link settled}, for a node without policies: its one attempt needs no observable of its own. */
export function settledAttempt(run: NodeRun): ObservableType<Settlement> {
  return new Observable((subscriber): TeardownLogic => {
    const settling = new Settling(run, subscriber);
    const close = run.attemptOnce(settling);
    return () => {
      close();
      settling.cancel();
    };
  });
}

/** Takes the one value of a node's attempts, then settles the node. */
class Settling implements AttemptObserver {
  readonly #run: NodeRun;
  readonly #subscriber: Subscriber<Settlement>;
  #output: unknown;
  #open = true;

  constructor(run: NodeRun, subscriber: Subscriber<Settlement>) {
    this.#run = run;
    this.#subscriber = subscriber;
  }

  next(value: unknown): void {
    this.#output = value;
  }

  error(error: unknown): void {
    this.#end('failed', error);
  }

  complete(): void {
    this.#end('completed', undefined);
  }

  add(teardown: TeardownLogic): void {
    this.#subscriber.add(teardown);
  }

  cancel(): void {
    if (this.#open) this.#run.execution.noteCancelled(this.#run);
  }

  #end(status: 'completed' | 'failed', error: unknown): void {
    if (!this.#open || this.#subscriber.closed) return;
    this.#open = false;
    this.#run.execution.settle(this.#run, status, this.#output, error, this.#subscriber);
  }
}
