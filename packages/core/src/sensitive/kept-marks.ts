import { type Learner, type Marks, marksOf } from './learn.js';
import { learnFromMarks } from './learn-from-records.js';
import { marksOfFields } from './mark-record.js';
import { pointerOf } from './marks.js';
import { SensitiveValues } from './sensitive-values.js';

/** What a store keeps, with marks where it holds known sensitive values: later runs know them by these. */
export function markKept<T extends object>(kept: T, run: Learner | undefined): T & Marks {
  return run?.sensitive === undefined ? kept : { ...kept, ...marksOf(marksOfFields(kept, run.sensitive)) };
}

/** Takes up the sensitive values that it is marked to hold. @returns the marks of a record that has it at these keys */
export function learnKept(run: Learner | undefined, kept: Marks, at: readonly (string | number)[]): Marks {
  if (run === undefined || kept.sensitive === undefined) return {};
  run.sensitive ??= new SensitiveValues();
  learnFromMarks(kept, kept.sensitive, run.sensitive);
  return marksOf(kept.sensitive.map((mark) => pointerOf(at) + mark));
}
