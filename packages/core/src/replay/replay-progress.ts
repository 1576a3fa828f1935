import { systemClock } from '../clock/system-clock.js';
import type { Divergence } from './replay-report.js';
import { turns } from './turns.js';

/**
 * How far a replay has come. It ends at the first divergence, when all that is on record has been met, or when the code
 * comes to nothing more of it.
 */
export class ReplayProgress {
  readonly #outcome = Promise.withResolvers<Divergence | undefined>();
  readonly #patience: number;
  readonly #stuck: () => Divergence | undefined;
  #left = 0;
  #steps = 0;
  #over = false;
  #cancel: () => void = () => {};

  /** @param stuck what is missing, once the code has done nothing on record for so long */
  constructor(patience: number, stuck: () => Divergence | undefined) {
    this.#patience = patience;
    this.#stuck = stuck;
  }

  get outcome(): Promise<Divergence | undefined> {
    return this.#outcome.promise;
  }

  get isOver(): boolean {
    return this.#over;
  }

  watch(): void {
    const seen = this.#steps;
    this.#cancel = systemClock.setTimer(this.#patience, () => {
      if (this.#steps === seen) this.end(this.#stuck());
      else this.watch();
    });
    this.#endIfMet();
  }

  expect(records: number): void {
    this.#left += records;
  }

  /** The code has come to what is on record. */
  met(): void {
    this.#left -= 1;
    this.moved();
    this.#endIfMet();
  }

  moved(): void {
    this.#steps += 1;
  }

  end(divergence?: Divergence): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancel();
    this.#outcome.resolve(divergence);
  }

  /** A fault of the engine's own. */
  fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancel();
    this.#outcome.reject(error);
  }

  /** What is done at once after the last record may still differ. */
  #endIfMet(): void {
    if (this.#left > 0) return;
    const seen = this.#steps;
    void turns().then(() => {
      if (this.#left <= 0 && this.#steps === seen) this.end();
    });
  }
}
