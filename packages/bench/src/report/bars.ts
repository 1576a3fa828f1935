import type { ContenderInfo } from '../contender.js';
import type { ScenarioResult } from '../process/run-scenario.js';
import type { Bar } from './bar.js';
import { durableBars } from './durable-bars.js';
import { formatFigure, formatRatio } from './format.js';
import { modelBars } from './model-bars.js';
import { medianOf, ratioToEspalier } from './ratio.js';

/** All bars, measured or not. */
export function judge(results: readonly ScenarioResult[], contenders: readonly ContenderInfo[]): readonly Bar[] {
  const find = (name: string): ScenarioResult | undefined => results.find(({ scenario }) => scenario.name === name);
  const ours = (name: string): number | undefined => {
    const result = find(name);
    return result === undefined ? undefined : medianOf(result, 'espalier');
  };
  const small = ours('chain-10');
  const engines = contenders.filter(({ name, isGraphEngine }) => isGraphEngine && name !== 'espalier');
  return [
    bar('chain of 10: at most 5 µs a node', small, (value) => value <= 5, 'µs'),
    bar(
      `chain of 100,000: no more a node than at 10${small === undefined ? '' : ` (${formatFigure(small)} µs)`}`,
      small === undefined ? undefined : ours('chain-100000'),
      (value) => value <= (small as number),
      'µs',
    ),
    ...engines.map((engine) => tenfold(results, engine)),
    bar('diamonds: at least 8,000 runs/s', ours('diamond'), (value) => value >= 8_000, 'runs/s'),
    bar('a waiting run: at most 8 kB', ours('waiting'), (value) => value <= 8_000, 'bytes'),
    bar('uneven DAG: at most 1.02 of the longest path', ours('uneven'), (value) => value <= 1.02, 'of it', 3),
    bar('cold start: at most 2.5 times bare Node', coldStart(find('cold-start')), (value) => value <= 2.5, 'times', 2),
    ...modelBars(results),
    ...durableBars(results, contenders),
  ];
}

function bar(
  title: string,
  value: number | undefined,
  isMet: (value: number) => boolean,
  unit: string,
  digits?: number,
): Bar {
  if (value === undefined) return { title, met: undefined, measured: 'not measured' };
  const figure = digits === undefined ? formatFigure(value) : value.toFixed(digits);
  return { title, met: isMet(value), measured: `${figure} ${unit}` };
}

/** Its closest scenario decides. */
function tenfold(results: readonly ScenarioResult[], { name, title }: ContenderInfo): Bar {
  const text = `at least 10 times faster than ${title}, in all scenarios of speed`;
  const ratios = results
    .filter(({ scenario }) => scenario.isSpeed && scenario.kind === 'graph')
    .map((result) => ({ title: result.scenario.title, ratio: ratioToEspalier(result, name) }))
    .filter((entry): entry is { title: string; ratio: number } => entry.ratio !== undefined)
    .sort((a, b) => a.ratio - b.ratio);
  const [closest] = ratios;
  if (closest === undefined) return { title: text, met: undefined, measured: 'not measured' };
  const short = ratios.filter(({ ratio }) => ratio < 10);
  const told = (short.length === 0 ? [closest] : short).map((entry) => `${formatRatio(entry.ratio)} ${entry.title}`);
  return { title: text, met: short.length === 0, measured: told.join(', ') };
}

function coldStart(result: ScenarioResult | undefined): number | undefined {
  if (result?.baseline === undefined || !('median' in result.baseline)) return undefined;
  const ours = medianOf(result, 'espalier');
  return ours === undefined ? undefined : ours / result.baseline.median;
}

/** A line a bar; a second one where both do not fit. */
export function renderBars(bars: readonly Bar[]): string {
  return bars
    .map(({ title, met, measured }) => {
      const verdict = met === undefined ? '  -   ' : met ? 'met   ' : 'MISSED';
      const line = `${verdict}  ${title}: `;
      return line.length + measured.length <= 100 ? line + measured : `${line.trimEnd()}\n        ${measured}`;
    })
    .join('\n');
}
