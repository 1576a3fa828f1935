import type { Answer } from '@espalier/core';
import { type Codec, placeOf, type Stored } from './database/codec.js';
import type { Database, SqlRow, Statement } from './database/database.js';
import { jsonText } from './database/json-text.js';
import { keyText, textOfKey } from './database/key-text.js';
import type { FileWatch } from './file-watch.js';

type Listener = (answer: Answer) => void;

export interface AnswersOptions {
  /** Tells when other processes may have answered. */
  readonly watch: FileWatch;
  readonly codec: Codec;
}

/** An answer as it will stand in the file. */
export interface PackedAnswer {
  /** Of the suspension, within its run. */
  readonly place: string;
  readonly body: Stored;
}

export const placeOfAnswer = (key: string, place: string): string => placeOf('answer', key, place);

/** Answers to suspensions: kept once, and told to who waits for them, wherever they were given. */
export class Answers {
  readonly #watch: FileWatch;
  readonly #codec: Codec;
  readonly #insert: Statement;
  readonly #select: Statement;
  readonly #newest: Statement;
  readonly #after: Statement;
  readonly #listeners = new Map<string, Set<Listener>>();
  /** The newest answer that was told. */
  #told = 0;
  #unwatch: (() => void) | undefined;

  constructor(database: Database, { watch, codec }: AnswersOptions) {
    this.#watch = watch;
    this.#codec = codec;
    this.#insert = database.prepare(
      'INSERT INTO answers (run, place, body) SELECT id, ?, ? FROM runs WHERE run_id = ? ON CONFLICT DO NOTHING',
    );
    this.#select = database.prepare(
      'SELECT body FROM answers WHERE place = ? AND run = (SELECT id FROM runs WHERE run_id = ?)',
    );
    this.#newest = database.prepare('SELECT coalesce(max(id), 0) AS id FROM answers');
    this.#after = database.prepare(
      'SELECT a.id, r.run_id, a.place, a.body FROM answers a JOIN runs r ON r.id = a.run WHERE a.id > ? ORDER BY a.id',
    );
  }

  /** What can be done before a change. */
  pack(runId: string, answer: Answer): PackedAnswer {
    const place = placeOf(answer.node, answer.step);
    const text = jsonText(answer, `The answer to step '${answer.step}' of run '${runId}'`);
    return { place, body: this.#codec.encode(text, placeOfAnswer(keyText(runId), place)) };
  }

  /** Within a change. @returns whether this answer is the first, and its run there */
  keep(runId: string, { place, body }: PackedAnswer): boolean {
    return Number(this.#insert.run(place, body, keyText(runId)).changes) === 1;
  }

  find(runId: string, node: string, step: string): Answer | undefined {
    const place = placeOf(node, step);
    const key = keyText(runId);
    const row = this.#select.get(place, key);
    return row === undefined ? undefined : this.#answerOf({ run_id: key, place, body: row.body });
  }

  /** @returns what ends it */
  listen(runId: string, listener: Listener): () => void {
    if (this.#unwatch === undefined) {
      this.#told = this.#newest.get()?.id as number;
      this.#unwatch = this.#watch.watch(() => this.tell());
    }
    const ofRun = this.#listeners.get(runId) ?? new Set();
    this.#listeners.set(runId, ofRun.add(listener));
    return () => {
      ofRun.delete(listener);
      if (ofRun.size === 0 && this.#listeners.get(runId) === ofRun) this.#listeners.delete(runId);
      if (this.#listeners.size > 0) return;
      this.#unwatch?.();
      this.#unwatch = undefined;
    };
  }

  /** Tells of the answers that are new. One read for all runs. */
  tell(): void {
    if (this.#listeners.size === 0) return;
    let news: readonly SqlRow[];
    try {
      news = this.#after.all(this.#told);
    } catch {
      this.#watch.lookAgain(); // until then the answers wait in the file
      return;
    }
    for (const row of news) {
      this.#told = Math.max(this.#told, row.id as number);
      this.#tellOf(row);
    }
  }

  #tellOf(row: SqlRow): void {
    const listeners = this.#listeners.get(textOfKey(row.run_id as string));
    if (listeners === undefined) return;
    let answer: Answer;
    try {
      answer = this.#answerOf(row);
    } catch {
      return; // It was changed in the file: who asks for it is told. Others hear of theirs.
    }
    for (const listener of [...listeners]) listener(answer);
  }

  #answerOf({ run_id: key, place, body }: SqlRow): Answer {
    const text = this.#codec.decode(body, placeOfAnswer(key as string, place as string));
    const answer = JSON.parse(text) as Answer;
    // JSON leaves out a value that is undefined.
    return 'value' in answer ? answer : { ...(answer as Answer), value: undefined };
  }
}
