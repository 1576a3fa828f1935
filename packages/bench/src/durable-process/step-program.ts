import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { contenders } from '../contenders/index.js';

/**
 * Runs a chain, or goes on with it, and prints its result: `node step-program.js <contender> <folder> <steps> start|resume`.
 * Every step leaves a line in a file, as the effect that a step is there for would leave a mark somewhere else.
 */
const [name, folder = '.', steps, phase] = process.argv.slice(2);
const marks = join(folder, 'marks.txt');

async function step(value: number): Promise<number> {
  appendFileSync(marks, `${value}\n`);
  await sleep(1);
  return value + 1;
}

const load = contenders.find((contender) => contender.name === name)?.loadDurable;
if (load === undefined) throw new Error(`'${name}' keeps nothing on a disk.`);
const chain = await (await load()).openChain(folder, Number(steps), step);
const result = await (phase === 'start' ? chain.start('run', 0) : chain.resume('run'));
process.stdout.write(`${result}\n`, () => process.exit());
