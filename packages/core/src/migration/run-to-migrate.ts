import { migratedRecords } from '../engine/migrated-records.js';
import { rootOf } from '../engine/node-paths.js';
import { RecordedHistory } from '../engine/recorded-history.js';
import type { JournalRecord, NodeStatus } from '../events/event.js';
import type { GraphShape } from '../graph/fingerprint.js';
import type { NodeToMigrate, NodeWait, RunToMigrate } from './migration.js';

/** What the records tell a migration. */
export function runToMigrate(records: readonly JournalRecord[]): RunToMigrate {
  const history = new RecordedHistory(records);
  const { runId, version, input, identity, graph } = history.start;
  const waits = openWaits(migratedRecords(records).records, history);
  const begun = new Set(
    migratedRecords(records).records.flatMap((record) => ('node' in record ? [rootOf(record.node)] : [])),
  );
  const node = (name: string, inputs: readonly string[]): NodeToMigrate => {
    const end = history.end(name);
    const own = waits.filter(({ node: path }) => rootOf(path) === name);
    const open: NodeStatus = own.length > 0 ? 'suspended' : begun.has(name) ? 'running' : 'pending';
    if (end === undefined) return { status: open, inputs, waits: own };
    if (end.type === 'node-skip') return { status: 'skipped', inputs, waits: [] };
    const { status, output, error } = end;
    return {
      status,
      ...(output === undefined ? {} : { output }),
      ...(error === undefined ? {} : { error }),
      inputs,
      waits: [],
    };
  };
  const shape = graph as unknown as GraphShape;
  const nodes = shape.nodes.filter(({ name }) => !name.startsWith('('));
  return {
    runId,
    version,
    input,
    identity,
    nodes: Object.fromEntries(nodes.map(({ name, inputs }) => [name, node(name, inputs)])),
  };
}

function openWaits(records: readonly JournalRecord[], history: RecordedHistory): readonly NodeWait[] {
  return records.flatMap((record) => {
    if (record.type !== 'node-suspend' || history.step(record) !== undefined) return [];
    const { node, signal, request, until } = record;
    return [
      {
        node,
        ...(signal === undefined ? {} : { signal }),
        ...(request === undefined ? {} : { request }),
        ...(until === undefined ? {} : { until }),
      },
    ];
  });
}
