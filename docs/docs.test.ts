import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** How many processes run the programs of the docs: most of their time goes into loading what they import. */
const PROCESSES = 2;

function compile(args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, ...args, '--pretty', 'false'], {
    cwd,
    encoding: 'utf8',
  });
  return status === 0 ? '' : `${stdout}${stderr}`;
}

/** Joins core's modules, as `npm run build` does. */
function bundle(): string {
  const { status, stderr } = spawnSync(node, [join(root, '.ci/bundle.mjs')], { cwd: root, encoding: 'utf8' });
  return status === 0 ? '' : stderr;
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
  readonly stdout: string;
  /** What the program threw, warned of or left running. */
  readonly stderr: string;
}

/** Runs all programs, a share of them in each process. */
async function runBlocks(blocks: readonly Block[]): Promise<ReadonlyMap<string, Printed>> {
  const shares = Array.from({ length: PROCESSES }, (_, share) =>
    blocks.filter((_block, index) => index % PROCESSES === share).map(({ module }) => module),
  );
  const printed = await Promise.all(
    shares.map((share, index) => runShare(share, join(cache, `printed-${index}.json`))),
  );
  return new Map(printed.flatMap((results) => Object.entries(results)));
}

function runShare(modules: readonly string[], file: string): Promise<Readonly<Record<string, Printed>>> {
  const programs = modules.map((module) => join(cache, `out/${module}.js`));
  // No keys of providers: what the docs show runs everywhere, and the same.
  const options = { cwd: cache, timeout: 100_000, env: { PATH: process.env.PATH, NO_COLOR: '1' } };
  return new Promise((resolve, reject) => {
    execFile(node, [join(import.meta.dirname, 'run-blocks.mjs'), file, ...programs], options, (error) => {
      if (error === null) resolve(JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, Printed>>);
      else reject(error);
    });
  });
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
  const built = compile(['-b', 'tsconfig.build.json'], root) || bundle();
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

  let results: ReadonlyMap<string, Printed> = new Map();
  beforeAll(async () => {
    // A block that does not compile is no reason to tell nothing of the others.
    if (built === '') results = await runBlocks(run);
  }, 120_000);

  it.each(run)('run and print what the page says: $place', (block) => {
    const next = all[all.indexOf(block) + 1];
    const { stdout, stderr } = results.get(block.module) ?? { stdout: '', stderr: 'it did not run' };

    expect(stderr).toBe('');
    if (next?.kind === 'text' && next.place.split(':')[0] === block.place.split(':')[0]) {
      expect(stdout.trim()).toMatch(printed(next.source));
    }
  });
});
