import { chain } from '../work/workload.js';
import { oneAtATime } from './one-at-a-time.js';
import type { GraphScenario } from './scenario.js';

/** Each node depends on the one before: what a node costs when nothing can overlap. */
const chainOf = (length: number, rounds: number): GraphScenario => ({
  name: `chain-${length}`,
  kind: 'graph',
  family: 'chain',
  title: `chain of ${length.toLocaleString('en')}`,
  unit: 'µs/node',
  isSpeed: true,
  rounds,
  prepare: (entrant, quick) => {
    const nodes = quick ? Math.min(length, 50) : length;
    return oneAtATime(entrant, chain(nodes), nodes, quick);
  },
});

export const chains: readonly GraphScenario[] = [chainOf(10, 11), chainOf(1_000, 7), chainOf(100_000, 7)];
