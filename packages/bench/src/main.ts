import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { type Arguments, help, readArguments, UsageError } from './arguments.js';
import { runScenario, type ScenarioResult } from './process/run-scenario.js';
import { judge, renderBars } from './report/bars.js';
import { renderJson } from './report/json.js';
import { describeMachine, renderMachine } from './report/machine.js';
import { renderTables } from './report/table.js';

async function main(args: Arguments): Promise<number> {
  const { contenders, quick, json, strict } = args;
  if (json !== undefined) claim(json);
  const startedAt = new Date();
  const machine = describeMachine(contenders);
  const loadBefore = loadavg()[0] as number;
  console.log(`${renderMachine(machine)}\n`);
  const results: ScenarioResult[] = [];
  for (const scenario of args.scenarios) {
    console.error(`measuring ${scenario.title} …`);
    results.push(await runScenario(scenario, contenders, quick));
  }
  const bars = quick ? [] : judge(results, contenders);
  const seconds = Math.round((Date.now() - startedAt.getTime()) / 1000);
  console.log(`\n${renderTables(results, contenders)}\n`);
  console.log(quick ? 'Quick: tiny sizes and one round. These figures say nothing about speed.' : renderBars(bars));
  const load = [loadBefore, loadavg()[0] as number] as const;
  console.log(`\n${seconds} s; load of the machine ${load.map((value) => value.toFixed(1)).join(' before, ')} after`);
  if (json !== undefined) writeFileSync(json, renderJson({ startedAt, seconds, quick, load, machine, results, bars }));
  const broken = tellBroken(results);
  return broken || (strict && bars.some(({ met }) => met === false)) ? 1 : 0;
}

/** So that ten minutes of measuring do not end in a file that can't be written. @throws UsageError */
function claim(file: string): void {
  try {
    writeFileSync(file, '');
  } catch (error) {
    throw new UsageError(`--json: can't write '${file}': ${(error as Error).message}`);
  }
}

/** @returns whether anything is broken */
function tellBroken(results: readonly ScenarioResult[]): boolean {
  let broken = false;
  for (const { scenario, figures, baseline } of results) {
    for (const [name, figure] of [...figures, ['baseline', baseline] as const]) {
      if (figure === undefined || !('broken' in figure)) continue;
      broken = true;
      console.error(`\nBroken: ${scenario.title}, ${name}: ${figure.broken}`);
    }
  }
  return broken;
}

try {
  const args = readArguments(process.argv.slice(2));
  if (args.help) console.log(help);
  else process.exitCode = await main(args);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${help}`);
  process.exitCode = 2;
}
