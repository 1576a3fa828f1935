import type { StateWrite } from '../events/event.js';
import type { NodeRun } from './node-run.js';

/** How one run of a node came out. A cancelled one never settles: its subscription just ends. */
export interface Settlement {
  readonly run: NodeRun;
  readonly status: 'completed' | 'failed';
  readonly output: unknown;
  readonly error: unknown;
  readonly writes: readonly StateWrite[];
}

export const noWrites: readonly StateWrite[] = Object.freeze([]);
