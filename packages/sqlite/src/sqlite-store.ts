import {
  type Answer,
  type ChainReport,
  type Clock,
  type Duration,
  EspalierError,
  type Journal,
  type JournalRecord,
  type Lease,
  milliseconds,
  type Rest,
  type RunFilter,
  type RunStartEvent,
  type RunSummary,
  type ScopedStore,
  type Store,
  type ThreadStore,
} from '@espalier/core';
import { Answers } from './answers.js';
import { type BackupOptions, backUp } from './backup.js';
import { Blobs } from './blobs/blobs.js';
import { check } from './check.js';
import { CommitQueue, closed } from './commit-queue.js';
import type { FileSource } from './database/aside.js';
import type { Codec } from './database/codec.js';
import type { Database } from './database/database.js';
import type { Driver } from './database/drivers.js';
import { storeFailed } from './database/failure.js';
import { assertEncrypted, changeFileKey, givenKey } from './database/file-key.js';
import { filePath } from './database/file-path.js';
import type { OpenFile } from './database/open-database.js';
import { protectionOf } from './database/protection.js';
import type { SqliteKey } from './database/sqlite-key.js';
import { FileWatch } from './file-watch.js';
import { Followers } from './followers.js';
import { Histories, unknownRun } from './histories.js';
import { SqliteMemory } from './memory.js';
import type { Pruned } from './pruning.js';
import { Records } from './records.js';
import { Retention } from './retention.js';
import { RunList } from './run-list.js';
import { SqliteRunRequests } from './run-requests.js';
import { Session } from './session.js';
import { Tails } from './tails.js';
import { SqliteThreads } from './threads.js';
import { vacuum } from './vacuum.js';
import { Verification } from './verification/verification.js';

export interface SqliteStoreOptions {
  readonly file: string;
  readonly driver: Driver;
  /** In milliseconds. */
  readonly lease: number;
  /** In milliseconds. */
  readonly poll: number;
  /** In milliseconds. */
  readonly timeout: number;
  /** For how long ended runs are kept, in milliseconds. As the file says if left out. */
  readonly retention: number | undefined;
  readonly clock: Clock;
}

/**
 * Runs and threads in one SQLite file, which several processes may have open. Made by {@link sqlite}.
 *
 * What is written resolves when it is on the disk; all that is written in one tick shares one transaction.
 */
export class SqliteStore implements Store, Journal, AsyncDisposable {
  /** The file, as an absolute path. */
  readonly file: string;
  readonly threads: ThreadStore;
  readonly memory: ScopedStore;
  readonly requests: SqliteRunRequests;
  readonly #database: Database;
  readonly #source: FileSource;
  readonly #fileKey: Uint8Array | undefined;
  readonly #watch: FileWatch;
  /** While a run waits for an answer, its process lives. */
  readonly #answerWatch: FileWatch;
  readonly #followers: Followers;
  readonly #queue: CommitQueue;
  readonly #session: Session;
  readonly #records: Records;
  readonly #histories: Histories;
  readonly #list: RunList;
  readonly #verification: Verification;
  readonly #codec: Codec;
  readonly #answers: Answers;
  readonly #retention: Retention;
  #closing: Promise<void> | undefined;

  /** @internal */
  constructor({ database, fileKey }: OpenFile, options: SqliteStoreOptions) {
    const { file, driver, lease, poll, timeout, retention, clock } = options;
    const protection = protectionOf(fileKey);
    this.#codec = protection.codec;
    this.file = file;
    this.#source = { file, driver, timeout };
    this.#database = database;
    this.#fileKey = fileKey;
    this.#watch = new FileWatch(database, { clock, poll });
    this.#answerWatch = new FileWatch(database, { clock, poll, foreground: true });
    this.#followers = new Followers(database, this.#watch);
    const tails = new Tails(database, protection);
    this.#queue = new CommitQueue(database, {
      file,
      timeout,
      completing: () => tails.keep(),
      undone: () => tails.forget(),
      committed: () => this.#followers.look(),
    });
    this.#session = new Session(database, this.#queue, {
      clock,
      lease,
      giveBack: (left) => this.#histories.release(left),
    });
    const blobs = new Blobs(database, protection);
    this.#records = new Records(database, protection, blobs);
    this.#verification = new Verification(database, protection, blobs);
    this.#histories = new Histories(database, {
      session: this.#session,
      records: this.#records,
      tails,
      protection,
    });
    this.#list = new RunList(database, this.#session);
    this.#answers = new Answers(database, { watch: this.#answerWatch, codec: protection.codec });
    this.requests = new SqliteRunRequests(database, this.#queue, {
      codec: protection.codec,
      watch: this.#watch,
      clock,
      session: this.#session.id,
      assertExists: (runId) => this.#histories.assertExists(runId),
    });
    this.#retention = new Retention(database, this.#queue, { clock, after: retention, codec: protection.codec });
    this.threads = new SqliteThreads(database, this.#queue, { file, codec: protection.codec });
    this.memory = new SqliteMemory(database, this.#queue, { file, codec: protection.codec });
  }

  create(start: RunStartEvent, owner: string, taken: readonly JournalRecord[] = []): Promise<Lease> {
    const body = this.#records.pack(start.runId, start);
    const bodies = taken.map((record) => this.#records.pack(start.runId, record));
    return this.#take(() => {
      const lease = this.#histories.create(start, body, owner);
      taken.forEach(
        (record, index) => void this.#histories.append(lease, record, bodies[index] as (typeof bodies)[number]),
      );
      return lease;
    });
  }

  acquire(runId: string, owner: string): Promise<Lease> {
    return this.#take(() => this.#histories.acquire(runId, owner));
  }

  append(lease: Lease, record: JournalRecord): Promise<void> {
    const body = this.#records.pack(lease.runId, record);
    const kept = this.#queue.run(() => this.#histories.append(lease, record, body));
    if (record.type !== 'run-end') return kept;
    this.#retention.runEnds();
    return kept.then(() => this.#session.ended(lease));
  }

  rest(lease: Lease, rest: Rest): Promise<void> {
    return this.#queue.run(() => this.#histories.rest(lease, rest));
  }

  async release(lease: Lease): Promise<void> {
    if (this.#session.hasJustEnded(lease)) return; // without a commit
    try {
      await this.#queue.run(() => this.#histories.release(lease));
    } catch (error) {
      this.#session.leave(lease);
      throw error;
    }
    this.#session.letGo(lease);
  }

  read(runId: string, from = 0): readonly JournalRecord[] {
    return this.#try(() => {
      const records = this.#records.read(runId, from);
      if (records === undefined) throw unknownRun(runId);
      return records;
    });
  }

  verify(runId: string): Promise<ChainReport> {
    return this.#during(() => this.#verification.verify(runId));
  }

  salvage(runId: string): readonly JournalRecord[] {
    return this.#try(() => {
      this.#histories.assertExists(runId);
      return this.#records.salvage(runId);
    });
  }

  find(runId: string): RunSummary | undefined {
    return this.#try(() => this.#list.find(runId));
  }

  list(filter: RunFilter = {}): readonly RunSummary[] {
    return this.#try(() => {
      if (filter.after !== undefined) this.#histories.assertExists(filter.after);
      return this.#list.list(filter);
    });
  }

  async answer(runId: string, answer: Answer): Promise<boolean> {
    const packed = this.#answers.pack(runId, answer);
    const counts = await this.#queue.run(() => {
      const isFirst = this.#answers.keep(runId, packed);
      if (isFirst) this.#histories.wake(runId);
      else this.#histories.assertExists(runId);
      return isFirst;
    });
    if (counts) this.#answers.tell();
    return counts;
  }

  answered(runId: string, node: string, step: string): Answer | undefined {
    return this.#try(() => {
      const answer = this.#answers.find(runId, node, step);
      if (answer === undefined) this.#histories.assertExists(runId);
      return answer;
    });
  }

  onAppend(runId: string, listener: () => void): () => void {
    return this.#try(() => {
      this.#histories.assertExists(runId);
      return this.#followers.follow(runId, listener);
    });
  }

  onAnswer(runId: string, listener: (answer: Answer) => void): () => void {
    return this.#try(() => {
      this.#histories.assertExists(runId);
      return this.#answers.listen(runId, listener);
    });
  }

  /**
   * Deletes runs that ended longer ago than `olderThan`, whatever `retention` says, with their child runs, records and answers.
   * In small steps: others may write meanwhile. Runs that have not ended stay.
   *
   * @returns how many runs and records are gone
   * @example const { runs } = await store.prune({ olderThan: '7 days' });
   */
  async prune({ olderThan }: { readonly olderThan: Duration }): Promise<Pruned> {
    return this.#retention.prune(milliseconds(olderThan, 'prune({ olderThan })'));
  }

  /**
   * Lets an encrypted file open with another key from now on. Processes that have it open go on. What is in the file stays as it
   * is: who has an older copy of the file, with its key, can still read what is written later. Where a key is known to
   * strangers, go on in a new file.
   *
   * @throws store-key-invalid when the file is not encrypted
   */
  async changeKey(key: SqliteKey): Promise<void> {
    const given = givenKey(key, 'changeKey()');
    const own = this.#fileKey;
    assertEncrypted(this.file, own);
    await this.#queue.run(() => changeFileKey(this.#database, own, given));
  }

  /**
   * Gives space that pruned runs have left back to the disk. Without it new runs use that space. In small steps: others may have the
   * file open, and write.
   *
   * @returns how much smaller the file is
   */
  async vacuum(): Promise<{ readonly bytes: number }> {
    return this.#during(async () => ({ bytes: await vacuum(this.#database, this.#queue) }));
  }

  /**
   * Copies the store as it is at one moment, while it is in use. The copy is a store: nobody holds its runs, and any of them can be
   * resumed there. It is encrypted with the same key.
   *
   * This process goes on meanwhile, unless `driver` is a function: then nothing else happens in it.
   *
   * @param path of the copy. It is there whole, or not at all
   * @throws store-invalid where that file exists, unless `overwrite` is given, and where it is a store that is open
   * @example await store.backup('backups/runs.db', { overwrite: true });
   */
  async backup(path: string | URL, options: BackupOptions = {}): Promise<void> {
    const target = filePath(path, 'backup', 'Name the file that is to be made.');
    return this.#during(() => backUp(this.#source, target, options));
  }

  /**
   * Looks at the whole file: its structure, as `PRAGMA integrity_check` does, the records of each run, as `verify` does, and the bodies
   * of answers, threads, memories and notes. For a backup, or where a disk is doubted; reading looks at what it reads anyway.
   *
   * @returns what is wrong, in words; nothing where the file is whole
   * @example const faults = await store.check();
   */
  async check(): Promise<readonly string[]> {
    const assertOpen = (): void => {
      if (this.#closing !== undefined) throw closed(this.file);
    };
    return this.#during(() =>
      check({
        source: this.#source,
        database: this.#database,
        verification: this.#verification,
        codec: this.#codec,
        assertOpen,
      }),
    );
  }

  /** Writes what is under way, gives back all runs that are still held, and closes the file. Drain the runtime first. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #take(act: () => Lease): Promise<Lease> {
    const { lease, until } = await this.#queue.run(() => ({ lease: act(), until: this.#session.renew() }));
    this.#session.hold(lease, until);
    this.requests.look();
    return lease;
  }

  async #close(): Promise<void> {
    this.#answerWatch.close();
    this.#watch.close();
    this.#retention.close();
    try {
      await this.#queue.close(() => this.#session.end());
    } finally {
      this.#database.close();
    }
  }

  async #during<T>(act: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) throw closed(this.file);
    try {
      return await act();
    } catch (error) {
      if (this.#closing !== undefined && !EspalierError.is(error)) throw closed(this.file);
      throw storeFailed(this.file, error);
    }
  }

  #try<T>(read: () => T): T {
    if (this.#closing !== undefined) throw closed(this.file);
    try {
      return read();
    } catch (error) {
      throw storeFailed(this.file, error);
    }
  }
}
