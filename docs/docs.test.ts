import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { pages, read, root } from './pages.js';

const cache = join(root, 'node_modules/.cache/docs');
const node = join(root, 'node_modules/.bin/node');
const compiler = join(root, 'node_modules/@typescript/native/bin/tsc');
/** A fenced block of a page. */
interface Block {
  /** Where its first line stands, for people: `README.md:12`. */
  readonly place: string;
  /** What stands after the fence: `ts`, `ts no-run`, `text`. */
  readonly kind: string;
  readonly line: number;
  readonly source: string;
  /** Name of the module that it becomes. */
  readonly module: string;
}

function blocksOf(page: string): readonly Block[] {
  const found: Block[] = [];
  let open: { kind: string; line: number; fence: string; rows: string[] } | undefined;
  for (const [index, row] of read(page).split('\n').entries()) {
    const [, fence, kind = ''] = /^\s*(`{3,})\s*(.*?)\s*$/.exec(row) ?? [];
    if (open === undefined) {
      if (fence !== undefined) open = { kind, line: index + 2, fence, rows: [] };
    } else if (fence === open.fence && kind === '') {
      const { line, rows } = open;
      const module = `${page.replaceAll(/[^A-Za-z0-9]+/g, '-')}-${line}`;
      found.push({ place: `${page}:${line}`, kind: open.kind, line, source: rows.join('\n'), module });
      open = undefined;
    } else {
      open.rows.push(row);
    }
  }
  if (open !== undefined) throw new Error(`${page}:${open.line}: the code block is never closed`);
  return found;
}

/** How many programs of the docs run at once: most of their time they start. */
const PROCESSES = 4;

function compile(args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, ...args, '--pretty', 'false'], {
    cwd,
    encoding: 'utf8',
  });
  return status === 0 ? '' : `${stdout}${stderr}`;
}

/** Compiles all blocks at once. Blank lines before a block give its diagnostics the page's line numbers. */
function compileBlocks(blocks: readonly Block[]): string {
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(join(cache, 'src'), { recursive: true });
  for (const { module, line, source } of blocks) {
    writeFileSync(join(cache, `src/${module}.ts`), `${'\n'.repeat(line - 1)}${source}\nexport {};\n`);
  }
  const compilerOptions = {
    rootDir: 'src',
    outDir: 'out',
    composite: false,
    incremental: false,
    declaration: false,
    declarationMap: false,
    noEmitOnError: false,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  };
  const files = blocks.map(({ module }) => `src/${module}.ts`);
  const config = { extends: join(root, 'tsconfig.base.json'), compilerOptions, files };
  writeFileSync(join(cache, 'tsconfig.json'), JSON.stringify(config));
  writeFileSync(join(cache, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  return compile(['-p', '.'], cache);
}

interface Printed {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function runBlock({ module }: Block): Promise<Printed> {
  const options = {
    cwd: cache,
    timeout: 30_000,
    // No keys of providers: what the docs show runs everywhere, and the same.
    env: { PATH: process.env.PATH, NO_COLOR: '1' },
  };
  return new Promise((resolve) => {
    execFile(node, [join(cache, `out/${module}.js`)], options, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
  });
}

/** Runs all programs, a few at the same time. */
async function runBlocks(blocks: readonly Block[]): Promise<ReadonlyMap<Block, Printed>> {
  const results = new Map<Block, Printed>();
  const waiting = [...blocks];
  const work = async (): Promise<void> => {
    for (let block = waiting.shift(); block !== undefined; block = waiting.shift()) {
      results.set(block, await runBlock(block));
    }
  };
  await Promise.all(Array.from({ length: PROCESSES }, work));
  return results;
}

/** Whether a program printed this; `…` stands for anything. */
function printed(expected: string): RegExp {
  const parts = expected.trim().split('…');
  return new RegExp(`^${parts.map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('[\\s\\S]*?')}$`);
}

describe('the code blocks of the docs', () => {
  const all = pages.flatMap((page) => blocksOf(page));
  const compiled = all.filter(({ kind }) => kind === 'ts' || kind === 'ts no-run');
  const run = compiled.filter(({ kind }) => kind === 'ts');
  const built = compile(['-b', 'packages/core', 'packages/offline'], root);
  const diagnostics = built === '' ? compileBlocks(compiled) : 'not compiled: the packages do not build';

  it('have packages to be compiled against', () => {
    expect(built).toBe('');
  });

  it('are marked ts, ts no-run or ts fragment', () => {
    const marked = ['ts', 'ts no-run', 'ts fragment'];
    const unknown = all.filter(({ kind }) => /^(ts|typescript|tsx)\b/.test(kind) && !marked.includes(kind));
    expect(unknown.map(({ place, kind }) => `${place}: ${kind}`)).toEqual([]);
  });

  it('compile', () => {
    expect(diagnostics).toBe('');
  });

  let results: ReadonlyMap<Block, Printed> = new Map();
  beforeAll(async () => {
    if (diagnostics === '') results = await runBlocks(run);
  }, 120_000);

  it.each(run)('run and print what the page says: $place', (block) => {
    const next = all[all.indexOf(block) + 1];
    const { status, stdout, stderr } = results.get(block) ?? { status: -1, stdout: '', stderr: 'it did not run' };

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    if (next?.kind === 'text' && next.place.split(':')[0] === block.place.split(':')[0]) {
      expect(stdout.trim()).toMatch(printed(next.source));
    }
  });
});
