import type { JournalRecord, RecordBody } from '../events/event.js';
import type { Json } from '../schema/json.js';
import { markRecord } from '../sensitive/mark-record.js';
import { maskRanges, maskRecord } from '../sensitive/mask-record.js';
import type { SensitiveValues } from '../sensitive/sensitive-values.js';
import { comparedData } from './compared-data.js';
import { type Difference, partAt } from './first-difference.js';
import type { Divergence, DivergenceKind } from './replay-report.js';

type Placed = JournalRecord | RecordBody;

/** What a step of each type is called. */
const titles: { readonly [T in JournalRecord['type']]?: string } = {
  'model-start': 'the request to the model',
  'tool-start': 'the tool call',
  'tool-end': 'the result of the tool',
  'node-suspend': 'what it waits for',
  'node-end': 'how it came out',
  'node-skip': 'why it is skipped',
  'node-fan-out': 'the number of its items',
  'node-retry': 'how the attempt failed',
  'node-fallback': 'how it failed',
  'run-end': 'how the run came out',
};

/** The code does the same step with other data. */
export function changedData(
  recorded: JournalRecord,
  now: RecordBody,
  { keys, path: given }: Difference,
  sensitive: SensitiveValues | undefined,
): Divergence {
  const marked = sensitive === undefined ? now : markRecord(now, sensitive);
  const before = partAt(comparedData(maskRecord(recorded)), keys);
  const after = partAt(comparedData(maskRecord(marked as JournalRecord)), keys);
  const path = sensitive === undefined ? given : maskRanges(given, sensitive.find(given));
  const title = titles[recorded.type] ?? `the ${recorded.type}`;
  return {
    kind: 'changed',
    ...placeOf(recorded),
    seq: recorded.seq,
    path,
    ...(before === undefined ? {} : { recorded: before }),
    ...(after === undefined ? {} : { now: after }),
    message: `${sentenceOf(recorded)}: ${title} is another one at ${path}: on record ${shown(before)}, now ${shown(after)}.`,
  };
}

/** The code does what is not on record, does not do what is, or does it in another order. */
export function otherStep(kind: Exclude<DivergenceKind, 'changed'>, at: Placed, what: string): Divergence {
  return {
    kind,
    ...placeOf(at),
    ...('seq' in at ? { seq: at.seq } : {}),
    message: `${sentenceOf(at)}: ${what}.`,
  };
}

function placeOf(record: Placed): Pick<Divergence, 'type' | 'node' | 'attempt' | 'step'> {
  const { type, node, attempt, step } = record as {
    readonly type: JournalRecord['type'];
    readonly node?: string;
    readonly attempt?: number;
    readonly step?: string;
  };
  return {
    type,
    ...(node === undefined ? {} : { node }),
    ...(attempt === undefined ? {} : { attempt }),
    ...(step === undefined ? {} : { step }),
  };
}

/** Where: `Node 'writer', attempt 2, step 'generate[1]/model[1]' (record 7)`. */
function sentenceOf(record: Placed): string {
  const { node, attempt, step } = placeOf(record);
  const seq = 'seq' in record ? ` (record ${record.seq})` : '';
  if (node === undefined) return `The run${seq}`;
  const tries = attempt === undefined || attempt === 0 ? '' : `, attempt ${attempt}`;
  return `Node '${node}'${tries}${step === undefined ? '' : `, step '${step}'`}${seq}`;
}

const LONGEST = 200;

function shown(value: Json | undefined): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
