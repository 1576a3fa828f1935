import { randomBytes } from 'node:crypto';
import type { JournalRecord, RunEndEvent, RunStartEvent } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { newFile } from '../../test/new-file.js';
import { openFile } from '../../test/open-file.js';
import { LARGEST } from '../blobs/packed-record.js';
import type { Database } from '../database/database.js';
import { type SqliteStore, sqlite } from '../index.js';
import { MOST } from './faults.js';

const LENGTH = 10;
const key = randomBytes(32);

const start = (runId: string): RunStartEvent =>
  ({ v: 1, runId, seq: 0, time: 1000, type: 'run-start', workflow: 'w', version: 3, fingerprint: 'f' }) as const;

const end = (runId: string, seq: number, output?: unknown): RunEndEvent =>
  ({ v: 1, runId, seq, time: 2000, type: 'run-end', status: 'completed', output }) as RunEndEvent;

const answer = (runId: string, seq: number): JournalRecord => ({
  ...{ v: 1, runId, seq, time: 1000 + seq, type: 'node-resume', node: 'n', attempt: 1, step: `signal:${seq}` },
  value: { approved: true, by: `person ${seq}` },
});

/** Appends a run of records, the last of which ends it. */
async function play(store: SqliteStore, runId: string, output?: unknown, length = LENGTH): Promise<void> {
  const lease = await store.create(start(runId), 'a');
  const records = Array.from({ length: length - 2 }, (_, index) => answer(runId, index + 1));
  await Promise.all([...records, end(runId, length - 1, output)].map((record) => store.append(lease, record)));
  await store.release(lease);
}

/** What is found of run 'r' once somebody has changed the file. */
async function found(
  options: { readonly key?: Uint8Array },
  tamper: (database: Database, sql: (text: string) => void) => void,
  output?: unknown,
): Promise<readonly string[]> {
  const file = newFile();
  await using store = sqlite(file, options);
  await play(store, 'r', output);
  await play(store, 'other', output);
  const database = openFile(file);
  const sql = (text: string): void => {
    const { changes } = database.prepare(text.replaceAll(/\bR\b/g, "(SELECT id FROM runs WHERE run_id = 'r')")).run();
    expect(Number(changes)).toBeGreaterThan(0);
  };
  tamper(database, sql);
  database.close();
  const { faults } = await store.verify('r');
  expect((await store.verify('other')).faults).toEqual([]);
  return faults.map(({ seq, kind, message }) => `${seq} ${kind}: ${message}`);
}

/** Exchanges records by their places. */
const exchange = (sql: (text: string) => void, one: number, other: number): void => {
  sql(`UPDATE records SET seq = 99 WHERE run = R AND seq = ${one}`);
  sql(`UPDATE records SET seq = ${one} WHERE run = R AND seq = ${other}`);
  sql(`UPDATE records SET seq = ${other} WHERE run = R AND seq = 99`);
};

/** Moves records to other places, by as much. */
const move = (sql: (text: string) => void, from: number, by: number): void => {
  sql(`UPDATE records SET seq = -1 - seq WHERE run = R AND seq >= ${from}`);
  sql(`UPDATE records SET seq = -1 - seq + ${by} WHERE run = R AND seq < 0`);
};

const copy = (seq: number, from: number, run = 'R'): string =>
  `INSERT INTO records SELECT R, ${seq}, body, hash FROM records WHERE run = ${run} AND seq = ${from}`;

const OTHER = "(SELECT id FROM runs WHERE run_id = 'other')";

const cases: readonly (readonly [string, (sql: (text: string) => void) => void, readonly string[]])[] = [
  [
    'a record that was deleted',
    (sql) => sql('DELETE FROM records WHERE run = R AND seq = 4'),
    ['4 missing: Record 4 is missing.'],
  ],
  [
    'a record that was deleted, whose gap was closed',
    (sql) => {
      sql('DELETE FROM records WHERE run = R AND seq = 4');
      move(sql, 5, -1);
      sql("UPDATE runs SET length = length - 1 WHERE run_id = 'r'");
    },
    ['4 missing: Record 4 is missing.', '9 added: Record 9 was put in: the run has 9 by its row.'],
  ],
  [
    'several that were deleted',
    (sql) => sql('DELETE FROM records WHERE run = R AND seq IN (2, 4, 5, 7)'),
    ['2 missing: Record 2 is missing.', '4 missing: Records 4 to 5 are missing.', '7 missing: Record 7 is missing.'],
  ],
  [
    'the first record that was deleted',
    (sql) => sql('DELETE FROM records WHERE run = R AND seq = 0'),
    ['0 missing: Record 0 is missing.'],
  ],
  [
    'the end that was cut off',
    (sql) => sql('DELETE FROM records WHERE run = R AND seq >= 7'),
    ['7 missing: Records 7 to 9 are missing.'],
  ],
  [
    'the end that was cut off, from the row of the run as well',
    (sql) => {
      sql('DELETE FROM records WHERE run = R AND seq >= 7');
      sql(
        'UPDATE runs SET length = 7, ended_at = NULL, status = NULL, head = ' +
          "(SELECT hash FROM records WHERE run = R AND seq = 6) WHERE run_id = 'r'",
      );
    },
    ['6 changed: The row of the run was changed: its hash is not that of record 6.'],
  ],
  [
    'all records that were deleted',
    (sql) => sql('DELETE FROM records WHERE run = R'),
    ['0 missing: Records 0 to 9 are missing.'],
  ],
  [
    'two records that were exchanged',
    (sql) => exchange(sql, 3, 7),
    [
      '3 reordered: Record 3 is not what it was: record 7 stands there.',
      '7 reordered: Record 7 is not what it was: record 3 stands there.',
    ],
  ],
  [
    'neighbours that were exchanged',
    (sql) => exchange(sql, 3, 4),
    [
      '3 reordered: Record 3 is not what it was: record 4 stands there.',
      '4 reordered: Record 4 is not what it was: record 3 stands there.',
    ],
  ],
  [
    'the first and the last, exchanged',
    (sql) => exchange(sql, 0, 9),
    [
      '0 reordered: Record 0 is not what it was: record 9 stands there.',
      '9 reordered: Record 9 is not what it was: record 0 stands there.',
    ],
  ],
  [
    'two bodies that were exchanged',
    (sql) => {
      sql(
        'UPDATE records SET body = (SELECT o.body FROM records o WHERE o.run = R AND o.seq = 9 - records.seq) ' +
          'WHERE run = R AND seq = 6',
      );
    },
    ['6 reordered: Record 6 is not what it was: record 3 stands there.'],
  ],
  [
    'a record that stands further back',
    (sql) => {
      sql('UPDATE records SET seq = 99 WHERE run = R AND seq = 3');
      sql('UPDATE records SET seq = 3 WHERE run = R AND seq = 4');
      sql('UPDATE records SET seq = 4 WHERE run = R AND seq = 5');
      sql('UPDATE records SET seq = 5 WHERE run = R AND seq = 99');
    },
    ['3 reordered: Record 3 stands behind record 5.'],
  ],
  ['records that all stand elsewhere', (sql) => move(sql, 0, 5), ['0 reordered: Record 0 stands at place 5.']],
  [
    'a copy that was put in',
    (sql) => {
      move(sql, 5, 1);
      sql(copy(5, 2));
    },
    ['5 added: A record was put in at place 5: record 2 is there twice.'],
  ],
  [
    'a record of another run that was put in',
    (sql) => {
      move(sql, 5, 1);
      sql(copy(5, 5, OTHER));
    },
    ['5 added: A record was put in at place 5: it STRANGE.'],
  ],
  [
    'a record of another run behind the end',
    (sql) => sql(copy(10, 5, OTHER)),
    ['10 added: A record was put in at place 10: it STRANGE.'],
  ],
  [
    'a copy behind the end',
    (sql) => sql(copy(10, 9)),
    ['10 added: A record was put in at place 10: record 9 is there twice.'],
  ],
  [
    'a record before the first',
    (sql) => sql(copy(-3, 3)),
    ['0 added: A record was put in at place -3: record 3 is there twice.'],
  ],
  [
    'a record of another run in the place of one',
    (sql) => {
      sql('DELETE FROM records WHERE run = R AND seq = 5');
      sql(copy(5, 5, OTHER));
    },
    ['5 changed: Record 5 is not what it was: it STRANGE.'],
  ],
  [
    'a record of another run in the place of one, after a gap',
    (sql) => {
      sql('DELETE FROM records WHERE run = R AND seq IN (4, 5)');
      sql(copy(5, 5, OTHER));
    },
    ['4 missing: Record 4 is missing.', '5 changed: Record 5 is not what it was: it STRANGE.'],
  ],
  [
    'a hash that was changed',
    (sql) => sql("UPDATE records SET hash = 'x' || hash WHERE run = R AND seq = 9"),
    ['9 changed: Record 9 was changed.'],
  ],
  [
    'a body of another kind',
    (sql) => sql('UPDATE records SET body = 5 WHERE run = R AND seq = 5'),
    ['5 changed: Record 5 is not what it was: it cannot be read.'],
  ],
  ...(
    [
      ['workflow', "'v'", 'workflow is "v", and "w" by record 0'],
      ['version', '2', 'version is 2, and 3 by record 0'],
      ['started_at', '999', 'started_at is 999, and 1000 by record 0'],
      ['parent', "'p'", 'parent is "p", and null by record 0'],
      ['forked_from', "'p'", 'forked_from is "p", and null by record 0'],
    ] as const
  ).map(
    ([field, value, what]) =>
      [
        `a row that says another ${field}`,
        (sql: (text: string) => void) => sql(`UPDATE runs SET ${field} = ${value} WHERE run_id = 'r'`),
        [`0 changed: The row of the run was changed: ${what}.`],
      ] as const,
  ),
  [
    'a row that says that the run has not ended',
    (sql) => sql("UPDATE runs SET ended_at = NULL, status = NULL WHERE run_id = 'r'"),
    [
      '9 changed: The row of the run was changed: ended_at is null, and 2000 by record 9.',
      '9 changed: The row of the run was changed: status is null, and "completed" by record 9.',
    ],
  ],
  [
    'another hash in the row',
    (sql) => sql("UPDATE runs SET head = 'x' WHERE run_id = 'r'"),
    ['9 changed: The row of the run was changed: its hash is not that of record 9.'],
  ],
];

describe.each([
  ['without a key', {}, "is one of run 'other'"],
  ['with a key', { key }, 'cannot be read'],
] as const)('verify, %s', (_what, options, strange) => {
  it('finds nothing in a history that is as it was written', async () => {
    const file = newFile();
    await using store = sqlite(file, options);
    await play(store, 'r', 'x'.repeat(2 * LARGEST), 1000);
    const { head, ...rest } = await store.verify('r');
    expect(rest).toEqual({ records: 1000, faults: [] });
    const database = openFile(file);
    expect(head).toBe(database.prepare('SELECT hash FROM records WHERE seq = 999').get()?.hash);
    database.close();
  });

  it.each(cases)('finds %s', async (_what, tamper, expected) => {
    const faults = await found(options, (_database, sql) => tamper(sql));
    expect(faults).toEqual(expected.map((fault) => fault.replace('STRANGE', strange)));
  });

  it('finds any byte of a body that was changed', async () => {
    for (const [seq, byte] of [
      [0, 3],
      [4, 0],
      [4, 40],
      [4, 100],
      [9, 30],
    ] as const) {
      const faults = await found(options, (database) => {
        const at = "run = (SELECT id FROM runs WHERE run_id = 'r') AND seq = ?";
        const body = database.prepare(`SELECT CAST(body AS BLOB) AS body FROM records WHERE ${at}`).get(seq)?.body;
        const bytes = Buffer.from(body as Uint8Array);
        bytes[byte] = (bytes[byte] as number) ^ 1;
        const changed = 'key' in options ? bytes : bytes.toString();
        database.prepare(`UPDATE records SET body = ? WHERE ${at}`).run(changed, seq);
      });
      expect(faults).toHaveLength(1);
      expect(faults[0]).toMatch(new RegExp(`^${seq} changed: Record ${seq} `));
    }
  });

  it('finds a large value that is missing or was changed, and names each record that has it', async () => {
    const output = { text: 'x'.repeat(LARGEST + 1) };
    const other = { text: 'y'.repeat(LARGEST + 1) };
    const file = newFile();
    await using store = sqlite(file, options);
    const lease = await store.create(start('r'), 'a');
    await store.append(lease, { ...answer('r', 1), value: output } as JournalRecord);
    await store.append(lease, { ...answer('r', 2), value: other } as JournalRecord);
    await store.append(lease, end('r', 3, output));
    await store.release(lease);
    const database = openFile(file);
    expect(database.prepare('SELECT count(*) AS n FROM blobs').get()?.n).toBe(2);
    database
      .prepare(
        "UPDATE blobs SET body = iif(typeof(body) = 'text', replace(body, 'yy', 'yz'), zeroblob(99)) WHERE id = 2",
      )
      .run();
    expect((await store.verify('r')).faults).toEqual([
      { seq: 2, kind: 'changed', message: 'A large value of record 2 was changed.' },
    ]);
    database.exec('DELETE FROM blobs');
    expect((await store.verify('r')).faults.map(({ seq, message }) => [seq, message])).toEqual([
      [1, 'A large value of record 1 is missing.'],
      [2, 'A large value of record 2 is missing.'],
      [3, 'A large value of record 3 is missing.'],
    ]);
    database.close();
    expect(() => store.read('r')).toThrow(expect.objectContaining({ message: "Record 1 of run 'r' is damaged." }));
  });

  it('does not read a record for another one', async () => {
    const file = newFile();
    await using store = sqlite(file, options);
    await play(store, 'r');
    await play(store, 'other');
    const database = openFile(file);
    exchange((text) => void database.prepare(text.replaceAll(/\bR\b/g, '1')).run(), 3, 4);
    expect(() => store.read('r')).toThrow(expect.objectContaining({ message: "Record 3 of run 'r' is damaged." }));
    exchange((text) => void database.prepare(text.replaceAll(/\bR\b/g, '1')).run(), 3, 4);
    expect(store.read('r')).toHaveLength(LENGTH);
    database.exec("UPDATE runs SET run_id = 'x' WHERE id = 1; UPDATE runs SET run_id = 'r' WHERE id = 2");
    expect(() => store.read('r')).toThrow(expect.objectContaining({ message: "Record 0 of run 'r' is damaged." }));
    expect((await store.verify('r')).faults).toHaveLength(LENGTH);
    database.close();
  });

  it('reads what is appended meanwhile, and lets others go on', async () => {
    await using store = sqlite(newFile(), options);
    const lease = await store.create(start('r'), 'a');
    const add = (seq: number): Promise<void> => store.append(lease, answer('r', seq));
    await Promise.all(Array.from({ length: 500 }, (_, index) => add(index + 1)));
    const report = store.verify('r');
    for (let seq = 501; seq <= 520; seq++) await add(seq);
    const { records, faults } = await report;
    expect(faults).toEqual([]);
    expect(records).toBeGreaterThan(501);
  });

  it('appends nothing to a history whose end was cut off', async () => {
    const file = newFile();
    await using store = sqlite(file, options);
    const lease = await store.create(start('r'), 'a');
    await store.append(lease, answer('r', 1));
    const database = openFile(file);
    database.exec('DELETE FROM records WHERE seq = 1');
    database.close();
    await expect(store.append(lease, answer('r', 2))).rejects.toMatchObject({ code: 'store-failed' });
  });

  it('names so many faults and no more', async () => {
    const file = newFile();
    await using store = sqlite(file, options);
    await play(store, 'r', undefined, MOST + 500);
    const database = openFile(file);
    database.exec("UPDATE records SET body = 'x'");
    database.close();
    expect((await store.verify('r')).faults).toHaveLength(MOST);
  });
});

describe('verify', () => {
  it('knows no run that is not there, and no file that is closed', async () => {
    const store = sqlite(newFile());
    await expect(store.verify('x')).rejects.toMatchObject({ code: 'run-unknown' });
    await store.close();
    await expect(store.verify('x')).rejects.toMatchObject({ code: 'store-failed' });
  });

  it('tells of a history that was written anew without the key', async () => {
    // Who has no key can make the hashes of a file without one, and no others.
    const file = newFile();
    await using store = sqlite(file, { key });
    await play(store, 'r');
    const plain = newFile();
    await using forger = sqlite(plain);
    await play(forger, 'r');
    const database = openFile(file);
    database.exec(`ATTACH '${plain}' AS forged`);
    database.exec('DELETE FROM records; INSERT INTO records SELECT * FROM forged.records');
    database.exec('UPDATE runs SET head = (SELECT head FROM forged.runs)');
    database.close();
    expect((await store.verify('r')).faults).toHaveLength(LENGTH);
    expect(() => store.read('r')).toThrow("Record 0 of run 'r' is damaged.");
  });
});
