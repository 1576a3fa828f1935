import type { TeardownLogic } from 'rxjs';
import { Subscription } from 'rxjs/internal/Subscription';
import type { NodeRun } from './node-run.js';
import type { OpenRun, OpenRuns } from './open-runs.js';
import { Settling } from './settled.js';
import type { Settlement } from './settlement.js';

/** A run that comes down to one attempt, straight to its settlement: one object, where observables would be a dozen. */
export class PlainRun extends Settling implements OpenRun {
  place = -1;
  readonly #take: (settlement: Settlement) => void;
  readonly #open: OpenRuns;
  #close: (() => void) | undefined;
  #teardown: Subscription | undefined;

  /** @param run one that {@link NodeRun.isPlain} */
  constructor(run: NodeRun, take: (settlement: Settlement) => void, open: OpenRuns) {
    super(run);
    this.#take = take;
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
    this.#take(settlement);
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
