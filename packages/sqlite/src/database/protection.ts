import { createHmac, hash } from 'node:crypto';
import { type Codec, checkedCodec, plainCodec, type Stored } from './codec.js';
import { derivedKey } from './file-key.js';
import { sealedCodec } from './sealed-codec.js';

/** The hash of a text, and of a body after it: 43 characters. With a key only who has it can make one. */
export type Digest = (text: string, body?: Stored) => string;

/** What guards the contents of a file: its key, or nothing. */
export interface Protection {
  readonly codec: Codec;
  /** For records and large values, whose hashes tell of changes. */
  readonly hashed: Codec;
  /** For the chain of records. */
  readonly link: Digest;
  /** Names large values by their content: without the key nobody can tell whether a file holds a value that they know. */
  readonly content: Digest;
}

export function protectionOf(key: Uint8Array | undefined): Protection {
  if (key === undefined) {
    return { codec: checkedCodec, hashed: plainCodec, link: plainDigest, content: plainDigest };
  }
  const codec = sealedCodec(derivedKey(key, 'body'));
  return {
    codec,
    hashed: codec,
    link: keyedDigest(key, 'chain'),
    content: keyedDigest(key, 'content'),
  };
}

const plainDigest: Digest = (text, body = '') =>
  typeof body === 'string'
    ? hash('sha256', text + body, 'base64url')
    : hash('sha256', Buffer.concat([Buffer.from(text), body]), 'base64url');

function keyedDigest(key: Uint8Array, purpose: string): Digest {
  const derived = derivedKey(key, purpose);
  return (text, body = '') => createHmac('sha256', derived).update(text).update(body).digest('base64url');
}
