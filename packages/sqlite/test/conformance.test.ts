import { journalConformance, threadStoreConformance } from '@espalier/testing';
import { describe, it } from '@jest/globals';
import { nodeDriver } from '../src/database/node-driver.js';
import { type SqliteDriver, type SqliteStore, sqlite } from '../src/index.js';
import { drivers } from './drivers.js';
import { newFile } from './new-file.js';

for (const driver of drivers) {
  journalConformance({
    name: `sqlite on ${driver}`,
    create: () => sqlite(newFile(), { poll: 5, driver }),
    another: ({ file }) => sqlite(file, { poll: 5, driver }),
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

for (const driver of drivers) {
  threadStoreConformance({
    name: `sqlite on ${driver}`,
    create: () => {
      const store = sqlite(newFile(), { driver });
      opened.set(store.threads, store);
      return store.threads;
    },
    destroy: (threads) => opened.get(threads)?.close(),
    describe,
    it,
  });
}
