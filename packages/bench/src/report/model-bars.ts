import type { ScenarioResult } from '../process/run-scenario.js';
import type { Bar } from './bar.js';
import { formatFigure } from './format.js';
import { medianOf } from './ratio.js';

/** What Espalier may add to a loop that is written by hand on the same SDK. */
export function modelBars(results: readonly ScenarioResult[]): readonly Bar[] {
  const bar = (
    scenario: string,
    title: string,
    isMet: (ours: number, theirs: number) => boolean,
    tell: (ours: number, theirs: number) => string,
    theirsOf = (result: ScenarioResult) => medianOf(result, 'hand-written'),
  ): Bar => {
    const result = results.find((each) => each.scenario.name === scenario);
    const ours = result && medianOf(result, 'espalier');
    const theirs = result && theirsOf(result);
    if (ours === undefined || theirs === undefined) return { title, met: undefined, measured: 'not measured' };
    return { title, met: isMet(ours, theirs), measured: tell(ours, theirs) };
  };
  const times = (ours: number, theirs: number): string => `${(ours / theirs).toFixed(2)} times`;
  const enough = (ours: number, theirs: number): boolean => ours >= 50_000 || ours / theirs >= 0.8;
  const tokens = (ours: number, theirs: number): string =>
    `${formatFigure(ours)} tokens/s, ${(ours / theirs).toFixed(2)} times`;
  const later = (ours: number, theirs: number): string => `${(ours - theirs).toFixed(2)} ms later`;
  /** The hand-written loop whose requests can be cancelled, as those of Espalier can. */
  const cancellable = ({ baseline }: ScenarioResult): number | undefined =>
    baseline !== undefined && 'median' in baseline ? baseline.median : undefined;
  return [
    bar('agents', 'a turn: at most 1.15 times the CPU of the hand-written loop', (a, b) => a / b <= 1.15, times),
    bar('agents-rate', 'agents: at least 0.9 times those of the hand-written loop', (a, b) => a / b >= 0.9, times),
    bar('agents', '… of that loop where it can be cancelled', (a, b) => a / b <= 1.15, times, cancellable),
    bar('agents-rate', '… and of its agents at least 0.9 times', (a, b) => a / b >= 0.9, times, cancellable),
    bar('stream', 'a stream: at least 50,000 tokens/s, or 0.8 times hand-written', enough, tokens),
    bar('stream-20', '20 streams: at least 50,000 tokens/s, or 0.8 times hand-written', enough, tokens),
    bar('first-token', 'first token: at most 1 ms later than hand-written', (a, b) => a - b <= 1, later),
  ];
}
