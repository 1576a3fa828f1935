import { fanOut } from '../work/workload.js';
import { oneAtATime } from './one-at-a-time.js';
import type { GraphScenario } from './scenario.js';

/** One node releases a hundred, which one node waits for. */
export const fanOutScenario: GraphScenario = {
  name: 'fan-out',
  kind: 'graph',
  family: 'fan-out',
  title: 'fan-out 1→100→1',
  unit: 'µs/node',
  isSpeed: true,
  rounds: 9,
  prepare: (entrant, quick) => {
    const workload = fanOut(quick ? 5 : 100);
    return oneAtATime(entrant, workload, workload.graph.length, quick);
  },
};
