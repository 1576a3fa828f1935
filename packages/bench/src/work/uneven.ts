import { combine, type Graph, type GraphNode, type Work } from './graph.js';
import type { WorkloadOf } from './workload.js';

/** Name, milliseconds, and what it depends on. Slow nodes stand beside quick ones, so that waiting for a layer costs. */
const nodes: readonly (readonly [name: string, duration: number, ...dependsOn: string[]])[] = [
  ['plan', 20],
  ['searchWide', 60, 'plan'],
  ['searchNear', 5, 'plan'],
  ['searchDeep', 15, 'plan'],
  ['readNear', 60, 'searchNear'],
  ['readDeep', 10, 'searchDeep'],
  ['readWide', 8, 'searchWide'],
  ['checkDeep', 55, 'readDeep'],
  ['checkNear', 40, 'readNear', 'readDeep'],
  ['checkWide', 25, 'readWide'],
  ['mergeNear', 12, 'checkNear', 'checkDeep'],
  ['outline', 60, 'mergeNear'],
  ['figures', 50, 'checkWide', 'readWide'],
  ['draft', 30, 'outline', 'checkWide'],
  ['captions', 45, 'figures'],
  ['report', 60, 'draft', 'captions'],
];

/** @param scale makes all durations shorter, for a quick try */
export function uneven(scale = 1): WorkloadOf<'uneven'> & { readonly criticalPath: number } {
  const index = new Map(nodes.map(([name], position) => [name, position]));
  const graph: GraphNode[] = [];
  const ends: number[] = [];
  for (const [name, duration, ...needs] of nodes) {
    const dependsOn = needs.map((need) => index.get(need) as number);
    const milliseconds = Math.max(1, Math.round(duration * scale));
    graph.push({ name, dependsOn, work: waitFor(milliseconds) });
    ends.push(milliseconds + Math.max(0, ...dependsOn.map((position) => ends[position] as number)));
  }
  return { shape: 'uneven', graph: graph satisfies Graph, criticalPath: ends.at(-1) as number };
}

function waitFor(milliseconds: number): Work {
  return async (inputs) => {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return (await combine(inputs)) + 1;
  };
}
