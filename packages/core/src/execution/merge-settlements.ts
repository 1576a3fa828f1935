import type { OperatorFunction, Subscriber as SubscriberType, TeardownLogic } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import { Subscriber } from 'rxjs/internal/Subscriber';
import { Subscription } from 'rxjs/internal/Subscription';
import type { NodeRun } from './node-run.js';
import { Settling } from './settled.js';
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
      subscriber.add(() => open.stopAll());
      return runs.subscribe({
        next: (run) => {
          if (run.isPlain) new PlainRun(run, subscriber, open).begin();
          else run.settlement().subscribe(new RunSubscriber(subscriber, open));
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
}

/** A node run that is followed. */
interface OpenRun {
  /** Its index among the open ones, or -1 once it has left them. */
  place: number;
  stop(): void;
}

/** The node runs that are followed. Each knows its place, so that leaving costs nothing. */
class OpenRuns {
  readonly #runs: OpenRun[] = [];

  enter(run: OpenRun): void {
    run.place = this.#runs.length;
    this.#runs.push(run);
  }

  /** The last one takes its place. @returns whether it was among them */
  leave(run: OpenRun): boolean {
    const { place } = run;
    if (place === -1) return false;
    run.place = -1;
    const last = this.#runs.pop() as OpenRun;
    if (last !== run) {
      this.#runs[place] = last;
      last.place = place;
    }
    return true;
  }

  stopAll(): void {
    for (const run of [...this.#runs]) run.stop();
  }
}

/** The one attempt of a node without policies, straight to its settlement. */
class PlainRun extends Settling implements OpenRun {
  place = -1;
  readonly #merged: SubscriberType<Settlement>;
  readonly #open: OpenRuns;
  #close: (() => void) | undefined;
  #teardown: Subscription | undefined;

  constructor(run: NodeRun, merged: SubscriberType<Settlement>, open: OpenRuns) {
    super(run);
    this.#merged = merged;
    this.#open = open;
  }

  begin(): void {
    this.#open.enter(this);
    this.#close = this.run.attemptOnce(this);
    if (this.place === -1) this.#close(); // it came out at once, or was stopped while it ran
  }

  add(teardown: TeardownLogic): void {
    this.#teardown ??= new Subscription();
    this.#teardown.add(teardown);
    if (this.place === -1) this.#teardown.unsubscribe();
  }

  emit(settlement: Settlement): void {
    if (this.place === -1) return;
    this.#merged.next(settlement);
    this.#leave();
  }

  stop(): void {
    this.#leave();
    this.cancel();
  }

  #leave(): void {
    if (!this.#open.leave(this)) return;
    this.#teardown?.unsubscribe();
    this.#close?.();
  }
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
