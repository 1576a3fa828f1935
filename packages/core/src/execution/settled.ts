import type { Observable as ObservableType, Subscriber, TeardownLogic } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import type { AttemptObserver } from './invoke.js';
import type { NodeRun } from './node-run.js';
import type { Settlement } from './settlement.js';

/** Records how the source came out, and only then emits it. Emits nothing when it is unsubscribed: it was cancelled. */
export function settled(run: NodeRun, source: ObservableType<unknown>): ObservableType<Settlement> {
  return new Observable((subscriber) => {
    const settling = new SubscribedSettling(run, subscriber);
    const subscription = source.subscribe(settling);
    return () => {
      subscription.unsubscribe();
      settling.cancel();
    };
  });
}

/** Takes the one value of a node's attempts, then settles the node. */
export abstract class Settling implements AttemptObserver {
  protected readonly run: NodeRun;
  #output: unknown;
  #open = true;

  constructor(run: NodeRun) {
    this.run = run;
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

  abstract add(teardown: TeardownLogic): void;

  /** The settlement is on record. */
  abstract emit(settlement: Settlement): void;

  /** Nobody waits for it any more. */
  cancel(): void {
    if (!this.#open) return;
    this.#open = false;
    this.run.execution.noteCancelled(this.run);
  }

  #end(status: 'completed' | 'failed', error: unknown): void {
    if (!this.#open) return;
    this.#open = false;
    this.run.execution.settle(this.run, status, this.#output, error, this);
  }
}

class SubscribedSettling extends Settling {
  readonly #subscriber: Subscriber<Settlement>;

  constructor(run: NodeRun, subscriber: Subscriber<Settlement>) {
    super(run);
    this.#subscriber = subscriber;
  }

  add(teardown: TeardownLogic): void {
    this.#subscriber.add(teardown);
  }

  emit(settlement: Settlement): void {
    this.#subscriber.next(settlement);
    this.#subscriber.complete();
  }
}
