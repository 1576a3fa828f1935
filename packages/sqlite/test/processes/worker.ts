import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Orders {
  /** Of the process, in the list of effects. */
  readonly name: string;
  readonly file: string;
  /** Where the process writes what it does outside, before it does it. */
  readonly effects: string;
  /** Where the process writes what the store has acknowledged. */
  readonly kept: string;
  readonly start: readonly string[];
  /** Whether it goes on with all runs that nobody holds. */
  readonly resume: boolean;
  /** How it recovers runs by itself, until none is left that has not ended. @default not at all */
  readonly recovery?: { readonly every: number };
  /** In milliseconds. */
  readonly layAsideAfter?: number;
  /** How far its time is ahead, in milliseconds. */
  readonly ahead: number;
  /** The SQLite that it uses. */
  readonly driver?: string;
  /** Whether a report waits for its name. */
  readonly waits?: boolean;
  /** When it stops itself: before or after its append of this number. */
  readonly stop?: { readonly signal: 'SIGKILL' | 'SIGSTOP'; readonly when: 'before' | 'after'; readonly at: number };
}

export interface Line {
  readonly runId?: string;
  readonly status?: string;
  readonly output?: string;
  readonly code?: string;
  readonly refused?: string;
  readonly parked?: readonly string[];
}

export interface Worker {
  readonly lines: readonly Line[];
  /** Its exit code, or the signal that ended it. */
  readonly end: Promise<number | NodeJS.Signals | null>;
  /** The next line that fits; those before count as well. */
  says(fits: (line: Line) => boolean): Promise<Line>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts a process that works on a store. It never lives longer than a test may. */
export function startWorker(orders: Orders): Worker {
  const script = join(import.meta.dirname, 'report-process.mjs');
  const child = spawn(process.execPath, [script, JSON.stringify(orders)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 30_000,
    killSignal: 'SIGKILL',
  });
  const lines: Line[] = [];
  const listeners = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(JSON.parse(line) as Line);
    for (const listener of [...listeners]) listener();
  });
  const end = new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal ?? code));
  });
  const says = (fits: (line: Line) => boolean): Promise<Line> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const line = lines.find(fits);
        if (line === undefined) return;
        listeners.delete(look);
        resolve(line);
      };
      listeners.add(look);
      end.then(() => reject(new Error(`the process has ended and said only ${JSON.stringify(lines)}`)), reject);
      look();
    });
  return { lines, end, says, kill: (signal) => child.kill(signal) };
}

/** Whole lines of a file, as data. A process that was killed may have left half of one. */
export function readLines<T>(file: string): readonly T[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as T);
}
