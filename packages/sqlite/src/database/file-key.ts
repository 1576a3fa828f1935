import { createSecretKey, hkdfSync, KeyObject, randomBytes } from 'node:crypto';
import { EspalierError } from '@espalier/core';
import type { Database } from './database.js';
import { sealerOf } from './seal.js';
import type { SqliteKey } from './sqlite-key.js';

const SIZE = 32;
const PLACE = 'file key';

/** The key that a user gave. @throws option-invalid, without a word of what was given */
export function givenKey(key: SqliteKey, caller = 'sqlite({ key })'): Buffer {
  const bytes = bytesOf(key);
  if (bytes?.length === SIZE) return bytes;
  const got = bytes === undefined ? 'something else' : `${bytes.length} bytes`;
  const expected = `expected ${SIZE} bytes, as they are or as base64 or hexadecimal text, got ${got}`;
  throw new EspalierError('option-invalid', `${caller}: ${expected}.`, {
    hint: 'Make one with `openssl rand -base64 32`. A passphrase is no key: derive 32 bytes from it first, with scrypt.',
  });
}

function bytesOf(key: SqliteKey): Buffer | undefined {
  if (typeof key === 'string' && /^[\da-f]{64}$/i.test(key)) return Buffer.from(key, 'hex');
  if (typeof key === 'string') return /^[\w+/-]*={0,2}$/.test(key) ? Buffer.from(key, 'base64') : undefined;
  if (key instanceof KeyObject) return key.type === 'secret' ? key.export() : undefined;
  return key instanceof Uint8Array ? Buffer.from(key) : undefined;
}

/** A key for one purpose, made from another one. */
export const derivedKey = (key: Uint8Array, purpose: string): KeyObject =>
  createSecretKey(Buffer.from(hkdfSync('sha256', key, '', `espalier ${purpose}`, SIZE)));

const wrapped = (fileKey: Uint8Array, key: Uint8Array): Uint8Array =>
  sealerOf(derivedKey(key, PLACE)).seal(fileKey, PLACE);

/**
 * Makes a new file one that is encrypted. All bodies in it are encrypted with a random key of the file's own, which is kept in
 * the file, encrypted with the key of the user: so that key can be changed without writing everything anew.
 */
export function addFileKey(database: Database, key: Uint8Array): void {
  database.prepare('INSERT INTO file_key (id, sealed) VALUES (1, ?)').run(wrapped(randomBytes(SIZE), key));
}

/** The key of a file; nothing where it is not encrypted. @throws store-key-invalid where the user's key does not fit */
export function fileKey(database: Database, file: string, key: Uint8Array | undefined): Buffer | undefined {
  const sealed = database.prepare('SELECT sealed FROM file_key').get()?.sealed;
  if (sealed === undefined) {
    if (key === undefined) return undefined;
    throw keyInvalid(file, 'is not encrypted, and a key was given', NOT_ENCRYPTED);
  }
  if (key === undefined)
    throw keyInvalid(file, 'is encrypted, and no key was given', 'Give its key: sqlite(path, { key }).');
  try {
    return sealerOf(derivedKey(key, PLACE)).open(sealed, PLACE);
  } catch {
    const hint = 'Give the key that it was made with, or the one that it was changed to. Nothing was changed.';
    throw keyInvalid(file, 'is encrypted with another key', hint);
  }
}

/**
 * From now on the file opens with another key. What is in it stays as it is. Within a change.
 *
 * @param own what {@link fileKey} gave
 */
export function changeFileKey(database: Database, own: Uint8Array, key: Uint8Array): void {
  database.prepare('UPDATE file_key SET sealed = ?').run(wrapped(own, key));
}

/** @throws store-key-invalid where a file is not encrypted */
export function assertEncrypted(file: string, own: Uint8Array | undefined): asserts own is Uint8Array {
  if (own === undefined) throw keyInvalid(file, 'is not encrypted: it has no key that could be changed', NOT_ENCRYPTED);
}

const NOT_ENCRYPTED =
  'Leave the key out, or name a new file, which is encrypted from its first record on. Nothing was changed.';

const keyInvalid = (file: string, what: string, hint: string): EspalierError =>
  new EspalierError('store-key-invalid', `The store '${file}' ${what}.`, { hint, details: { file } });
