import { journalConformance, threadStoreConformance } from '@espalier/testing';
import { describe, it } from '@jest/globals';
import { type SqliteStore, sqlite } from '../src/index.js';
import { newFile } from './new-file.js';

journalConformance({
  name: 'sqlite',
  create: () => sqlite(newFile(), { poll: 5 }),
  another: ({ file }) => sqlite(file, { poll: 5 }),
  destroy: (store) => store.close(),
  describe,
  it,
});

const opened = new Map<unknown, SqliteStore>();

threadStoreConformance({
  name: 'sqlite',
  create: () => {
    const store = sqlite(newFile());
    opened.set(store.threads, store);
    return store.threads;
  },
  destroy: (threads) => opened.get(threads)?.close(),
  describe,
  it,
});
