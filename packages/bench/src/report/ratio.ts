import type { ContenderName } from '../contender.js';
import type { ScenarioResult } from '../process/run-scenario.js';

/** @returns the median; nothing where there is none */
export function medianOf({ figures }: ScenarioResult, contender: ContenderName): number | undefined {
  const figure = figures.get(contender);
  return figure !== undefined && 'median' in figure ? figure.median : undefined;
}

/**
 * How many times slower, or larger, than Espalier a contender is; below 1, it is faster or smaller.
 *
 * @returns nothing for Espalier itself, and where either has no figure
 */
export function ratioToEspalier(result: ScenarioResult, contender: ContenderName): number | undefined {
  const ours = medianOf(result, 'espalier');
  const theirs = medianOf(result, contender);
  if (contender === 'espalier' || ours === undefined || theirs === undefined) return undefined;
  return result.scenario.better === 'higher' ? ours / theirs : theirs / ours;
}
