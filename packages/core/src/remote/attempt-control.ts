import type { AttemptMessage } from './attempt-message.js';

/** The run's side of an attempt that is made elsewhere. */
export interface AttemptControl {
  /**
   * Aborts when nobody waits for the attempt any more: it timed out, or the run stopped. Its reason is the error that the
   * attempt's own signal is to abort with; its code is `run-parked` where the run goes on elsewhere. The attempt is to give
   * its result even then: what it has spent counts.
   */
  readonly signal: AbortSignal;
  /**
   * Takes what the attempt tells. Resolves when it may go on: where it waits no longer, once the node has a slot again. An
   * engine that does not wait for that is a little above the workflow's `concurrency` at times, and nothing worse.
   */
  receive(message: AttemptMessage): Promise<void>;
}
