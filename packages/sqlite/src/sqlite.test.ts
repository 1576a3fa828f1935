import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { VirtualClock } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { newFile } from '../test/new-file.js';
import { noSqlite } from './database/node-driver.js';
import { sqlite } from './sqlite.js';

describe('sqlite', () => {
  it('makes the file and its folders', async () => {
    const file = join(newFile('.espalier'), 'deeper/runs.db');
    const store = sqlite(file);
    expect(store.file).toBe(file);
    expect(existsSync(file)).toBe(true);
    await store.close();
  });

  it('takes a file: URL', async () => {
    const file = newFile('runs of ü.db');
    const store = sqlite(pathToFileURL(file));
    expect(store.file).toBe(file);
    await store.close();
  });

  it.each(['', ':memory:'])("refuses '%s': nothing would be kept", (path) => {
    expect(() => sqlite(path)).toThrow(
      expect.objectContaining({
        code: 'option-invalid',
        message: `sqlite('${path}'): expected the path of a file.`,
        hint: 'Leave `store` out to keep runs in memory.',
      }),
    );
  });

  it('refuses what is no path, such as an environment variable that is not set', () => {
    expect(() => sqlite(process.env.NO_SUCH_VARIABLE as string)).toThrow(
      expect.objectContaining({
        code: 'option-invalid',
        message: 'sqlite(undefined): expected the path of a file.',
      }),
    );
  });

  it.each([
    [{ lease: 0 }, 'option-invalid', 'sqlite({ lease }): expected 100 ms to 2147483647 ms, got 0 ms.'],
    [{ lease: '25 days' }, 'option-invalid', 'sqlite({ lease }): expected 100 ms to 2147483647 ms, got 2160000000 ms.'],
    [{ poll: 0 }, 'option-invalid', 'sqlite({ poll }): expected 1 ms to 2147483647 ms, got 0 ms.'],
    [
      { driver: 'sqlite3' },
      'option-invalid',
      "sqlite({ driver }): expected 'node:sqlite', 'better-sqlite3' or a function, got 'sqlite3'.",
    ],
    [{ timeout: 'soon' }, 'policy-invalid', 'sqlite({ timeout }): expected a duration'],
  ] as const)('refuses %j', (options, code, message) => {
    const file = newFile();
    expect(() => sqlite(file, options as object)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
    expect(existsSync(file)).toBe(false);
  });

  it('says which Node it needs', () => {
    const { code, message, hint } = noSqlite('v20.20.2');
    expect([code, message]).toEqual(['store-invalid', 'This is Node v20.20.2, which has no node:sqlite.']);
    expect(hint).toContain('needs Node 22.13 or newer');
    expect(hint).toContain("sqlite(path, { driver: 'better-sqlite3' })");
  });

  it('is closed once, with all that was under way, and is of no use then', async () => {
    const file = newFile();
    const store = sqlite(file, { clock: new VirtualClock() });
    const start = { v: 1, runId: 'r', seq: 0, time: 0, type: 'run-start', workflow: 'w', version: 1, fingerprint: 'f' };
    const created = store.create(start as never, 'a');
    await Promise.all([store.close(), store.close()]);
    const lease = await created;
    const closed = { code: 'store-failed', message: `The store '${file}' is closed.` };
    await expect(store.append(lease, start as never)).rejects.toMatchObject(closed);
    expect(() => store.list()).toThrow(expect.objectContaining(closed));
    await expect(async () => store.threads.append('t', { key: 'k' } as never)).rejects.toMatchObject(closed);
    await using again = sqlite(file);
    expect(again.find('r')).toMatchObject({ ended: false, owned: false });
    expect((await again.acquire('r', 'b')).token).toBe(2);
  });
});
