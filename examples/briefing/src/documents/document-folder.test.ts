import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DocumentFolder } from './document-folder.js';
import type { Bounds } from './source-document.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'folder-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(path: string, content = 'text'): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

const wide: Bounds = { maxFiles: 100, maxFileBytes: 100, maxTotalBytes: 1000 };
const list = (bounds: Partial<Bounds> = {}, except?: string) =>
  new DocumentFolder().list(folder, { ...wide, ...bounds }, except, new AbortController().signal);
const paths = async (...args: Parameters<typeof list>) => (await list(...args)).files.map(({ path }) => path);

describe('DocumentFolder', () => {
  it('lists its own files before those of its folders, and README and index first', async () => {
    for (const path of ['b.md', 'README.md', 'a.txt', 'sub/x.html', 'sub/index.md', 'a/deep/y.markdown']) put(path);
    expect(await paths()).toEqual(['README.md', 'a.txt', 'b.md', 'sub/index.md', 'sub/x.html', 'a/deep/y.markdown']);
  });

  it('says why it left something out', async () => {
    for (const path of ['a.md', 'b.pdf', '.env.md', 'node_modules/p/README.md', '.git/x.md']) put(path);
    symlinkSync('nowhere.md', join(folder, 'gone.md'));
    symlinkSync('self.md', join(folder, 'self.md'));
    symlinkSync('.', join(folder, 'loop.md'));
    const { files, leftOut } = await list();
    expect(files).toEqual([{ path: 'a.md', bytes: 4 }]);
    expect(Object.fromEntries(leftOut.map(({ what, why }) => [what, why]))).toEqual({
      '.git/': 'hidden folders are not entered',
      '.env.md': 'hidden files are not read',
      'b.pdf': expect.stringMatching(/^no document/),
      'gone.md': 'it is gone, or a link that leads nowhere',
      'loop.md': 'links to folders are not followed',
      'node_modules/': 'installed packages are not entered',
      'self.md': 'a link that leads back to itself',
    });
  });

  it('reads no file whose name could steer a terminal, and writes that name harmlessly', async () => {
    put('a.md');
    put('b\u001b[31m\n.md');
    const { files, leftOut } = await list();
    expect(files.map(({ path }) => path)).toEqual(['a.md']);
    expect(leftOut).toEqual([{ what: '"b\\u001b[31m\\n.md"', why: 'its name has control characters' }]);
  });

  it('keeps to its bounds, and tells which one left a file out', async () => {
    for (const name of ['a', 'b', 'c']) put(`${name}.md`, 'x'.repeat(60));
    expect((await list({ maxFiles: 2 })).leftOut).toEqual([
      { what: 'c.md', why: 'over the bound of 2 documents (--max-files)' },
    ]);
    expect(await paths({ maxTotalBytes: 130 })).toEqual(['a.md', 'b.md']);
    expect(await paths({ maxFileBytes: 40, maxTotalBytes: 130 })).toEqual(['a.md', 'b.md', 'c.md']);
  });

  it('does not list the report that is to be written', async () => {
    put('a.md');
    put('report.md');
    expect(await paths({}, join(folder, 'report.md'))).toEqual(['a.md']);
  });

  it('reads the beginning of a file', async () => {
    put('a.md', 'abcdef');
    const read = (bytes: number) => new DocumentFolder().read(folder, { path: 'a.md', bytes: 6 }, bytes);
    expect(Buffer.from(await read(4)).toString()).toBe('abcd');
    expect(Buffer.from(await read(400)).toString()).toBe('abcdef');
  });

  it('stops when it is told to', async () => {
    put('a.md');
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(new DocumentFolder().list(folder, wide, undefined, signal)).rejects.toThrow('enough');
  });
});
