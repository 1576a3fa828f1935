import { loop } from '../work/workload.js';
import { oneAtATime } from './one-at-a-time.js';
import type { GraphScenario } from './scenario.js';

/** A hundred turns of one node, each going on from the one before. */
export const loopScenario: GraphScenario = {
  name: 'loop',
  kind: 'graph',
  family: 'loop',
  title: 'loop of 100',
  unit: 'µs/turn',
  isSpeed: true,
  rounds: 9,
  prepare: (entrant, quick) => {
    const times = quick ? 5 : 100;
    return oneAtATime(entrant, loop(times), times, quick);
  },
};
