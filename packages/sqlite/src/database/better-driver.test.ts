import { describe, expect, it } from '@jest/globals';
import { newFile } from '../../test/new-file.js';
import { betterDriver, betterDriverFrom } from './better-driver.js';

describe('betterDriver', () => {
  it('opens a file', () => {
    const database = betterDriver(newFile());
    expect(database.prepare('SELECT 1 AS one').get()).toEqual({ one: 1 });
    database.close();
  });

  it.each([
    ['MODULE_NOT_FOUND', 'better-sqlite3 is not installed.', 'Run `npm install better-sqlite3`, or leave'],
    [
      'ERR_DLOPEN_FAILED',
      'better-sqlite3 cannot be loaded: see `cause`.',
      'Run `npm rebuild better-sqlite3`, or leave',
    ],
  ])('says what to do where it cannot be used: %s', (code, message, hint) => {
    const cause = Object.assign(new Error('no'), { code });
    const load = () => {
      throw cause;
    };
    expect(() => betterDriverFrom(load, newFile())).toThrow(
      expect.objectContaining({ code: 'store-invalid', message, hint: expect.stringContaining(hint), cause }),
    );
  });
});
