import type { CompiledWorkflow } from '../boot/compiled-workflow.js';
import type { StartBody } from '../engine/engine.js';
import { type MigratedRecords, migratedRecords } from '../engine/migrated-records.js';
import { rootOf } from '../engine/node-paths.js';
import { RecordedHistory } from '../engine/recorded-history.js';
import type { JournalRecord, RunStartEvent } from '../events/event.js';
import { migrateRun } from '../migration/migrate-run.js';
import { versionOf } from '../migration/version-of.js';
import { checkInput } from '../runtime/run-input.js';
import { withMarks } from './fork-marks.js';
import type { ForkOptions } from './fork-options.js';
import { forkPlace } from './fork-place.js';
import { dependentsOf, keptRecords } from './kept-records.js';
import { type ReplacedOutput, replacedOutputs, withOutputs } from './replaced-outputs.js';

/** A run that is to begin with what another has on record. */
export interface ForkPlan {
  readonly compiled: CompiledWorkflow;
  readonly start: StartBody;
  /** What it takes over; these records follow its first one. */
  readonly records: readonly JournalRecord[];
}

/**
 * What a fork begins with. Reads, and writes nothing.
 * @throws fork-invalid, input-invalid, not-plain-data, and what resuming the run under these workflows would throw
 */
export async function planFork(
  workflows: ReadonlyMap<string, CompiledWorkflow>,
  recorded: readonly JournalRecord[],
  { from, input, outputs }: ForkOptions,
  runId: string,
): Promise<ForkPlan> {
  const source = (recorded[0] as RunStartEvent).runId;
  const { compiled, view, history } = await currentView(workflows, recorded);
  const place = forkPlace(compiled, view.records, from, source);
  const again = dependentsOf(compiled.nodes, rootOf(place));
  const all = keptRecords(view.records, place, again);
  const replaced = await replacedOutputs(outputs, { runId: source, compiled, from: place, again, kept: all });
  const anew = begunAnew({ compiled, history, place, replaced, isInputNew: input !== undefined });
  const kept = all.filter((record) => 'node' in record && !anew.has(rootOf(record.node)));
  const records = withOutputs(kept, replaced).map((record, index) => {
    const { step, ...rest } = record as JournalRecord & { readonly step?: string };
    return { ...rest, ...(step === undefined ? {} : { step: ownStep(step, record, history) }), runId, seq: index + 1 };
  }) as JournalRecord[];
  const { parent: _parent, owner: _owner, v: _v, seq: _seq, time: _time, type: _type, ...start } = view.start;
  const fork = {
    runId: source,
    from: place,
    records: records.length,
    ...(replaced.length === 0 ? {} : { outputs: replaced.map(({ path }) => path) }),
  };
  const given = input === undefined ? start.input : await checkInput(compiled, source, input);
  const plan = {
    compiled,
    start: { ...start, runId, ...(given === undefined ? {} : { input: given }), fork },
    records,
  };
  return withMarks(plan, { source: recorded, replaced, isInputNew: input !== undefined });
}

/** The run as it would be resumed: under its own version, or migrated to a newer one. */
async function currentView(workflows: ReadonlyMap<string, CompiledWorkflow>, recorded: readonly JournalRecord[]) {
  const { compiled, migrates } = versionOf(workflows, migratedRecords(recorded).start);
  let records = recorded;
  if (migrates) {
    const { v, runId, time } = recorded.at(-1) as JournalRecord;
    records = [...recorded, { v, runId, seq: recorded.length, time, ...(await migrateRun(compiled, recorded)) }];
  }
  const view: MigratedRecords = migratedRecords(records);
  return { compiled, view, history: new RecordedHistory(records) };
}

interface ReplacedInputs {
  readonly compiled: CompiledWorkflow;
  readonly history: RecordedHistory;
  readonly place: string;
  readonly replaced: readonly ReplacedOutput[];
  readonly isInputNew: boolean;
}

/** Nodes that had begun and not finished begin anew where their inputs are not what they began with. */
function begunAnew({ compiled, history, place, replaced, isInputNew }: ReplacedInputs): ReadonlySet<string> {
  const given = new Set(replaced.map(({ path }) => rootOf(path)));
  const touched = isInputNew
    ? compiled.nodes.map(({ name }) => name)
    : [...given].flatMap((name) => [...dependentsOf(compiled.nodes, name)]);
  return new Set(
    touched.filter((name) => history.end(name) === undefined && !given.has(name) && name !== rootOf(place)),
  );
}

/** In a new run, nothing stands in the way of names that a node had to leave to an earlier version of itself. */
function ownStep(step: string, record: object, history: RecordedHistory): string {
  const suffix = history.suffixOf((record as { readonly node: string }).node);
  return suffix !== '' && step.endsWith(suffix) ? step.slice(0, -suffix.length) : step;
}
