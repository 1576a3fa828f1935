import { journalConformance, scopedStoreConformance, threadStoreConformance } from '@espalier/testing';
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

for (const driver of drivers) {
  for (const key of [undefined, Buffer.alloc(32, 7)]) {
    const files = new Map<unknown, SqliteStore>();
    const open = (file: string) => {
      const store = sqlite(file, { driver, ...(key === undefined ? {} : { key }) });
      files.set(store.memory, store);
      return store.memory;
    };
    scopedStoreConformance({
      name: `sqlite on ${driver}${key === undefined ? '' : ', encrypted'}`,
      create: () => open(newFile()),
      again: (memory) => open((files.get(memory) as SqliteStore).file),
      destroy: (memory) => files.get(memory)?.close(),
      describe,
      it,
    });
  }
}
