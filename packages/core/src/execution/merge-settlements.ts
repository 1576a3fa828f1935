import type { OperatorFunction, Subscriber as SubscriberType } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import { Subscriber } from 'rxjs/internal/Subscriber';
import type { NodeRun } from './node-run.js';
import { type OpenRun, OpenRuns } from './open-runs.js';
import { PlainRun } from './plain-run.js';
import type { Settlement } from './settlement.js';

/**
 * RxJS operator: follows what each node run does and emits how it came out, like `mergeMap` without a limit (the slots
 * are the limit). Every node of every run passes it, so it makes one object for a node without policies, where `mergeMap`
 * and an observable of its own make a dozen. Measured on a chain of 10,000: a third less garbage a node.
 */
export function mergeSettlements(): OperatorFunction<NodeRun, Settlement> {
  return (runs) =>
    new Observable((subscriber) => {
      const open = new OpenRuns();
      const take = (settlement: Settlement): void => subscriber.next(settlement);
      subscriber.add(() => open.stopAll());
      return runs.subscribe({
        next: (run) => {
          if (run.isPlain) new PlainRun(run, take, open).begin();
          else run.settlement().subscribe(new RunSubscriber(subscriber, open));
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
}

/** Takes the settlement of a node run that has policies, items or iterations. */
class RunSubscriber extends Subscriber<Settlement> implements OpenRun {
  place = -1;
  readonly #merged: SubscriberType<Settlement>;
  readonly #open: OpenRuns;

  constructor(merged: SubscriberType<Settlement>, open: OpenRuns) {
    super();
    this.#merged = merged;
    this.#open = open;
    open.enter(this);
  }

  stop(): void {
    this.unsubscribe();
  }

  override unsubscribe(): void {
    this.#open.leave(this);
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
}
