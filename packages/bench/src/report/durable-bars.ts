import type { ContenderInfo } from '../contender.js';
import type { ScenarioResult } from '../process/run-scenario.js';
import type { Bar } from './bar.js';
import { formatFigure, formatRatio } from './format.js';
import { medianOf, ratioToEspalier } from './ratio.js';

/** What is promised of runs that are kept on a disk. */
export function durableBars(results: readonly ScenarioResult[], contenders: readonly ContenderInfo[]): readonly Bar[] {
  const find = (name: string): ScenarioResult | undefined => results.find(({ scenario }) => scenario.name === name);
  const peers = contenders.filter(
    ({ name, loadDurable }) => loadDurable !== undefined && name !== 'espalier' && name !== 'hand-written',
  );
  return [
    toFloor(find('durable')),
    enough(find('durable-50')),
    ...peers.map((peer) => tenfold(find('durable-50'), peer)),
    redone(find('after-kill')),
    resumed(find('journal-resume')),
  ];
}

function toFloor(result: ScenarioResult | undefined): Bar {
  const title = 'one durable run: at most 1.3 times a committed row a step';
  const ours = result && medianOf(result, 'espalier');
  const floor = result && medianOf(result, 'hand-written');
  if (ours === undefined || floor === undefined) return { title, met: undefined, measured: 'not measured' };
  return { title, met: ours / floor <= 1.3, measured: `${(ours / floor).toFixed(2)} times` };
}

function enough(result: ScenarioResult | undefined): Bar {
  const title = '50 durable runs: at least 12,000 steps/s';
  const ours = result && medianOf(result, 'espalier');
  if (ours === undefined) return { title, met: undefined, measured: 'not measured' };
  return { title, met: ours >= 12_000, measured: `${formatFigure(ours)} steps/s` };
}

function tenfold(result: ScenarioResult | undefined, peer: ContenderInfo): Bar {
  const title = `50 durable runs: at least 10 times faster than ${peer.title}`;
  const ratio = result && ratioToEspalier(result, peer.name);
  if (ratio === undefined) return { title, met: undefined, measured: 'not measured' };
  return { title, met: ratio >= 10, measured: formatRatio(ratio) };
}

function resumed(result: ScenarioResult | undefined): Bar {
  const title = 'resume of a run with 10,000 records, among 1,000,000: at most 150 ms';
  const ours = result && medianOf(result, 'espalier');
  if (ours === undefined) return { title, met: undefined, measured: 'not measured' };
  return { title, met: ours <= 150, measured: `${formatFigure(ours)} ms` };
}

/** All rounds count, not the one in the middle. */
function redone(result: ScenarioResult | undefined): Bar {
  const title = 'after a kill: at most the step in flight is done again';
  const figure = result?.figures.get('espalier');
  if (figure === undefined || !('samples' in figure)) return { title, met: undefined, measured: 'not measured' };
  const most = Math.max(...figure.samples);
  return { title, met: most <= 1, measured: `${most} at most, in ${figure.samples.length} kills` };
}
