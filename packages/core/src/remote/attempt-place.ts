import type { Clock } from '../clock/clock.js';
import type { NodeEngine } from '../engine/engine.js';
import type { AttemptMessage } from './attempt-message.js';

/** Where one attempt is made: what the engine gives it. */
export interface AttemptPlace {
  /** Its steps, times and answers; what it records goes to the journal of the run. It makes no attempts elsewhere itself. */
  readonly engine: NodeEngine;
  /** Aborts when nobody waits for the attempt any more, with the reason that {@link AttemptControl.signal} has. */
  readonly signal?: AbortSignal;
  /** For the policies of tools and of agents inside the attempt. @default the clock of the runtime */
  readonly clock?: Clock;
  /**
   * Whether the run knows what the steps on record in `engine.history` have used: one that was resumed does. @default that
   * counts as used by the attempt, which was begun before and of which the run has had no result yet
   */
  readonly isCounted?: boolean;
  /** Carries a message to {@link AttemptControl.receive}, and resolves when that does. @default the run is told nothing */
  readonly tell?: (message: AttemptMessage) => Promise<void>;
}
