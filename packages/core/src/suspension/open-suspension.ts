import type { Json } from '../schema/json.js';
import type { SchemaOf } from '../schema/schema.js';

/** An answer or a time that a node of a run waits for. */
export interface OpenSuspension {
  readonly node: string;
  readonly attempt: number;
  readonly step: string;
  /** What the answer is addressed to; nothing for a timer. */
  readonly signal: string | undefined;
  readonly schema: SchemaOf | undefined;
  readonly request: Json | undefined;
  /** When it is over in any case, in milliseconds since the Unix epoch. */
  readonly until: number | undefined;
}

/** One that is answered. */
export type OpenSignal = OpenSuspension & { readonly signal: string };
