import { describe, expect, it } from '@jest/globals';
import { contenders } from '../contenders/index.js';
import type { Figure, ScenarioResult } from '../process/run-scenario.js';
import { scenarios } from '../scenarios/index.js';
import { judge, renderBars } from './bars.js';
import { renderJson } from './json.js';
import { renderTable } from './table.js';

function result(name: string, figures: Record<string, number | Figure>, baseline?: number): ScenarioResult {
  const scenario = scenarios.find((each) => each.name === name);
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  const entries = Object.entries(figures).map(([contender, figure]): [string, Figure] => [
    contender,
    typeof figure === 'number' ? { median: figure, samples: [figure] } : figure,
  ]);
  return {
    scenario,
    figures: new Map(entries),
    baseline: baseline === undefined ? undefined : { median: baseline, samples: [baseline] },
  };
}

const results = [
  result('chain-10', { espalier: 4, 'hand-written': 0.25, effect: 2, langgraph: 1060, strands: 76 }),
  result('chain-100000', { espalier: 4.1, langgraph: { unable: 'minutes a run' }, strands: { broken: 'died\nat x' } }),
  result('diamond', {
    espalier: 20_000,
    strands: 4_000,
    langgraph: { median: 400, samples: [400], remark: '1,000 runs' },
  }),
  result('waiting', { espalier: 6_000 }),
  result('uneven', { espalier: 1.0249 }),
  result('cold-start', { espalier: 120, 'hand-written': 48 }, 47),
];

describe('renderTable', () => {
  const table = renderTable(results, contenders);
  const row = (title: string): string => table.split('\n').find((line) => line.startsWith(title)) ?? '';

  it('has a figure and a ratio to Espalier for each contender, in columns that end alike', () => {
    expect(row('chain of 10 ')).toBe(
      'chain of 10         µs/node       4.00   0.250  ×0.06    2.00   ×0.5   1,060   ×265    76.0    ×19',
    );
    const head = row('scenario');
    expect(head.length).toBe(row('chain of 10 ').length);
    for (const { title } of contenders) expect(head).toContain(title);
  });

  it('turns the ratio round where more is better', () => {
    expect(row('10,000 diamond runs')).toMatch(/20,000 .*400 \[\d\] +×50 +4,000 +×5\.0$/);
  });

  it('tells below why a figure is missing, and what was done otherwise', () => {
    expect(row('chain of 100,000')).toMatch(/4\.10 +can't \[1\] +broken \[2\]$/);
    expect(table).toContain('[1] chain of 100,000, LangGraph: minutes a run');
    expect(table).toContain('[2] chain of 100,000, Strands: died\n');
    expect(table).toContain('[3] 10,000 diamond runs, LangGraph: 1,000 runs');
    expect(table).toContain('[4] cold start: bare Node (node -e 0) takes 47.0 ms');
  });

  it('fits into 100 columns', () => {
    for (const line of table.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });
});

describe('judge', () => {
  it('says which bars were met and which were missed', () => {
    const bars = judge(results, contenders);
    expect(bars.map(({ met }) => met)).toEqual([true, false, true, false, true, true, false, false]);
    expect(renderBars(bars)).toContain(
      'MISSED  at least 10 times faster than Strands, in all scenarios of speed: ×5.0 10,000 diamond runs',
    );
    expect(renderBars(bars)).toContain('MISSED  cold start: at most 2.5 times bare Node: 2.55 times');
  });

  it('judges nothing that was not measured', () => {
    expect(judge([], contenders).map(({ met, measured }) => [met, measured])).toEqual(
      Array.from({ length: 8 }, () => [undefined, 'not measured']),
    );
  });
});

describe('renderJson', () => {
  it('holds every sample, the ratios, the baseline and the bars', () => {
    const machine = {
      node: 'v24',
      platform: 'linux',
      cpu: 'x',
      cores: 2,
      memoryGigabytes: 8,
      versions: { effect: '4' },
    };
    const bars = judge(results, contenders);
    const startedAt = new Date(0);
    const load = [0.5, 2] as const;
    const report = JSON.parse(renderJson({ startedAt, seconds: 9, quick: false, load, machine, results, bars }));
    expect(report).toMatchObject({
      startedAt: '1970-01-01T00:00:00.000Z',
      load: [0.5, 2],
      node: 'v24',
      versions: { effect: '4' },
    });
    expect(report.scenarios[0].figures[4]).toEqual({
      contender: 'strands',
      median: 76,
      samples: [76],
      ratioToEspalier: 19,
    });
    expect(report.scenarios[1].figures[1]).toEqual({ contender: 'langgraph', unable: 'minutes a run' });
    expect(report.scenarios[5].baseline).toMatchObject({ median: 47 });
    expect(report.bars).toHaveLength(8);
  });
});
