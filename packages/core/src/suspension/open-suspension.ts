import type { Json } from '../schema/json.js';
import type { SchemaOf } from '../schema/schema.js';

/** A signal that a node of a run waits for. */
export interface OpenSuspension {
  readonly node: string;
  readonly attempt: number;
  readonly step: string;
  /** What the answer is addressed to. */
  readonly signal: string;
  readonly schema: SchemaOf | undefined;
  readonly request: Json | undefined;
}
