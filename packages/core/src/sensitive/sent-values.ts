import type { Learner } from './learn.js';
import { SensitiveValues } from './sensitive-values.js';

/** The sensitive values that a run knows, as plain data. @param without leaves out what is known elsewhere */
export function sendValues(
  { sensitive }: Learner,
  without: readonly (string | number)[] = [],
): readonly (string | number)[] {
  if (sensitive === undefined) return [];
  const known = new Set(without);
  return [...sensitive.values()].filter((value) => !known.has(value));
}

/** Takes up values that another process has sent. */
export function receiveValues(run: Learner, values: readonly (string | number)[] = []): void {
  if (values.length === 0) return;
  run.sensitive ??= new SensitiveValues();
  for (const value of values) run.sensitive.add(value);
}
