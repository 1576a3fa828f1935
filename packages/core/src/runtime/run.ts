import type { Observable } from 'rxjs';
import type { Event, RunStatus } from '../events/event.js';
import type { Json } from '../schema/json.js';
import type { RunOutcome } from './run-outcome.js';

/** A signal that a run waits for. */
export interface Suspension {
  readonly node: string;
  /** What `espalier.signal` answers to. */
  readonly signal: string;
  readonly request: Json | undefined;
}

export interface StartOptions {
  /** @default a random UUID */
  readonly runId?: string;
  /** The conversation that the run goes on with: agents with `thread` read what was said before, and add to it. */
  readonly threadId?: string;
  /** Who asks: plain data that is recorded with the run and given to agents and tools as `ctx.identity`. */
  readonly identity?: unknown;
}

/** One execution of a workflow. */
export interface Run<Output = unknown> extends AsyncIterable<Event> {
  readonly id: string;
  readonly status: RunStatus;
  /** The output agent's result. Rejects with an EspalierError when the run does not complete. */
  readonly result: Promise<Output>;
  /** How the run ended, with partial results. Rejects only when there never was a run, or its journal failed. */
  readonly outcome: Promise<RunOutcome<Output>>;
  /** Everything that happens, from the run's first record on, whenever one subscribes. Completes after the end, or when the run is parked. */
  readonly events$: Observable<Event>;
  /** The signals that the run waits for. */
  readonly suspensions: readonly Suspension[];
  /** Stops the run: signals abort, nothing new starts, the run ends `cancelled`. @param reason told in the error */
  cancel(reason?: string): void;
}
