import type { Workload } from './workload.js';

/** The right result, reckoned node by node in topological order, by none of the contenders. */
export async function expectedResult(workload: Workload, seed: number): Promise<number> {
  if (workload.shape === 'loop') return seed + workload.times;
  const results: number[] = [];
  for (const { dependsOn, work } of workload.graph) {
    results.push(await work(dependsOn.length === 0 ? [seed] : dependsOn.map((index) => results[index] as number)));
  }
  return results.at(-1) as number;
}
