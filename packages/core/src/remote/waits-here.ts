import type { SlotHolder } from '../execution/slots.js';
import type { OpenSuspension } from '../suspension/open-suspension.js';
import type { OpenSuspensions } from '../suspension/open-suspensions.js';
import type { SentSuspension } from './attempt-message.js';
import type { AttemptPlace } from './attempt-place.js';

/** What an attempt waits for that is made here: its run is told, and asked for a slot again. */
export class WaitsHere {
  readonly #open: OpenSuspensions;
  readonly #tell: AttemptPlace['tell'];
  /** The run's answer to the newest message: the attempt may go on. */
  #granted: Promise<void> | undefined;
  #stopped = false;

  constructor(open: OpenSuspensions, tell: AttemptPlace['tell']) {
    this.#open = open;
    this.#tell = tell;
  }

  begin(holder: SlotHolder): void {
    holder.waits += 1;
    holder.holdsSlot = false;
    this.#send(holder);
  }

  end(holder: SlotHolder): void {
    holder.waits -= 1;
    this.#send(holder);
  }

  /** Nothing is told any more. */
  stop(): void {
    this.#stopped = true;
  }

  /** Calls back when the run has given a slot. @returns what forgets it */
  whenSlot(holder: SlotHolder, then: () => void): () => void {
    let wanted = true;
    const goOn = (): void => {
      if (!wanted) return;
      if (holder.waits === 0) holder.holdsSlot = true;
      then();
    };
    if (holder.holdsSlot || this.#granted === undefined) goOn();
    else this.#granted.then(goOn);
    return () => {
      wanted = false;
    };
  }

  #send({ waits }: SlotHolder): void {
    if (this.#tell === undefined || this.#stopped) return;
    const open = this.#open.all().map(sent);
    // A run that could not be told misses no more than how the node stands, and a slot: that keeps nobody from going on.
    this.#granted = this.#tell({ open, waits }).catch(() => {});
  }
}

function sent({ node, attempt, step, signal, request, until, schema }: OpenSuspension): SentSuspension {
  return {
    ...{ node, attempt, step },
    ...(signal === undefined ? {} : { signal }),
    ...(request === undefined ? {} : { request }),
    ...(until === undefined ? {} : { until }),
    ...(schema === undefined ? {} : { answer: schema.jsonSchema }),
  };
}
