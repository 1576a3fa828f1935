import { describe, expect, it } from '@jest/globals';
import { contenders } from '../contenders/index.js';
import type { Figure, ScenarioResult } from '../process/run-scenario.js';
import { scenarios } from '../scenarios/index.js';
import { judge, renderBars } from './bars.js';
import { renderJson } from './json.js';
import { renderTables } from './table.js';

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

const modelResults = [
  result('agents', { espalier: 460, 'hand-written': 400, strands: 900, 'ai-sdk': 480, 'openai-agents': 700 }, 440),
  result('agents-rate', { espalier: 300, 'hand-written': 340 }),
  result('stream', { espalier: 39_000, 'hand-written': 50_100 }),
  result('stream-20', { espalier: 50_200, 'hand-written': 90_000, 'ai-sdk': 25_100 }),
  result('first-token', { espalier: 2.6, 'hand-written': 1.5 }),
];

describe('renderTables', () => {
  const table = renderTables(results, contenders);
  const row = (title: string): string => table.split('\n').find((line) => line.startsWith(title)) ?? '';

  it('has a figure and a ratio to Espalier for each contender, in columns that end alike', () => {
    expect(row('chain of 10 ')).toBe(
      'chain of 10         µs/node       4.00   0.250  ×0.06    2.00   ×0.5   1,060   ×265    76.0    ×19',
    );
    const head = row('scenario');
    expect(head.length).toBe(row('chain of 10 ').length);
    for (const title of ['Espalier', 'hand-written', 'Effect', 'LangGraph', 'Strands']) expect(head).toContain(title);
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

  it('has a table for those who ask models, with columns of its own', () => {
    const tables = renderTables([...results, ...modelResults], contenders);
    expect(tables.startsWith(table)).toBe(true);
    const lines = tables.slice(table.length).trim().split('\n');
    expect(lines[0]).toMatch(/^scenario +unit +Espalier +hand-written +Strands +AI SDK +OpenAI Agents$/);
    expect(lines[2]).toBe(
      '200 agents: CPU [1] µs/turn        460     400   ×0.9     900   ×2.0     480   ×1.0     700   ×1.5',
    );
    expect(lines[5]).toMatch(/^20 streams at once +tokens\/s +50,200 +90,000 +×0\.6 +25,100 +×2\.0$/);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  });
});

describe('judge', () => {
  const notMeasured = Array.from({ length: 7 }, () => undefined);

  it('says which bars were met and which were missed', () => {
    const bars = judge(results, contenders);
    expect(bars.map(({ met }) => met)).toEqual([true, false, true, false, true, true, false, false, ...notMeasured]);
    expect(renderBars(bars)).toContain(
      'MISSED  at least 10 times faster than Strands, in all scenarios of speed: ×5.0 10,000 diamond runs',
    );
    expect(renderBars(bars)).toContain('MISSED  cold start: at most 2.5 times bare Node: 2.55 times');
  });

  it('compares what asks models with the loop that is written by hand', () => {
    const bars = judge(modelResults, contenders).slice(8, 15);
    expect(bars.map(({ met, measured }) => [met, measured])).toEqual([
      [true, '1.15 times'],
      [false, '0.88 times'],
      [true, '1.05 times'],
      [undefined, 'not measured'],
      [false, '39,000 tokens/s, 0.78 times'],
      [true, '50,200 tokens/s, 0.56 times'],
      [false, '1.10 ms later'],
    ]);
  });

  it('judges nothing that was not measured', () => {
    const bars = judge([], contenders);
    expect(bars.length).toBeGreaterThan(15);
    expect(bars.filter(({ met, measured }) => met !== undefined || measured !== 'not measured')).toEqual([]);
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
    expect(report.bars).toHaveLength(bars.length);
  });
});
