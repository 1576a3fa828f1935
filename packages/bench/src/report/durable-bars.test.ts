import { describe, expect, it } from '@jest/globals';
import { contenders } from '../contenders/index.js';
import type { Figure, ScenarioResult } from '../process/run-scenario.js';
import { scenarios } from '../scenarios/index.js';
import { durableBars } from './durable-bars.js';

const result = (name: string, samples: Readonly<Record<string, readonly number[]>>): ScenarioResult => {
  const scenario = scenarios.find((each) => each.name === name);
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  const figures = Object.entries(samples).map(([contender, values]): [string, Figure] => [
    contender,
    { median: values[Math.floor(values.length / 2)] as number, samples: values },
  ]);
  return { scenario, figures: new Map(figures), baseline: undefined };
};

const verdicts = (...results: readonly ScenarioResult[]) =>
  durableBars(results, contenders).map(({ met, measured }) => [met, measured]);

describe('durableBars', () => {
  it('are met', () => {
    const measured = verdicts(
      result('durable', { espalier: [260], 'hand-written': [200] }),
      result('durable-50', { espalier: [12_000], langgraph: [1_200], mastra: [1_000] }),
      result('after-kill', { espalier: [0, 1, 1] }),
      result('journal-resume', { espalier: [100, 150, 200] }),
    );
    expect(measured).toEqual([
      [true, '1.30 times'],
      [true, '12,000 steps/s'],
      [true, '×10'],
      [true, '×12'],
      [true, '1 at most, in 3 kills'],
      [true, '150 ms'],
    ]);
  });

  it('are missed, by one bad kill too', () => {
    const measured = verdicts(
      result('durable', { espalier: [262], 'hand-written': [200] }),
      result('durable-50', { espalier: [11_999], langgraph: [1_200], mastra: [2_000] }),
      result('after-kill', { espalier: [0, 0, 2] }),
      result('journal-resume', { espalier: [100, 151, 200] }),
    );
    expect(measured.map(([met]) => met)).toEqual([false, false, false, false, false, false]);
    expect(measured.at(-2)).toEqual([false, '2 at most, in 3 kills']);
  });

  it('are not measured', () => {
    expect(verdicts().every(([met, measured]) => met === undefined && measured === 'not measured')).toBe(true);
  });
});
