import {
  type Clock,
  deserializeError,
  EspalierError,
  type Event,
  iterateEvents,
  type Run,
  type RunEndStatus,
  type RunOutcome,
  type RunStatus,
  type Suspension,
} from '@espalier/core';
import type { RunEnding } from '../wire.js';
import { StatusOfEvents } from './status-of-events.js';

/** All that happens in a run. */
export type RunEvents = Run['events$'];

/** How a handle reaches its run. */
export interface RunAccess {
  readonly clock: Clock;
  /** Asks for the run to begin, or finds that it has. @throws run-exists */
  begin(): Promise<void>;
  /** How it came out, once it has. */
  ending(): Promise<RunEnding>;
  events(): RunEvents;
  /** What its records tell of how it came out. */
  outcome(status: RunEndStatus, output: unknown, error: unknown): Promise<RunOutcome>;
  cancel(reason: string): Promise<void>;
}

/** A run that is held elsewhere, as this process sees it. */
export class RemoteRun<Output> implements Run<Output> {
  readonly id: string;
  readonly result: Promise<Output>;
  readonly #access: RunAccess;
  readonly #begun: Promise<void>;
  readonly #ending: Promise<RunEnding>;
  #ended: RunEndStatus | undefined;
  #seen: StatusOfEvents | undefined;
  #outcome: Promise<RunOutcome<Output>> | undefined;

  constructor(id: string, access: RunAccess) {
    this.id = id;
    this.#access = access;
    this.#begun = access.begin();
    this.#ending = this.#begun.then(() => access.ending());
    this.result = this.#ending.then((ending) => {
      this.#ended = ending.status as RunEndStatus | undefined;
      if (ending.status === 'completed') return ending.output as Output;
      throw errorOf(id, ending);
    });
    this.result.catch(() => {}); // nobody has to wait for it
  }

  /** What this process has heard of it: from its events, which are followed once somebody asks. */
  get status(): RunStatus {
    return this.#ended ?? this.#follow().status;
  }

  get suspensions(): readonly Suspension[] {
    return this.#ended === undefined ? this.#follow().suspensions : [];
  }

  get outcome(): Promise<RunOutcome<Output>> {
    this.#outcome ??= this.#readOutcome();
    return this.#outcome;
  }

  get events$(): RunEvents {
    return this.#access.events();
  }

  [Symbol.asyncIterator](): AsyncIterator<Event> {
    return iterateEvents(this.events$);
  }

  cancel(reason = 'no reason given'): void {
    const cancelled = this.#begun.then(() => this.#access.cancel(reason));
    cancelled.catch(() => {}); // it has ended otherwise: the outcome tells
  }

  async #readOutcome(): Promise<RunOutcome<Output>> {
    const ending = await this.#ending;
    if (ending.status === undefined) throw errorOf(this.id, ending);
    const error = ending.error === undefined ? undefined : deserializeError(ending.error);
    return (await this.#access.outcome(ending.status as RunEndStatus, ending.output, error)) as RunOutcome<Output>;
  }

  #follow(): StatusOfEvents {
    this.#seen ??= new StatusOfEvents(this.events$);
    return this.#seen;
  }
}

const errorOf = (runId: string, { status, error }: RunEnding): unknown =>
  error === undefined
    ? new EspalierError('run-failed', `Run '${runId}' ended ${status}.`, { where: { runId } })
    : deserializeError(error);
