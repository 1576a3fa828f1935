import { spawn, spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');
const node = join(root, 'node_modules/.bin/node');

/** Builds the program that the tests drive, as `npm run approval` does. @throws with what the compiler says */
export function build(): void {
  for (const command of [
    [join(root, 'node_modules/.bin/tsc'), '-b', 'examples/approval'],
    [join(root, '.ci/bundle.mjs')],
  ]) {
    const { status, stdout, stderr } = spawnSync(node, command, { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(`The program can't be built:\n${stdout}${stderr}`);
  }
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Runs the built program to its end. */
export function run(...args: readonly string[]): Promise<Ended> {
  return new Promise((end) => {
    const child = spawn(node, [join(root, 'examples/approval/dist/main.js'), ...args], {
      timeout: 60_000,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.on('close', (code) => end({ code, output }));
  });
}
