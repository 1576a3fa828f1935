import { describeValue, EspalierError } from '../errors/espalier-error.js';
import type { RunEndStatus } from '../events/event.js';
import type { RunSummary } from './journal.js';

/** Which runs to list. What is not given does not matter. */
export interface RunFilter {
  readonly ended?: boolean;
  /** How they ended: none that has not. */
  readonly status?: RunEndStatus;
  /** Whether a process holds them. */
  readonly owned?: boolean;
  /** Name of the workflow. */
  readonly workflow?: string;
  /** Id of the run that called them; `null` for runs that none has called. */
  readonly parent?: string | null;
  /**
   * Not at rest at this time, in milliseconds since the Unix epoch: they could go on then. Listed in the order in which they
   * may, and in the order of their starts where that is the same.
   */
  readonly due?: number;
  /** The newest first, where `due` says nothing else. @default false */
  readonly newest?: boolean;
  /** Those behind this one, in the order of the list: the last of the page before. @throws run-unknown */
  readonly after?: string;
  /** How many at most. @default all @minimum 0 */
  readonly limit?: number;
}

/**
 * Whether a run is of those that are asked for, by what it is: not by when it is due, nor by its place in the list.
 *
 * @example runs.filter((run) => fitsFilter(run, { ended: false, workflow: 'refund' }))
 */
export const fitsFilter = (
  run: RunSummary,
  { ended, status, owned, workflow, parent }: Omit<RunFilter, 'due' | 'newest' | 'after' | 'limit'>,
): boolean =>
  (ended === undefined || run.ended === ended) &&
  (status === undefined || run.status === status) &&
  (owned === undefined || run.owned === owned) &&
  (workflow === undefined || run.workflow === workflow) &&
  (parent === undefined || (run.parent ?? null) === parent);

const isBoolean = (value: unknown): boolean => typeof value === 'boolean';
const isText = (value: unknown): boolean => typeof value === 'string';
const ends: readonly unknown[] = [
  'completed',
  'failed',
  'cancelled',
  'timed_out',
  'budget_exceeded',
] satisfies RunEndStatus[];

/** What each field may be, and how to say it. */
const fields: { readonly [Name in keyof Required<RunFilter>]: readonly [(value: unknown) => boolean, string] } = {
  ended: [isBoolean, 'true or false'],
  status: [(value) => ends.includes(value), `one of ${ends.join(', ')}`],
  owned: [isBoolean, 'true or false'],
  workflow: [isText, 'the name of a workflow'],
  parent: [(value) => value === null || isText(value), 'the id of a run, or null'],
  due: [(value) => typeof value === 'number' && !Number.isNaN(value), 'a time in milliseconds'],
  newest: [isBoolean, 'true or false'],
  after: [isText, 'the id of a run'],
  limit: [(value) => Number.isInteger(value) && (value as number) >= 0, 'a whole number from 0'],
};

/** @param call for messages. @throws option-invalid */
export function checkedFilter<F extends RunFilter>(filter: F, call = 'list'): F {
  if (filter === null || typeof filter !== 'object') {
    throw new EspalierError('option-invalid', `${call}(filter): expected an object, got ${describeValue(filter)}.`);
  }
  for (const [name, [holds, expected]] of Object.entries(fields)) {
    const value: unknown = filter[name as keyof RunFilter];
    if (value === undefined || holds(value)) continue;
    throw new EspalierError(
      'option-invalid',
      `${call}({ ${name} }): expected ${expected}, got ${describeValue(value)}.`,
    );
  }
  return filter;
}
