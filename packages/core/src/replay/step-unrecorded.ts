import type { StepKey } from '../engine/engine.js';
import { EspalierError } from '../errors/espalier-error.js';

/**
 * What a step is told that is not on record of an attempt that has completed there. A step that was cut off leaves no record:
 * where the code coped with that, it goes on as it did.
 */
export class StepUnrecorded extends EspalierError {
  readonly key: StepKey;

  constructor(key: StepKey) {
    super('agent-failed', `Step '${key.step}' of node '${key.node}' has no result on record.`, { retryable: false });
    this.key = key;
  }
}
