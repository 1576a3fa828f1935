import { layers } from '../work/workload.js';
import { oneAtATime } from './one-at-a-time.js';
import type { GraphScenario } from './scenario.js';

/** Ten layers of ten nodes, each depending on the whole layer before: 920 edges for 102 nodes. */
export const layeredScenario: GraphScenario = {
  name: 'layered',
  kind: 'graph',
  family: 'layered',
  title: '10×10 layered DAG',
  unit: 'µs/node',
  isSpeed: true,
  rounds: 9,
  prepare: (entrant, quick) => {
    const workload = quick ? layers(3, 3) : layers(10, 10);
    return oneAtATime(entrant, workload, workload.graph.length, quick);
  },
};
