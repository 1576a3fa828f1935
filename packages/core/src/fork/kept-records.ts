import type { CompiledNode } from '../boot/compiled-workflow.js';
import { isWithin, rootOf } from '../engine/node-paths.js';
import type { JournalRecord } from '../events/event.js';

/** The names of the nodes that run again when one does: all that depend on it, at any distance; not the node itself. */
export function dependentsOf(nodes: readonly CompiledNode[], name: string): ReadonlySet<string> {
  const again = new Set<string>();
  const first = nodes.find((node) => node.name === name);
  const left = [...(first?.graph.children ?? [])];
  for (let index = left.pop(); index !== undefined; index = left.pop()) {
    const node = nodes[index] as CompiledNode;
    if (again.has(node.name)) continue;
    again.add(node.name);
    left.push(...node.graph.children);
  }
  return again;
}

/**
 * The records of nodes that a fork keeps, in order.
 *
 * Of the node that the fork's place lies in, all is kept that does not come after the place: its other items, its earlier
 * iterations; of a node around a nested agent, what it did before that agent began. That is what a crash at that moment
 * would have left, so the run can go on from it.
 * @param from the place: a node, or a path in one
 * @param again the nodes that depend on it
 */
export function keptRecords(
  records: readonly JournalRecord[],
  from: string,
  again: ReadonlySet<string>,
): readonly JournalRecord[] {
  const root = rootOf(from);
  const begins = records.findIndex((record) => 'node' in record && isWithin(record.node, from));
  return records.filter((record, index) => {
    if (!('node' in record) || (record.type === 'node-end' && record.status === 'cancelled')) return false;
    const at = rootOf(record.node);
    if (at !== root) return !again.has(at);
    return from !== root && precedes(record, from, index < begins);
  });
}

/** Whether a record of the same node is kept. @param earlier whether it stands before the first one of the place */
function precedes(record: JournalRecord & { readonly node: string }, from: string, earlier: boolean): boolean {
  const { node: path } = record;
  if (isWithin(path, from)) return false;
  const parts = partsOf(from);
  const others = partsOf(path);
  const at = others.findIndex((part, index) => part !== parts[index]);
  const next = parts[at === -1 ? others.length : at] as string;
  if (next.startsWith('/')) return earlier; // a nested agent is a part of what runs around it
  if (at === -1) return record.type !== 'node-end'; // around the place: it settles again
  return next.startsWith('[') || iterationOf(others[at] as string) < iterationOf(next);
}

/** `section[3]@2/critic[1]` as `section`, `[3]`, `@2`, `/critic[1]`: the second run of a nested agent has a name of its own. */
const partsOf = (path: string): readonly string[] => path.match(/^[^[@/]+|\[\d+\]|@\d+|\/[^@/]+/g) ?? [];

const iterationOf = (part: string): number => Number(part.slice(1));
