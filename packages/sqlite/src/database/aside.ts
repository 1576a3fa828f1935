import { Worker } from 'node:worker_threads';
import { type Driver, driverOf } from './drivers.js';

/** A file as it can be opened once more. */
export interface FileSource {
  readonly file: string;
  readonly driver: Driver;
  /** How long others may be in the way, in milliseconds. */
  readonly timeout: number;
}

/** A statement, and how it is called: `all` where it gives rows. */
export interface Work {
  readonly sql: string;
  readonly call: 'run' | 'all';
  readonly values?: readonly string[];
}

/**
 * Does what may take long on a connection of its own, in a thread of its own, so that this process goes on meanwhile. A driver that is
 * a function cannot go there: then it is done here, and nothing else is.
 */
export function aside(source: FileSource, work: Work): Promise<unknown> {
  return typeof source.driver === 'function' ? here(source, work) : inThread(source, work);
}

async function here({ file, driver, timeout }: FileSource, { sql, call, values = [] }: Work): Promise<unknown> {
  const database = driverOf(driver)(file);
  try {
    database.exec(`PRAGMA busy_timeout = ${timeout}`);
    return database.prepare(sql)[call](...values);
  } finally {
    database.close();
  }
}

/** The same as a text: what a thread begins with. */
const PROGRAM = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { file, driver, timeout, sql, call, values = [], from } = workerData;
  const Database = driver === 'node:sqlite'
    ? require('node:sqlite').DatabaseSync
    : require('node:module').createRequire(from)(driver);
  const database = new Database(file);
  try {
    database.exec('PRAGMA busy_timeout = ' + timeout);
    parentPort.postMessage(database.prepare(sql)[call](...values));
  } finally {
    database.close();
  }
`;

function inThread(source: FileSource, work: Work): Promise<unknown> {
  const worker = new Worker(PROGRAM, { eval: true, workerData: { ...source, ...work, from: import.meta.url } });
  return new Promise((resolve, reject) => {
    let result: unknown;
    worker.on('message', (message: unknown) => {
      result = message;
    });
    worker.on('error', reject);
    worker.on('exit', () => resolve(result));
  });
}
