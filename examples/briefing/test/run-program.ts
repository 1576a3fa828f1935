import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../../..');
export const node = join(root, 'node_modules/.bin/node');
export const program = join(root, 'examples/briefing/dist/main.js');

/** Builds the program that the tests drive, as `npm start` does. @throws with what the compiler says */
export function build(): void {
  step(join(root, 'node_modules/.bin/tsc'), '-b', 'examples/briefing');
  step(join(root, '.ci/bundle.mjs'));
}

function step(...command: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(node, command, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The program can't be built:\n${stdout}${stderr}`);
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built program with pipes. */
export function run(
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
    onStderr?: (text: string) => string | undefined;
  } = {},
): Promise<Ended> {
  return new Promise((end) => {
    const { cwd = root, env = {} } = options;
    const child = spawn(node, [program, ...args], {
      cwd,
      env: { ...withoutKeys(process.env), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      const signal = options.onStderr?.(stderr);
      if (signal !== undefined) child.kill(signal as NodeJS.Signals);
    });
    child.on('close', (code) => end({ code, stdout, stderr }));
  });
}

/** No test asks a real provider, whatever keys its machine has. */
export const withoutKeys = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/_API_KEY$/.test(name)));

const made: string[] = [];

/** A folder with these files, removed after the tests. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'briefing-'));
  made.push(folder);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

export function removeFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** What has to be the same in two runs: all but the times. */
export const withoutTimes = (output: string): string => output.slice(0, output.indexOf('\n## Where the time went'));

export const briefingOf = (output: string): string => output.slice(0, output.indexOf('\n## The graph'));
