import type { Clock } from '../clock/clock.js';
import type { Engine } from '../engine/engine.js';
import type { RunEndStatus } from '../events/event.js';
import type { Workflow } from '../graph/workflow.js';
import type { Espalier } from './espalier.js';
import type { StartOptions } from './run.js';
import type { RunOutcome } from './run-outcome.js';
import type { StartOrder } from './start-order.js';

/**
 * Makes the runtime of `createEspalier({ engine })`: for engines that hold runs elsewhere than in the process that asks for
 * them, and that make one runtime for each run that they hold.
 */
export interface EngineFactory {
  connect(host: RuntimeHost): Promise<Espalier>;
}

/** What an engine is given: workflows whose graphs are proven, and runtimes of them. */
export interface RuntimeHost {
  readonly workflows: readonly Workflow[];
  /** Names this process. */
  readonly owner: string;
  readonly clock: Clock;
  /** A runtime of the workflows on an engine. It recovers no runs, and keeps those that wait in memory. */
  runtime(engine: Engine, surroundings?: HostedSurroundings): Espalier;
  /**
   * What a run is to be begun with elsewhere. Whether its input is what the workflow takes is found there.
   * @throws option-invalid, not-plain-data
   */
  order(workflow: Workflow, input: unknown, options: StartOptions): StartOrder;
  /** What the records of a run that has ended tell of its outcome. @throws run-unknown, run-changed, workflow-unknown */
  outcome(engine: Engine, runId: string, ended: EndedRun): Promise<RunOutcome>;
  /** Ends what was made for the workflows, once no run needs it any more. */
  dispose(): Promise<void>;
}

/** How a run ended. */
export interface EndedRun {
  readonly status: RunEndStatus;
  readonly output: unknown;
  readonly error: unknown;
}

/** What stands in the place of what the process has. */
export interface HostedSurroundings {
  readonly clock?: Clock;
  /** Gives numbers in [0, 1). */
  readonly random?: () => number;
}
