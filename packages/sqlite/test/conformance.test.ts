import { journalConformance, scopedStoreConformance, threadStoreConformance } from '@espalier/testing';
import { describe, it } from '@jest/globals';
import { nodeDriver } from '../src/database/node-driver.js';
import { type SqliteDriver, type SqliteStore, sqlite } from '../src/index.js';
import { drivers } from './drivers.js';
import { newFile } from './new-file.js';

const key = Buffer.alloc(32, 7);

/** Every driver, with and without a key. */
const kinds = drivers.flatMap((driver) => [
  { name: `sqlite on ${driver}`, options: { driver } },
  { name: `sqlite on ${driver}, encrypted`, options: { driver, key } },
]);

for (const { name, options } of kinds) {
  journalConformance({
    name,
    create: () => sqlite(newFile(), { poll: 5, ...options }),
    another: ({ file }) => sqlite(file, { poll: 5, ...options }),
    destroy: (store) => store.close(),
    describe,
    it,
  });
}

/** A driver that has what the port asks for, and nothing more. */
const barest: SqliteDriver = (file) => {
  const database = nodeDriver(file);
  return {
    exec: (sql) => database.exec(sql),
    close: () => database.close(),
    prepare: (sql) => {
      const statement = database.prepare(sql);
      return {
        run: (...values) => ({ changes: BigInt(statement.run(...values).changes) }),
        get: (...values) => statement.get(...values),
        all: (...values) => statement.all(...values),
      };
    },
  };
};

journalConformance({
  name: "sqlite on a driver of one's own",
  create: () => sqlite(newFile(), { poll: 5, driver: barest }),
  another: ({ file }) => sqlite(file, { poll: 5, driver: barest }),
  destroy: (store) => store.close(),
  describe,
  it,
});

const opened = new Map<unknown, SqliteStore>();

for (const { name, options } of kinds) {
  threadStoreConformance({
    name,
    create: () => {
      const store = sqlite(newFile(), options);
      opened.set(store.threads, store);
      return store.threads;
    },
    destroy: (threads) => opened.get(threads)?.close(),
    describe,
    it,
  });
}

for (const { name, options } of kinds) {
  const files = new Map<unknown, SqliteStore>();
  const open = (file: string) => {
    const store = sqlite(file, options);
    files.set(store.memory, store);
    return store.memory;
  };
  scopedStoreConformance({
    name,
    create: () => open(newFile()),
    again: (memory) => open((files.get(memory) as SqliteStore).file),
    destroy: (memory) => files.get(memory)?.close(),
    describe,
    it,
  });
}
