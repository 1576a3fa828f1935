import type { Clock } from '../clock/clock.js';
import { EspalierError } from '../errors/espalier-error.js';
import type { RefusedRun } from './recovery-options.js';

/** How often a run that fails here is tried again before it is left alone. */
const TRIES = 3;

/** Before the second try, in milliseconds; the pause before each further one is ten times as long. */
const PAUSE = 1000;

/** How many runs are remembered; the oldest are forgotten first, and may be told of a second time. */
const KEPT = 10_000;

interface Failure {
  readonly count: number;
  /** Infinite for never. */
  readonly notBefore: number;
}

/** What this process could not go on with. */
export class RecoveryFailures {
  readonly #clock: Clock;
  readonly #onRefused: (refused: RefusedRun) => void;
  readonly #failures = new Map<string, Failure>();

  constructor(clock: Clock, onRefused: (refused: RefusedRun) => void) {
    this.#clock = clock;
    this.#onRefused = onRefused;
  }

  mayTry(runId: string): boolean {
    const failure = this.#failures.get(runId);
    return failure === undefined || failure.notBefore <= this.#clock.now();
  }

  /** Notes that a run failed here: it is tried again where that may help. */
  note(run: Omit<RefusedRun, 'error'>, error: unknown): void {
    const { runId } = run;
    const count = (this.#failures.get(runId)?.count ?? 0) + 1;
    const mayHelp = !EspalierError.is(error) || error.retryable || error.code === 'run-fenced';
    if (!mayHelp || count > TRIES) {
      this.refuse({ ...run, error: described(runId, error) });
      return;
    }
    this.#keep(runId, { count, notBefore: this.#clock.now() + PAUSE * 10 ** (count - 1) });
  }

  /** Leaves a run alone, and tells of it once. @param reason tells once for all runs of which it is true */
  refuse(refused: RefusedRun, reason = refused.runId): void {
    if (this.#failures.get(reason)?.notBefore === Number.POSITIVE_INFINITY) return;
    this.#keep(reason, { count: 0, notBefore: Number.POSITIVE_INFINITY });
    try {
      this.#onRefused(refused);
    } catch {
      // Whoever listens has failed: that is no reason to leave other runs alone.
    }
  }

  #keep(reason: string, failure: Failure): void {
    this.#failures.delete(reason);
    this.#failures.set(reason, failure);
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= KEPT) return;
      this.#failures.delete(oldest);
    }
  }
}

const described = (runId: string, cause: unknown): EspalierError =>
  EspalierError.is(cause)
    ? cause
    : new EspalierError('run-parked', `Run '${runId}' could not go on here ${TRIES + 1} times.`, {
        hint: 'See `cause`.',
        where: { runId },
        cause,
      });
