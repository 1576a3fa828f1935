import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ContenderInfo } from '../contender.js';

/** Where and with what it was measured. */
export interface Machine {
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  /** Of the contenders' packages. */
  readonly versions: Readonly<Record<string, string>>;
}

export function describeMachine(contenders: readonly ContenderInfo[]): Machine {
  const packages = contenders.map(({ packageName }) => packageName);
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    versions: Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
  };
}

/** From the package.json above the module that Node would load: not every package exports its own. */
function versionOf(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.resolve(name)));
  while (folder !== dirname(folder)) {
    const found = read(join(folder, 'package.json'));
    if (found?.name === name) return found.version ?? 'unknown';
    folder = dirname(folder);
  }
  return 'unknown';
}

function read(file: string): { readonly name?: string; readonly version?: string } | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // no package here: look further up
  }
}

export function renderMachine({ node, platform, cpu, cores, memoryGigabytes, versions }: Machine): string {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [`Node ${node} on ${platform}, ${cores} × ${cpu.trim()}, ${memoryGigabytes} GB`, packages.join(', ')].join(
    '\n',
  );
}
