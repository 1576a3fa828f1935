import type { AttemptPlace } from './attempt-place.js';
import type { AttemptRequest } from './attempt-request.js';
import type { AttemptResult } from './attempt-result.js';

/** A runtime as an engine sees it that makes attempts in other processes than the one that holds the run. */
export interface EngineHost {
  /**
   * Makes one attempt of a node of a run that another process holds. What fails in it is in the result, and so is what it has
   * used when it is aborted.
   * @throws workflow-unknown, run-changed where the attempt cannot be made here
   */
  performAttempt(request: AttemptRequest, place: AttemptPlace): Promise<AttemptResult>;
}
