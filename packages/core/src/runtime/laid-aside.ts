import type { Rest } from '../journal/journal.js';
import type { OpenSuspension } from '../suspension/open-suspension.js';
import type { Suspension } from './run.js';

/** What is kept of a run that was laid aside. */
export interface LaidAside {
  readonly suspensions: readonly Suspension[];
  /** Paths of all that waits. */
  readonly waiting: readonly string[];
  /** Ends its listener and its timer. */
  readonly stop: () => void;
}

/** What a run rests for. @param deadline when it is over in any case, in milliseconds since the Unix epoch */
export function restOf(waits: readonly OpenSuspension[], deadline: number | undefined): Rest {
  const times = [...waits.map(({ until }) => until), deadline].filter((time) => time !== undefined);
  return {
    waits: waits.map(({ node, step }) => ({ node, step })),
    ...(times.length === 0 ? {} : { until: Math.min(...times) }),
  };
}
