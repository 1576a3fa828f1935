import type { Contender, Prepared } from '../contender.js';
import { addOne, combine, type Graph } from '../work/graph.js';
import type { Workload } from '../work/workload.js';

/** What one would write with nothing but the language: no journal, no events, no limits, no names. */
export const handWritten: Contender = { prepare: async (workload) => prepare(workload) };

function prepare(workload: Workload): Prepared {
  switch (workload.shape) {
    case 'chain': {
      const { graph, work } = workload;
      return async (seed) => {
        let value = seed;
        for (let index = 0; index < graph.length; index += 1) value = await work([value]);
        return value;
      };
    }
    case 'fan-out':
      return async (seed) => {
        const value = await workload.source([seed]);
        return combine(await Promise.all(workload.workers.map((work) => work([value]))));
      };
    case 'layers':
      return async (seed) => {
        let values: readonly number[] = [await addOne([seed])];
        for (const layer of workload.layers) {
          const inputs = values;
          values = await Promise.all(layer.map((work) => work(inputs)));
        }
        return combine(values);
      };
    case 'diamond':
      return async (seed) => {
        const top = await addOne([seed]);
        return combine(await Promise.all([workload.middle([top]), addOne([top])]));
      };
    case 'uneven':
      return (seed) => settleAll(workload.graph, seed);
    case 'loop': {
      const { times, work } = workload;
      return async (seed) => {
        let value = seed;
        while (value < seed + times) value = await work([value]);
        return value;
      };
    }
  }
}

/** A promise a node, each waiting for its own: as if every node were a line `const draft = both(outline, check).then(…)`. */
function settleAll(graph: Graph, seed: number): Promise<number> {
  const results: Promise<number>[] = [];
  for (const { dependsOn, work } of graph) {
    const inputs = dependsOn.map((index) => results[index] as Promise<number>);
    results.push(inputs.length === 0 ? work([seed]) : Promise.all(inputs).then(work));
  }
  return results.at(-1) as Promise<number>;
}
