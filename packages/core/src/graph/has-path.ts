import type { Graph, GraphNode } from './graph.js';

/** Whether one node waits for another, directly or through others. Looks only at nodes between the two. */
export function hasPath({ nodes }: Graph, from: number, to: number): boolean {
  const seen = new Set<number>([to]);
  for (const index of seen) {
    for (const parent of (nodes[index] as GraphNode).parents) {
      if (parent === from) return true;
      if (parent > from) seen.add(parent);
    }
  }
  return false;
}
