import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContenderInfo } from '../contender.js';
import { entrantsOf, type Scenario } from '../scenarios/scenario.js';
import { ContenderProcess } from './contender-process.js';
import { median } from './median.js';
import { baselineName, type Reply } from './messages.js';

/** How one contender came out of one scenario. */
export type Figure =
  | { readonly median: number; readonly samples: readonly number[]; readonly remark?: string }
  | { readonly unable: string }
  | { readonly broken: string };

export interface ScenarioResult {
  readonly scenario: Scenario;
  /** By contender. */
  readonly figures: ReadonlyMap<string, Figure>;
  readonly baseline: Figure | undefined;
}

interface Lane {
  readonly name: string;
  readonly process: ContenderProcess;
  readonly samples: number[];
  remark: string | undefined;
  /** Why there are no more samples to be had. */
  failure: Extract<Figure, { unable: string } | { broken: string }> | undefined;
}

const prepareWithin = 240;
const sampleWithin = 120;

/**
 * Prepares all contenders, one after the other, and then goes round them: one sample each a round, beginning with
 * another one in every round. Whatever else the machine does falls on all alike.
 */
export async function runScenario(
  scenario: Scenario,
  contenders: readonly ContenderInfo[],
  quick: boolean,
): Promise<ScenarioResult> {
  const entrants = entrantsOf(scenario, contenders).map(({ name }) => name);
  const names = [...entrants, ...(scenario.baseline === undefined ? [] : [baselineName])];
  const lanes: Lane[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'espalier-bench-'));
  try {
    for (const name of names) {
      const lane: Lane = {
        name,
        process: new ContenderProcess(folder),
        samples: [],
        remark: undefined,
        failure: undefined,
      };
      lanes.push(lane);
      const request = { type: 'prepare', scenario: scenario.name, entrant: name, quick } as const;
      take(lane, await lane.process.ask(request, prepareWithin));
    }
    const rounds = quick ? 1 : scenario.rounds;
    for (let round = 0; round < rounds; round += 1) await runRound(lanes, round);
  } finally {
    await Promise.all(lanes.map((lane) => lane.process.stop()));
    rmSync(folder, { recursive: true, force: true });
  }
  const figures = new Map(lanes.map((lane): [string, Figure] => [lane.name, figureOf(lane)]));
  const baseline = figures.get(baselineName);
  figures.delete(baselineName);
  return { scenario, figures, baseline };
}

async function runRound(lanes: readonly Lane[], round: number): Promise<void> {
  for (let turn = 0; turn < lanes.length; turn += 1) {
    const lane = lanes[(round + turn) % lanes.length] as Lane;
    if (lane.failure === undefined) take(lane, await lane.process.ask({ type: 'sample' }, sampleWithin));
  }
}

function take(lane: Lane, reply: Reply): void {
  if (reply.type === 'prepared') lane.remark = reply.remark;
  else if (reply.type === 'sampled') lane.samples.push(reply.value);
  else if (reply.type === 'unable') lane.failure = { unable: reply.reason };
  else lane.failure = { broken: reply.message };
}

function figureOf({ samples, remark, failure }: Lane): Figure {
  if (failure !== undefined) return failure;
  return { median: median(samples), samples, ...(remark === undefined ? {} : { remark }) };
}
