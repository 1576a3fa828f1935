import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCodes } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..');
const cache = join(root, 'node_modules/.cache/docs');
const node = join(root, 'node_modules/.bin/node');
const compiler = join(root, 'node_modules/@typescript/native/bin/tsc');
const pages = globSync(['README.md', 'packages/*/README.md', 'docs/**/*.md'], { cwd: root })
  .map((page) => page.replaceAll('\\', '/'))
  .sort();

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

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

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

/** Whether a program printed this; `…` stands for anything. */
function printed(expected: string): RegExp {
  const parts = expected.trim().split('…');
  return new RegExp(`^${parts.map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('[\\s\\S]*?')}$`);
}

/** A page's relative links, code left out. */
function linksOf(page: string): readonly string[] {
  const prose = read(page)
    .replaceAll(/^\s*(`{3,})[\s\S]*?^\s*\1\s*$/gm, '')
    .replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)[^)]*\)/g)]
    .map(([, target]) => String(target))
    .filter((target) => !/^[a-z]+:/i.test(target));
}

/** Anchors of a page's headings, as GitHub makes them. */
const anchorsOf = (page: string): readonly string[] =>
  [...read(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) =>
    String(heading)
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );

function isDead(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(root, target))) return true;
  return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor);
}

describe('the code blocks of the docs', () => {
  const all = pages.flatMap((page) => blocksOf(page));
  const compiled = all.filter(({ kind }) => kind === 'ts' || kind === 'ts no-run');
  const run = compiled.filter(({ kind }) => kind === 'ts');
  const built = compile(['-b', 'tsconfig.build.json'], root);
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

  for (const block of run) {
    it(`run and print what the page says: ${block.place}`, () => {
      const { status, stdout, stderr } = spawnSync(node, [join(cache, `out/${block.module}.js`)], {
        cwd: cache,
        encoding: 'utf8',
        timeout: 30_000,
        // No keys of providers: what the docs show runs everywhere, and the same.
        env: { PATH: process.env.PATH, NO_COLOR: '1' },
      });
      const next = all[all.indexOf(block) + 1];

      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      if (next?.kind === 'text' && next.place.split(':')[0] === block.place.split(':')[0]) {
        expect(stdout.trim()).toMatch(printed(next.source));
      }
    }, 60_000);
  }
});

describe('the pages of the docs', () => {
  it.each(pages)('have links that lead somewhere: %s', (page) => {
    expect(linksOf(page).filter((link) => isDead(page, link))).toEqual([]);
  });

  it('explain every error code, and no other', () => {
    const page = read('docs/reference/errors.md');
    const entries = page.split(/^## /m).slice(1);
    const expected = Object.entries(errorCodes).map(
      ([code, { title, hint, retryable }]) =>
        `${code}\n\n${title}.\n\n- Retryable: ${retryable ? 'yes' : 'no'}\n- What to do: ${hint}`,
    );
    expect(entries.map((entry) => entry.trim())).toEqual(expected);
  });
});
