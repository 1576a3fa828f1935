import type { CompiledNode, CompiledWorkflow } from '../boot/compiled-workflow.js';
import { isWithin, rootOf } from '../engine/node-paths.js';
import type { JournalRecord, NodeEndEvent } from '../events/event.js';
import { givenOutput } from '../migration/given-output.js';
import type { Json } from '../schema/json.js';
import { forkInvalid } from './fork-invalid.js';
import type { ForkOptions, OutputOverride } from './fork-options.js';
import { nodeOf } from './fork-place.js';

/** An output that a kept node, or one of its items, goes on with. */
export interface ReplacedOutput {
  readonly path: string;
  readonly node: CompiledNode;
  readonly output: Json | undefined;
}

/** Where outputs are replaced. */
interface Replacement {
  readonly runId: string;
  readonly compiled: CompiledWorkflow;
  /** The place that the fork begins at, and the nodes that run again because of it. */
  readonly from: string;
  readonly again: ReadonlySet<string>;
  /** The records that are kept. */
  readonly kept: readonly JournalRecord[];
}

/** @throws fork-invalid, not-plain-data */
export async function replacedOutputs(
  given: ForkOptions['outputs'],
  replacement: Replacement,
): Promise<readonly ReplacedOutput[]> {
  const replaced: ReplacedOutput[] = [];
  for (const { node: place, output } of overridesOf(given)) {
    const { runId, compiled } = replacement;
    const path = typeof place === 'string' ? place : nodeOf(compiled, place, runId).name;
    const node = checkedPlace(path, replacement);
    if (replaced.some((other) => other.path === path))
      throw forkInvalid(runId, `outputs: '${path}' is given two outputs`);
    const checked = await givenOutput(node, path, output);
    if ('problem' in checked) {
      throw forkInvalid(runId, `outputs: '${path}': ${checked.problem}`, { node: path, path: checked.path });
    }
    replaced.push({ path, node, output: checked.value });
  }
  return replaced;
}

/** The kept records with these outputs in place of those on record. What an item is part of settles again. */
export function withOutputs(
  kept: readonly JournalRecord[],
  replaced: readonly ReplacedOutput[],
): readonly Omit<JournalRecord, 'seq'>[] {
  if (replaced.length === 0) return kept;
  const byPath = new Map(replaced.map((one) => [one.path, one]));
  const around = new Set(replaced.flatMap(({ path }) => (path === rootOf(path) ? [] : [rootOf(path)])));
  const before = new Map<string, NodeEndEvent>();
  const records = kept.filter((record) => {
    if (record.type !== 'node-end' && record.type !== 'node-skip') return true;
    if (record.type === 'node-end' && record.status === 'completed') before.set(record.node, record);
    return !byPath.has(record.node) && !around.has(record.node);
  });
  const last = kept.at(-1) as JournalRecord | undefined;
  const ends = replaced.map(({ path, output }) => {
    const { attempt = 0, time = last?.time ?? 0, writes } = before.get(path) ?? {};
    return {
      ...{ v: 1, runId: '', seq: 0, time, type: 'node-end', node: path, attempt, status: 'completed' },
      ...(output === undefined ? {} : { output }),
      ...(writes === undefined ? {} : { writes }),
    } as NodeEndEvent;
  });
  return [...records, ...ends];
}

function overridesOf(given: ForkOptions['outputs'] = []): readonly OutputOverride[] {
  return Array.isArray(given)
    ? (given as readonly OutputOverride[])
    : Object.entries(given).map(([node, output]) => ({ node, output }));
}

/** A node that is kept, or one of its items. */
function checkedPlace(path: string, { runId, compiled, from, again, kept }: Replacement): CompiledNode {
  const root = rootOf(path);
  const node = nodeOf(compiled, root, runId);
  if (again.has(root) || isWithin(path, from) || isWithin(from, path)) {
    throw forkInvalid(runId, `outputs: '${path}' runs again, as '${from}' does: what it gives cannot be said before`);
  }
  if (path === root) return node;
  const items = kept.find((record) => record.type === 'node-fan-out' && record.node === root) as
    | { readonly count: number }
    | undefined;
  const item = /^\[(\d+)\]$/.exec(path.slice(root.length))?.[1];
  if (item !== undefined && items !== undefined && Number(item) < items.count) return node;
  const has = items === undefined ? 'has no items on record' : `has ${items.count} items`;
  throw forkInvalid(runId, `outputs: '${path}': expected a node or one of its items; '${root}' ${has}`);
}
