import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A path in a folder of its own, which is removed after the tests. */
export function newFile(name = 'runs.db'): string {
  const folder = mkdtempSync(join(tmpdir(), 'espalier-sqlite-'));
  folders.push(folder);
  return join(folder, name);
}
