import type { EngineRun } from '../engine/engine.js';
import { deserializeError } from '../errors/espalier-error.js';
import type { Execution } from '../execution/execution.js';
import type { AttemptObserver } from '../execution/invoke.js';
import type { NodeRun } from '../execution/node-run.js';
import { isPromise, type MaybePromise } from '../journal/maybe-promise.js';
import type { Loan } from '../policies/budget-ledger.js';
import { toPlain } from '../schema/plain.js';
import { receiveValues } from '../sensitive/sent-values.js';
import { markEntry } from '../sensitive/thread-marks.js';
import type { AttemptResult } from './attempt-result.js';
import { sendAttempt } from './send-attempt.js';
import { WaitsElsewhere } from './waits-elsewhere.js';
import { whenLent } from './when-lent.js';

/**
 * One attempt that the engine makes elsewhere, as its run sees it.
 *
 * E1 What it has used counts, whatever has become of it meanwhile: its result comes even where nobody waits for it.
 * E2 What it lends of a budget nobody else can spend until that result is there.
 * E3 Only what came in time counts of the rest: output, writes, steps, and what it said to the thread.
 */
export class AttemptElsewhere {
  readonly #run: NodeRun;
  readonly #observer: AttemptObserver;
  readonly #over = new AbortController();
  readonly #waits: WaitsElsewhere;
  readonly #letGo: () => void;
  #loan: Loan | undefined;
  #leaveQueue: (() => void) | undefined;
  #open = true;

  constructor(run: NodeRun, attempt: number, observer: AttemptObserver) {
    const execution = run.execution as Execution;
    this.#run = run;
    this.#observer = observer;
    this.#waits = new WaitsElsewhere(run);
    this.#letGo = execution.keepAwake();
    const { ledger } = run;
    if (ledger === undefined) this.#begin(execution, attempt);
    else {
      this.#leaveQueue = whenLent(ledger, run.compiled.agent, execution, (loan) => {
        this.#loan = loan;
        this.#begin(execution, attempt);
      });
    }
  }

  /** Nobody waits for it any more. */
  close(): void {
    if (!this.#open) return;
    this.#leave();
    this.#over.abort(this.#run.overReason());
  }

  #begin(execution: Execution, attempt: number): void {
    this.#make(execution, attempt)
      .then(
        (result) => this.#take(result),
        (error: unknown) => this.#lose(error),
      )
      .catch((fault: unknown) => execution.broke(fault)); // a fault of the engine's own parks the run, it does not hang
  }

  async #make({ engine, workflow }: Execution, attempt: number): Promise<AttemptResult> {
    const request = sendAttempt(this.#run, workflow, attempt, this.#loan);
    const { signal } = this.#over;
    const receive = this.#waits.take.bind(this.#waits);
    return (engine.attempt as NonNullable<EngineRun['attempt']>)(request, { signal, receive });
  }

  async #take(result: AttemptResult): Promise<void> {
    const { execution } = this.#run;
    this.#loan?.settle(result.spent ?? {});
    if (result.usage !== undefined) execution.usage.restore(result.usage);
    receiveValues(execution.engine, result.sensitive);
    if (!this.#open) return;
    this.#run.takeSteps(result.steps);
    if (result.error !== undefined) {
      this.#fail(deserializeError(result.error));
      return;
    }
    try {
      const kept = this.#keepInThread(result);
      if (isPromise(kept)) await kept;
    } catch (error) {
      this.#fail(error);
    }
    this.#complete(result);
  }

  #complete({ output, writes, states }: AttemptResult): void {
    if (!this.#open) return;
    this.#leave();
    this.#run.takeWrites(writes, states);
    this.#observer.next(toPlain(output, { node: this.#run.path }));
    this.#observer.complete();
  }

  #keepInThread({ thread: entries }: AttemptResult): MaybePromise<void> {
    const { execution } = this.#run;
    if (entries === undefined || execution.thread === undefined) return;
    const { sensitive } = execution.engine;
    const marked = entries.map((entry) => markEntry(entry, sensitive));
    return execution.keepInThread(execution.thread, marked);
  }

  /** It is not known what it has used: as of a process that died, only what is on record counts. */
  #lose(error: unknown): void {
    this.#loan?.release();
    this.#fail(error);
  }

  #fail(error: unknown): void {
    if (!this.#open) return;
    this.#leave();
    this.#observer.error(error);
  }

  #leave(): void {
    this.#open = false;
    this.#leaveQueue?.();
    this.#waits.end();
    this.#letGo();
  }
}
