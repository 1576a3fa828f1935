import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { newFile } from '../../test/new-file.js';
import { openFile as open } from '../../test/open-file.js';
import type { Database } from './database.js';
import { migrate } from './migrate.js';
import { migrations } from './migrations.js';
import { nodeDriver } from './node-driver.js';
import { openDatabase as openWith } from './open-database.js';

const openDatabase = (file: string, timeout: number): Database => openWith(file, timeout, nodeDriver).database;

const tables = (database: Database): readonly unknown[] =>
  database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .all()
    .map(({ name }) => name);

const version = (database: Database): unknown => database.prepare('PRAGMA user_version').get()?.user_version;

describe('migrate', () => {
  it('takes a new file through all versions, and an older one through the rest', () => {
    const file = newFile();
    const first = ['CREATE TABLE a (x)'];
    const database = open(file);
    migrate(database, file, first);
    database.exec('INSERT INTO a VALUES (1)');
    migrate(database, file, [...first, 'CREATE TABLE b (x); INSERT INTO b SELECT x + 1 FROM a', 'CREATE TABLE c (x)']);
    expect(tables(database)).toEqual(['a', 'b', 'c']);
    expect(database.prepare('SELECT x FROM b').get()?.x).toBe(2);
    expect(version(database)).toBe(3);
    database.close();
  });

  it('leaves a file as it was where a migration fails', () => {
    const file = newFile();
    const database = open(file);
    migrate(database, file, ['CREATE TABLE a (x)']);
    expect(() => migrate(database, file, ['', 'CREATE TABLE b (x)', 'no SQL'])).toThrow('syntax error');
    expect(tables(database)).toEqual(['a']);
    expect(version(database)).toBe(1);
    database.close();
  });

  it('refuses a file of a newer version, unchanged, and says what to do', () => {
    const file = newFile();
    const newer = open(file);
    migrate(newer, file, [...migrations, 'CREATE TABLE from_the_future (x)']);
    newer.close();
    const before = readFileSync(file);
    const known = migrations.length;
    expect(() => openDatabase(file, 1000)).toThrow(
      expect.objectContaining({
        code: 'store-invalid',
        message: `The store '${file}' has version ${known + 1}: this @espalier/sqlite knows versions up to ${known}.`,
        hint: 'Update @espalier/sqlite, or name another file. Nothing was changed.',
        details: { file, version: known + 1, known },
      }),
    );
    expect(readFileSync(file)).toEqual(before);
  });

  it.each([
    ['with tables', 'CREATE TABLE notes (text)'],
    ['with a version of its own', 'PRAGMA user_version = 1'],
  ])('refuses a database of something else, unchanged: %s', (_what, sql) => {
    const file = newFile();
    const other = open(file);
    other.exec(sql);
    other.close();
    const before = readFileSync(file);
    expect(() => openDatabase(file, 1000)).toThrow(
      expect.objectContaining({ code: 'store-invalid', message: `'${file}' is a database of something else.` }),
    );
    expect(readFileSync(file)).toEqual(before);
  });

  it('refuses a file that is no database, unchanged', () => {
    const file = newFile();
    const text = 'Dear diary, '.repeat(100);
    writeFileSync(file, text);
    expect(() => openDatabase(file, 1000)).toThrow(
      expect.objectContaining({
        code: 'store-invalid',
        message: `The store '${file}' cannot be opened: file is not a database.`,
        hint: 'The file is no SQLite database. Name another file.',
      }),
    );
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});

describe('openDatabase', () => {
  it('keeps what is committed on the disk, in a log that several processes share', () => {
    const database = openDatabase(newFile(), 1000);
    expect(database.prepare('PRAGMA journal_mode').get()?.journal_mode).toBe('wal');
    expect(database.prepare('PRAGMA synchronous').get()?.synchronous).toBe(2);
    database.close();
  });

  it('opens what is open already, and waits for who makes it', () => {
    const file = newFile();
    const first = openDatabase(file, 1000);
    const second = openDatabase(file, 1000);
    expect(tables(second)).toEqual(tables(first));
    expect(version(second)).toBe(migrations.length);
    second.close();
    first.close();
  });

  it('gives up where another process does not let it', () => {
    const file = newFile();
    const other = open(file);
    other.exec('BEGIN EXCLUSIVE');
    expect(() => openDatabase(file, 50)).toThrow(
      expect.objectContaining({
        code: 'store-invalid',
        message: `The store '${file}' cannot be opened: database is locked.`,
        hint: expect.stringContaining('Another process has been writing for long'),
      }),
    );
    other.exec('ROLLBACK');
    other.close();
    openDatabase(file, 50).close();
  });

  it('says where a folder cannot be made', () => {
    const file = newFile();
    writeFileSync(file, '');
    expect(() => openDatabase(`${file}/deeper/runs.db`, 1000)).toThrow(
      expect.objectContaining({ code: 'store-invalid', message: expect.stringContaining('cannot be opened: ENOTDIR') }),
    );
  });
});
