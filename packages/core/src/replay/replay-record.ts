import { migratedRecords } from '../engine/migrated-records.js';
import type { JournalRecord, NodeEndEvent, RunEndEvent, RunStartEvent } from '../events/event.js';
import { RecordedPath } from './recorded-path.js';

/** A run's records as a replay asks for them: by path. */
export class ReplayRecord {
  readonly start: RunStartEvent;
  /** All of them, as they are. */
  readonly records: readonly JournalRecord[];
  readonly end: RunEndEvent | undefined;
  /** What was taken over from another run, or from an earlier version, counts as it stands: up to this `seq`. */
  readonly taken: number;
  readonly #paths = new Map<string, RecordedPath>();

  constructor(records: readonly JournalRecord[]) {
    const view = migratedRecords(records);
    const last = records.at(-1);
    this.records = records;
    this.start = view.start;
    this.end = last?.type === 'run-end' ? last : undefined;
    this.taken = view.taken;
    for (const record of view.records) {
      if (record.type === 'node-start') this.#at(record.node).add(record);
    }
    // Steps of an agent that a conversation was handed to belong to the attempt that handed it over.
    for (const record of view.records) {
      if (!('node' in record) || record.type === 'node-start') continue;
      const path = 'step' in record ? (this.runOf(record.node)?.path ?? record.node) : record.node;
      this.#at(path).add(record);
    }
  }

  /** What is on record of a path; nothing where nothing is. */
  path(path: string): RecordedPath | undefined {
    return this.#paths.get(path);
  }

  paths(): Iterable<RecordedPath> {
    return this.#paths.values();
  }

  /** The run of a node whose attempts a path is part of: the path itself, or the one it was handed over from. */
  runOf(path: string): RecordedPath | undefined {
    for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
      const known = this.#paths.get(at);
      if (known !== undefined && known.starts.size > 0) return known;
    }
    return undefined;
  }

  /**
   * How a node settled without doing anything that could be done again: with a result that was taken over, or from a cache,
   * or turned down by a policy before its first attempt.
   */
  settledOtherwise(path: string): NodeEndEvent | undefined {
    const known = this.#paths.get(path);
    if (known?.end?.type !== 'node-end') return undefined;
    if (known.end.seq <= this.taken) return known.end;
    const code = known.end.error?.code;
    const isComputed = code === 'condition-failed' || code === 'fan-out-exceeded';
    return isComputed || this.#hasDone(known) ? undefined : known.end;
  }

  /** Whether a path, or what it is part of, was taken over as it stands. */
  isGiven(path: string): boolean {
    for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.search(/[[@/][^[@/]*$/)))) {
      const end = this.#paths.get(at)?.end;
      if (end?.type === 'node-skip' ? end.seq <= this.taken : this.settledOtherwise(at) !== undefined) return true;
    }
    return false;
  }

  #hasDone({ path, starts, fanOut }: RecordedPath): boolean {
    return starts.size > 0 || fanOut !== undefined || this.#paths.has(`${path}@1`);
  }

  #at(path: string): RecordedPath {
    let known = this.#paths.get(path);
    if (known === undefined) {
      known = new RecordedPath(path);
      this.#paths.set(path, known);
    }
    return known;
  }
}
