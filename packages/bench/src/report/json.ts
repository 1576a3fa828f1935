import type { Figure, ScenarioResult } from '../process/run-scenario.js';
import type { Bar } from './bar.js';
import type { Machine } from './machine.js';
import { ratioToEspalier } from './ratio.js';

export interface Report {
  readonly startedAt: Date;
  readonly seconds: number;
  readonly quick: boolean;
  /** How many processes wanted a core, before and after: more than there are cores make every figure worse. */
  readonly load: readonly [before: number, after: number];
  readonly machine: Machine;
  readonly results: readonly ScenarioResult[];
  readonly bars: readonly Bar[];
}

/** Everything that was measured, every sample of it, as JSON text. */
export function renderJson({ startedAt, seconds, quick, load, machine, results, bars }: Report): string {
  const scenarios = results.map((result) => {
    const { name, title, unit, better = 'lower', baseline } = result.scenario;
    const figures = [...result.figures].map(([contender, figure]) => {
      const ratio = ratioToEspalier(result, contender as Parameters<typeof ratioToEspalier>[1]);
      return { contender, ...plain(figure), ...(ratio === undefined ? {} : { ratioToEspalier: ratio }) };
    });
    const beside =
      result.baseline === undefined ? {} : { baseline: { title: baseline?.title, ...plain(result.baseline) } };
    return { name, title, unit, better, figures, ...beside };
  });
  const report = { startedAt: startedAt.toISOString(), seconds, quick, load, ...machine, scenarios, bars };
  return `${JSON.stringify(report, null, 2)}\n`;
}

const plain = (figure: Figure): Record<string, unknown> => ({ ...figure });
