import { randomUUID } from 'node:crypto';
import type { Clock, PostedRequest, RunReply, RunRequest, RunRequests } from '@espalier/core';
import type { CommitQueue } from './commit-queue.js';
import { type Codec, placeOf } from './database/codec.js';
import type { Database, SqlRow, Statement } from './database/database.js';
import { jsonText } from './database/json-text.js';
import { keyText, textOfKey } from './database/key-text.js';
import type { FileWatch } from './file-watch.js';

/** A request is forgotten after an hour, whatever became of who asked. */
const KEPT = 3_600_000;

type OnRequest = (posted: PostedRequest) => void;

interface WaitingForReply {
  readonly listener: (reply: RunReply) => void;
  readonly stop: () => void;
}

export interface SqliteRunRequestsOptions {
  readonly codec: Codec;
  readonly watch: FileWatch;
  readonly clock: Clock;
  /** Of the session whose runs the requests are to be told of. */
  readonly session: string;
  /** @throws run-unknown */
  readonly assertExists: (runId: string) => void;
}

/** Requests between the processes that have a file open: left in it, and found by looking whether it has changed. */
export class SqliteRunRequests implements RunRequests {
  readonly #queue: CommitQueue;
  readonly #options: SqliteRunRequestsOptions;
  readonly #insert: Statement;
  readonly #forget: Statement;
  readonly #open: Statement;
  readonly #answer: Statement;
  readonly #answered: Statement;
  readonly #delete: Statement;
  readonly #listeners = new Map<OnRequest, Set<string>>();
  readonly #waiting = new Map<string, WaitingForReply>();
  #unwatch: (() => void) | undefined;

  constructor(database: Database, queue: CommitQueue, options: SqliteRunRequestsOptions) {
    this.#queue = queue;
    this.#options = options;
    this.#insert = database.prepare(
      'INSERT INTO requests (id, run, body, posted_at) SELECT ?, id, ?, ? FROM runs WHERE run_id = ?',
    );
    this.#forget = database.prepare('DELETE FROM requests WHERE posted_at < ?');
    this.#open = database.prepare(
      'SELECT q.id, r.run_id, q.body FROM requests q JOIN runs r ON r.id = q.run ' +
        'WHERE q.reply IS NULL AND r.session = ? ORDER BY q.posted_at, q.id',
    );
    this.#answer = database.prepare('UPDATE requests SET reply = ? WHERE id = ? AND reply IS NULL');
    this.#answered = database.prepare('SELECT reply FROM requests WHERE id = ? AND reply IS NOT NULL');
    this.#delete = database.prepare('DELETE FROM requests WHERE id = ?');
  }

  async post(runId: string, request: RunRequest): Promise<string> {
    const { codec, clock, assertExists } = this.#options;
    const id = randomUUID();
    const body = codec.encode(jsonText(request, `The request to run '${runId}'`), placeOfRequest(id));
    await this.#queue.run(() => {
      const now = clock.now();
      this.#forget.run(now - KEPT);
      const { changes } = this.#insert.run(id, body, now, keyText(runId));
      if (Number(changes) === 0) assertExists(runId);
    });
    this.look();
    return id;
  }

  onRequest(listener: OnRequest): () => void {
    const own: OnRequest = (posted) => listener(posted);
    this.#listeners.set(own, new Set());
    this.#unwatch ??= this.#options.watch.watch(() => this.look());
    this.#tell();
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size > 0) return;
      this.#unwatch?.();
      this.#unwatch = undefined;
    };
  }

  async reply(id: string, reply: RunReply): Promise<void> {
    const body = this.#options.codec.encode(jsonText(reply, 'The reply to a request'), placeOfReply(id));
    await this.#queue.run(() => this.#answer.run(body, id));
    this.look();
  }

  onReply(id: string, listener: (reply: RunReply) => void): () => void {
    const stop = this.#options.watch.watch(() => this.#findReply(id));
    this.#waiting.set(id, { listener, stop });
    this.#findReply(id);
    return () => {
      stop();
      this.#waiting.delete(id);
    };
  }

  async withdraw(id: string): Promise<void> {
    await this.#queue.run(() => this.#delete.run(id));
  }

  /** Something may be new: written here, or by another process, or a run was taken over. */
  look(): void {
    this.#tell();
    for (const id of [...this.#waiting.keys()]) this.#findReply(id);
  }

  #tell(): void {
    if (this.#listeners.size === 0) return;
    let rows: readonly SqlRow[];
    try {
      rows = this.#open.all(this.#options.session);
    } catch {
      this.#options.watch.lookAgain();
      return;
    }
    const open = rows.flatMap((row) => this.#requestOf(row));
    const ids = new Set(open.map(({ id }) => id));
    for (const [listener, told] of [...this.#listeners]) {
      for (const id of told) if (!ids.has(id)) told.delete(id);
      for (const posted of open) {
        if (told.has(posted.id)) continue;
        told.add(posted.id);
        listener(posted);
      }
    }
  }

  #findReply(id: string): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    let reply: RunReply;
    try {
      const row = this.#answered.get(id);
      if (row === undefined) return;
      reply = JSON.parse(this.#options.codec.decode(row.reply, placeOfReply(id))) as RunReply;
    } catch {
      this.#options.watch.lookAgain();
      return;
    }
    waiting.stop();
    this.#waiting.delete(id);
    waiting.listener(reply);
  }

  /** Nothing where it was changed in the file: who asked waits no longer than for a process that is not well. */
  #requestOf({ id, run_id: key, body }: SqlRow): readonly PostedRequest[] {
    try {
      const text = this.#options.codec.decode(body, placeOfRequest(id as string));
      return [{ id: id as string, runId: textOfKey(key as string), request: JSON.parse(text) as RunRequest }];
    } catch {
      return [];
    }
  }
}

const placeOfRequest = (id: string): string => placeOf('request', id);
const placeOfReply = (id: string): string => placeOf('reply', id);
