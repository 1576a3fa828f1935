import { rootOf } from '../engine/node-paths.js';
import type { JournalRecord } from '../events/event.js';
import { sensitiveOutput } from '../execution/settlement-marks.js';
import { type Learner, learn, learnShape, marksOf } from '../sensitive/learn.js';
import { learnFromRecords } from '../sensitive/learn-from-records.js';
import { markRecord } from '../sensitive/mark-record.js';
import type { ForkPlan } from './plan-fork.js';
import type { ReplacedOutput } from './replaced-outputs.js';

interface ForkedFrom {
  /** The records of the run that is forked. */
  readonly source: readonly JournalRecord[];
  readonly replaced: readonly ReplacedOutput[];
  readonly isInputNew: boolean;
}

/** The plan with marks of the sensitive values that are new in it; those of what is kept stand. */
export function withMarks(
  { compiled, start, records }: ForkPlan,
  { source, replaced, isInputNew }: ForkedFrom,
): ForkPlan {
  const known: Learner = { sensitive: learnFromRecords(source) };
  const { sensitive = [], ...begun } = start;
  const marks = isInputNew ? learn(known, compiled.input, begun.input, ['input']) : marksOf(sensitive);
  const changed = new Map(
    replaced.flatMap(({ path, node }) => [path, rootOf(path)].map((place) => [place, node] as const)),
  );
  const marked = records.map((record) => {
    const node = record.type === 'node-end' ? changed.get(record.node) : undefined;
    if (record.type !== 'node-end' || node === undefined) return record;
    const shape = record.node === node.name ? sensitiveOutput(node) : node.agent.output?.sensitive;
    const { sensitive: _stale, ...rest } = record;
    const own = shape === undefined ? {} : learnShape(known, shape, record.output, ['output']);
    const again = { ...rest, ...own };
    return known.sensitive === undefined ? again : markRecord(again, known.sensitive);
  });
  return { compiled, start: { ...begun, ...marks }, records: marked };
}
