// A process whose disk becomes full while a run is under way. It frees space then, and goes on with the run.
// Prints one report.
import { execFileSync } from 'node:child_process';
import { Agent, createEspalier, defineWorkflow, EspalierError, type RunContext } from '@espalier/core';
import { sqlite } from '../../src/index.js';

export interface FullDiskReport {
  /** Of the error that the run failed with, and that which another run gets while the disk is still full. */
  readonly code: string | undefined;
  readonly other: string | undefined;
  readonly hint: string | undefined;
  /** What was on record then, and what is still there after space was freed. */
  readonly kept: number;
  readonly found: number;
  /** How often each step was done, and the output of the run that went on. */
  readonly effects: readonly number[];
  readonly output: number;
  readonly faults: readonly string[];
}

const STEPS = 400;
const effects: number[] = [];

@Agent()
class Fill {
  async run(_input: null, ctx: RunContext): Promise<number> {
    let length = 0;
    for (let step = 0; step < STEPS; step++) {
      const text = await ctx.step(`step ${step}`, () => {
        effects[step] = (effects[step] ?? 0) + 1;
        return `${step} `.padEnd(3000, 'x');
      });
      length += text.length;
    }
    return length;
  }
}

const fill = defineWorkflow({ name: 'fill', version: 1, output: Fill });

const [, , file = '', driver = '', free = ''] = process.argv;

const errorOf = async (act: Promise<unknown>): Promise<EspalierError> => {
  const error = await act.then(
    () => new Error('The disk was not full.'),
    (reason: unknown) => reason,
  );
  if (!EspalierError.is(error)) throw error;
  return error;
};

async function main(): Promise<FullDiskReport> {
  await using store = sqlite(file, { driver: driver as 'node:sqlite', retention: false });
  await using espalier = await createEspalier({ workflows: [fill], store });
  const error = await errorOf(espalier.start(fill, null, { runId: 'r1' }).result);
  const other = await errorOf(espalier.start(fill, null, { runId: 'r2' }).result);
  const kept = store.read('r1').length;
  execFileSync('sh', ['-c', free]);
  const found = store.read('r1').length;
  const run = await espalier.resume<number>('r1');
  const output = await run.result;
  const { code, hint } = (EspalierError.is(error.cause) ? error.cause : error) as EspalierError;
  return { code, other: other.code, hint, kept, found, effects, output, faults: await store.check() };
}

console.log(JSON.stringify(await main()));
