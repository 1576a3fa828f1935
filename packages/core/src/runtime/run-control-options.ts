import type { EngineRun } from '../engine/engine.js';
import type { BudgetLedger } from '../policies/budget-ledger.js';
import type { Json } from '../schema/json.js';
import type { SensitiveValues } from '../sensitive/sensitive-values.js';

/** What a run is given besides its workflow and input. */
export interface RunControlOptions {
  readonly runId: string;
  readonly identity: Json | undefined;
  readonly threadId?: string | undefined;
  readonly parent: { readonly runId: string; readonly node: string } | undefined;
  /** The budget that this run's is a part of. */
  readonly ledger: BudgetLedger | undefined;
  /** A run that was taken over; nothing for a new one. */
  readonly engineRun: EngineRun | undefined;
  readonly onEnd: () => void;
  /** What its parent knows to be sensitive. */
  readonly sensitive?: SensitiveValues | undefined;
  /** Told when the run rests, and when it goes on. */
  readonly onRest?: (rests: boolean) => void;
}
