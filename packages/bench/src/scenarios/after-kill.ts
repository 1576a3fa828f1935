import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type ContenderName, WrongResult } from '../contender.js';
import type { DurableScenario, Sampler } from './scenario.js';
import { temporaryFolder } from './temporary-folder.js';

const program = fileURLToPath(new URL('../durable-process/step-program.js', import.meta.url));
const steps = 100;

/** A process is killed in the middle of a run, and another one goes on: how many steps are done a second time. */
export const afterKillScenario: DurableScenario = {
  name: 'after-kill',
  kind: 'durable',
  family: 'durable',
  title: 'redone after a kill',
  unit: 'steps',
  isSpeed: false,
  rounds: 11,
  prepare: async ({ name }): Promise<Sampler> => {
    let round = 0;
    return {
      sample: () => {
        round += 1;
        return redoneAfterKill(name, temporaryFolder(), 10 + ((round * 37) % 80)); // as far on as no other round
      },
    };
  },
};

async function redoneAfterKill(name: ContenderName, folder: string, after: number): Promise<number> {
  const first = start(name, folder, 'start');
  const marks = (): number => marksIn(folder);
  while (marks() < after && first.child.exitCode === null) await sleep(1);
  first.child.kill('SIGKILL');
  const early = await first.output;
  if (early !== '') throw new WrongResult(`the run ended before it was killed: ${early}`);
  const result = await start(name, folder, 'resume').output;
  if (result !== `${steps}\n`) throw new WrongResult(`the resumed run gives '${result}', and should give ${steps}.`);
  return marks() - steps;
}

function start(name: ContenderName, folder: string, phase: 'start' | 'resume') {
  const child = spawn(process.execPath, [program, name, folder, String(steps), phase], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part) => (text += part));
  return { child, output: new Promise<string>((resolve) => child.once('close', () => resolve(text))) };
}

function marksIn(folder: string): number {
  try {
    return readFileSync(join(folder, 'marks.txt'), 'utf8').split('\n').length - 1;
  } catch {
    return 0; // it has not begun yet
  }
}
