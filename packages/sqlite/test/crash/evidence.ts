import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalRecord, ThreadEntry } from '@espalier/core';
import { sqlite } from '../../src/index.js';
import type { Effect } from './effects.js';

/** What stands in a file. */
export interface Evidence {
  readonly runs: ReadonlyMap<string, readonly JournalRecord[]>;
  /** Runs that a living process holds. */
  readonly owned: readonly string[];
  readonly thread: readonly ThreadEntry[];
  /** Where the chains of records are not as they were written. */
  readonly faults: readonly string[];
}

interface ReadOptions {
  readonly threadId?: string | undefined;
  readonly live?: boolean;
}

/** A folder with a store and what was done outside of it. */
export class Scene {
  readonly folder = mkdtempSync(join(tmpdir(), 'espalier-crash-'));
  readonly file = join(this.folder, 'runs.db');
  readonly effectsFile = join(this.folder, 'effects');
  #copies = 0;

  /** Whole lines: a process that was killed may have left half of one. */
  effects(): readonly Effect[] {
    if (!existsSync(this.effectsFile)) return [];
    const lines = readFileSync(this.effectsFile, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Effect);
  }

  /**
   * Reads a copy, unless other processes have the file open: who opens a file after a crash repairs it, and that is left to
   * the process that goes on.
   */
  async read({ threadId = 'none', live = false }: ReadOptions = {}): Promise<Evidence> {
    if (!existsSync(this.file)) return { runs: new Map(), owned: [], thread: [], faults: [] };
    await using store = sqlite(live ? this.file : this.#copy());
    const listed = await store.list();
    const reports = await Promise.all(listed.map(({ runId }) => store.verify(runId)));
    return {
      runs: new Map(await Promise.all(listed.map(async ({ runId }) => [runId, await store.read(runId)] as const))),
      owned: listed.filter(({ owned }) => owned).map(({ runId }) => runId),
      thread: await store.threads.read(threadId),
      faults: reports.flatMap(({ faults }) => faults.map(({ message }) => message)),
    };
  }

  #copy(): string {
    this.#copies += 1;
    const copy = join(this.folder, `copy-${this.#copies}.db`);
    for (const end of ['', '-wal']) if (existsSync(this.file + end)) copyFileSync(this.file + end, copy + end);
    return copy;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Keys of what is on record: calls as those who have the effect get them, agents that have settled. */
export function keysOnRecord({ runs }: Evidence): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const record of [...runs.values()].flat()) {
    const key = keyOf(record);
    if (key !== undefined) keys.add(key);
  }
  return keys;
}

function keyOf(record: JournalRecord): string | undefined {
  switch (record.type) {
    case 'model-end':
      return record.aborted === true ? undefined : `${record.runId}/${record.node}#${record.attempt}/${record.step}`;
    case 'tool-end':
      return `${record.runId}/${record.node}#${record.attempt}/${record.step}`;
    case 'step-end':
      return `${record.runId}/${record.node}/${record.step.replace(/^step:/, '')}`;
    case 'node-end':
    case 'node-retry':
    case 'node-fallback':
      return `${record.runId}/${record.node}#${record.attempt}`;
    default:
      return undefined;
  }
}

/** What comes and goes with processes, and says nothing about what was done. */
const PASSING: ReadonlySet<string> = new Set(['run-suspend', 'run-resume', 'node-start', 'model-start', 'tool-start']);

/** What a run has come to know, whatever its order: the same, however often it was interrupted. */
export function factsOf(records: readonly JournalRecord[]): readonly string[] {
  return records
    .filter(({ type }) => !PASSING.has(type))
    .map((record) => JSON.stringify(record, (name, value: unknown) => (isPassing(name, record) ? undefined : value)))
    .sort();
}

/** Times, who has answered, and readings differ from run to run. */
function isPassing(name: string, record: JournalRecord): boolean {
  if (['seq', 'time', 'runId', 'until', 'by', 'owner', 'reason', 'stack'].includes(name)) return true;
  return name === 'value' && record.type === 'step-end' && /^(now|random|uuid)\[|^step:third$/.test(record.step);
}
