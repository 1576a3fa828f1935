import { EspalierError } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { isBusy, storeFailed } from './failure.js';

describe('storeFailed', () => {
  it.each([
    ['node:sqlite', { message: 'disk is full', code: 'ERR_SQLITE_ERROR', errcode: 13 }],
    ['better-sqlite3', { message: 'disk is full', code: 'SQLITE_FULL' }],
  ])('knows the codes of %s', (_driver, error) => {
    expect(storeFailed('runs.db', error)).toMatchObject({
      code: 'store-failed',
      message: "The store 'runs.db' failed: disk is full.",
      hint: 'Free space on the disk. Runs that were parked can be resumed then.',
      details: { file: 'runs.db' },
      cause: error,
    });
  });

  it('knows extended codes, and says so where it knows none', () => {
    const hint = 'Look at the disk: reading or writing failed.';
    expect(storeFailed('f', { message: 'm', errcode: 778 }).hint).toBe(hint);
    expect(storeFailed('f', { message: 'm', code: 'SQLITE_IOERR_WRITE' }).hint).toBe(hint);
    expect(storeFailed('f', { message: 'm', code: 'SQLITE_NOLFS' }).hint).toMatch(/^See `cause`/);
    expect(storeFailed('f', 'words').message).toBe("The store 'f' failed: words.");
  });

  it('leaves errors of ours as they are', () => {
    const error = new EspalierError('run-unknown', 'no');
    expect(storeFailed('f', error)).toBe(error);
  });
});

describe('isBusy', () => {
  it.each([
    { errcode: 5 },
    { errcode: 517 },
    { errcode: 6 },
    { code: 'SQLITE_BUSY' },
    { code: 'SQLITE_BUSY_SNAPSHOT' },
  ])('is true for %j', (error) => expect(isBusy(error)).toBe(true));

  it.each([{ errcode: 13 }, { code: 'SQLITE_FULL' }, { code: 'ENOENT' }, undefined, 'SQLITE_BUSY'])(
    'is false for %j',
    (error) => expect(isBusy(error)).toBe(false),
  );
});
