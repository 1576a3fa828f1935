import type { JournalRecord, NodeEndEvent, RunMigrateEvent, RunStartEvent } from '../events/event.js';
import { rootOf } from './node-paths.js';

/** A run's records in terms of the version that it goes on with. */
export interface MigratedRecords {
  /** The first record, with the version, graph and input of the newest migration. */
  readonly start: RunStartEvent;
  /** What counts of the records, under the names that nodes have now. */
  readonly records: readonly JournalRecord[];
  /** What does not count any more, but was spent all the same. */
  readonly dropped: readonly JournalRecord[];
  /** The records up to this `seq` were taken over: from another run by a fork, or from an earlier version. */
  readonly taken: number;
  /** Nodes that began anew though they had begun before: by name, the version that they began anew with. */
  readonly anew: ReadonlyMap<string, number>;
}

/** Reads the migrations among the records of a run. */
export function migratedRecords(records: readonly JournalRecord[]): MigratedRecords {
  const start = records[0] as RunStartEvent;
  let view: MigratedRecords = { start, records, dropped: [], taken: start.fork?.records ?? 0, anew: new Map() };
  if (!records.some(({ type }) => type === 'run-migrate')) return view;
  let current: JournalRecord[] = [];
  for (const record of records) {
    if (record.type === 'run-migrate') {
      view = migrated(view, current, record);
      current = [...view.records];
    } else current.push(record);
  }
  return { ...view, records: current };
}

function migrated(
  view: MigratedRecords,
  before: readonly JournalRecord[],
  migration: RunMigrateEvent,
): MigratedRecords {
  const { version, fingerprint, graph, input, keep, outputs, seq } = migration;
  const names = new Map(Object.entries(keep).map(([name, was]) => [was, name]));
  const records: JournalRecord[] = [];
  const dropped: JournalRecord[] = [...view.dropped];
  const begun = new Set(view.anew.keys());
  for (const record of before) {
    if (!('node' in record)) continue;
    const root = rootOf(record.node);
    begun.add(root);
    const name = names.get(root);
    if (name === undefined) dropped.push(record);
    else records.push(name === root ? record : { ...record, node: name + record.node.slice(root.length) });
  }
  for (const { node, output } of outputs) records.push(givenEnd(migration, node, output));
  const anew = new Map<string, number>();
  for (const name of new Set([...begun, ...Object.keys(keep)])) {
    const was = keep[name];
    const since = was === undefined ? version : view.anew.get(was);
    if (since !== undefined) anew.set(name, since);
  }
  const now = {
    version,
    fingerprint,
    ...(graph === undefined ? {} : { graph }),
    ...(input === undefined ? {} : { input }),
  };
  return { start: { ...view.start, ...now }, records, dropped, taken: seq, anew };
}

/** A node that counts as completed with an output that it was given. */
function givenEnd({ v, runId, seq, time }: JournalRecord, node: string, output: NodeEndEvent['output']): NodeEndEvent {
  const end = { v, runId, seq, time, type: 'node-end', node, attempt: 0, status: 'completed' } as const;
  return output === undefined ? end : { ...end, output };
}
