import { EspalierError } from '@espalier/core';
import { placeOf } from '../database/codec.js';
import type { Database, Statement } from '../database/database.js';
import type { Protection } from '../database/protection.js';
import { unpack } from './packed-record.js';

const placeOfBlob = (hash: string): string => placeOf('blob', hash);

/**
 * Large values, each once, by the hash of their JSON text. The table `blob_runs` says which runs have which; where none has it any
 * more, a trigger of the schema deletes it.
 */
export class Blobs {
  readonly #protection: Protection;
  readonly #exists: Statement;
  readonly #insert: Statement;
  readonly #use: Statement;
  readonly #select: Statement;

  constructor(database: Database, protection: Protection) {
    this.#protection = protection;
    this.#exists = database.prepare('SELECT 1 FROM blobs WHERE hash = ?');
    this.#insert = database.prepare('INSERT INTO blobs (hash, body) VALUES (?, ?)');
    this.#use = database.prepare('INSERT INTO blob_runs (run, hash) VALUES (?, ?) ON CONFLICT DO NOTHING');
    this.#select = database.prepare('SELECT body FROM blobs WHERE hash = ?');
  }

  /** Within a change: keeps what there is not yet. @param run the row of the run that they are of */
  keep(run: number, blobs: ReadonlyMap<string, string>): void {
    for (const [hash, text] of blobs) {
      if (!this.has(hash)) {
        this.#insert.run(hash, this.#protection.hashed.encode(text, placeOfBlob(hash)));
      }
      this.#use.run(run, hash);
    }
  }

  has(hash: string): boolean {
    return this.#exists.get(hash) !== undefined;
  }

  /** @throws store-failed where it is not there, or was changed so that it cannot be decrypted */
  text(hash: string): string {
    const row = this.#select.get(hash);
    if (row !== undefined) return this.#protection.hashed.decode(row.body, placeOfBlob(hash));
    throw new EspalierError('store-failed', `The large value '${hash}' is not in the file any more.`, {
      hint: 'The file was changed by something else. Put it aside, and restore a copy.',
      retryable: false,
    });
  }

  /** Reads values for one purpose: a long text that several records have is read once. */
  reader(): (hash: string) => unknown {
    const texts = new Map<string, string>();
    const read = (hash: string): unknown => {
      const value = texts.get(hash) ?? unpack(this.#whole(hash), read);
      // Texts only: of an object each record has its own, which others do not see change.
      if (typeof value === 'string') texts.set(hash, value);
      return value;
    };
    return read;
  }

  #whole(hash: string): string {
    const text = this.text(hash);
    if (this.isWhole(hash, text)) return text;
    throw new Error(`The large value '${hash}' was changed.`);
  }

  /** Whether a text is the one of this name. */
  isWhole(hash: string, text: string): boolean {
    return this.#protection.content(text) === hash;
  }
}
