import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;

let nonces = Buffer.alloc(0);

/** Random bytes cost more to ask for than to make: many at a time. */
function nextNonce(): Buffer {
  if (nonces.length < NONCE) nonces = randomBytes(512 * NONCE);
  const nonce = nonces.subarray(0, NONCE);
  nonces = nonces.subarray(NONCE);
  return nonce;
}

/** Encrypts: nonce, tag, text. What is sealed for one place cannot be opened at another. */
export function seal(key: KeyObject, data: string | Uint8Array, place: string): Uint8Array {
  const nonce = nextNonce();
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(place));
  const encrypted = typeof data === 'string' ? cipher.update(data, 'utf8') : cipher.update(data);
  cipher.final();
  return Buffer.concat([nonce, cipher.getAuthTag(), encrypted]);
}

/** @throws where it was changed, or sealed with another key or for another place */
export function open(key: KeyObject, sealed: unknown, place: string): Buffer {
  if (!(sealed instanceof Uint8Array)) throw new TypeError('It is not encrypted.');
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE), { authTagLength: TAG });
  decipher.setAAD(Buffer.from(place)).setAuthTag(sealed.subarray(NONCE, NONCE + TAG));
  const data = decipher.update(sealed.subarray(NONCE + TAG));
  decipher.final();
  return data;
}
