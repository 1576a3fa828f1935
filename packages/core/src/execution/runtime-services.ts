import type { Clock } from '../clock/clock.js';
import type { Workflow } from '../graph/workflow.js';
import type { Attempt } from './attempt.js';

/** What all runs of one runtime share. */
export interface RuntimeServices {
  readonly clock: Clock;
  /** A number in [0, 1). */
  random(): number;
  /** A random UUID. */
  uuid(): string;
  /** State of policies that outlives runs, one per key. */
  shared<T>(key: object, create: () => T): T;
  /** Runs a workflow as a child of an attempt and gives its output. */
  callChild(attempt: Attempt, childId: string, workflow: Workflow, input: unknown): Promise<unknown>;
}
