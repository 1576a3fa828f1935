import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const SALT = 16;
const NONCE = 12;
const TAG = 16;

/** How many bodies are sealed under one salt. Two of them have the same nonce with a probability of 2^-57. */
const MOST = 2 ** 20;

/** How many derived keys are kept at hand: each salt is one of a process that wrote. */
const KEYS = 256;

/** Encrypts and decrypts with one key, for all of its processes together. */
export interface Sealer {
  /** What is sealed for one place cannot be opened at another. */
  seal(data: string | Uint8Array, place: string): Uint8Array;
  /** @throws where it was changed, or sealed with another key or for another place */
  open(sealed: unknown, place: string): Buffer;
}

/**
 * AES-256-GCM: salt, nonce, tag, text.
 *
 * A key takes 2^32 random nonces of 96 bits and no more (NIST SP 800-38D, 8.3), which a file may come to. So bodies are encrypted
 * with keys that are derived from it: by HMAC-SHA256 over a random salt (NIST SP 800-108r1, 4.1, with one block), which stands before the
 * nonce. Each process has its own salts, and takes a new one after {@link MOST} bodies. Together salt and nonce are a
 * nonce of 224 bits: see Gueron and Lindell, "Better Bounds for Block Cipher Modes of Operation via Nonce-Based Key Derivation", 2017, and
 * XAES-256-GCM of C2SP, which does so with 192.
 *
 * @param most how many bodies have the same salt
 */
export function sealerOf(key: KeyObject, most = MOST): Sealer {
  const keyOf = derivedKeys(key);
  let salt = randomBytes(SALT);
  let left = most;
  const nextSalt = (): Buffer => {
    if (left === 0) salt = randomBytes(SALT);
    left = (left === 0 ? most : left) - 1;
    return salt;
  };
  return {
    seal(data, place) {
      const own = nextSalt();
      const nonce = nextNonce();
      const cipher = createCipheriv(CIPHER, keyOf(own), nonce).setAAD(Buffer.from(place));
      const encrypted = typeof data === 'string' ? cipher.update(data, 'utf8') : cipher.update(data);
      cipher.final();
      return Buffer.concat([own, nonce, cipher.getAuthTag(), encrypted]);
    },
    open(sealed, place) {
      if (!(sealed instanceof Uint8Array)) throw new TypeError('It is not encrypted.');
      const part = partsOf(sealed);
      const decipher = createDecipheriv(CIPHER, keyOf(part(SALT)), part(NONCE), { authTagLength: TAG });
      decipher.setAAD(Buffer.from(place)).setAuthTag(part(TAG));
      const data = decipher.update(part());
      decipher.final();
      return data;
    },
  };
}

/** Keys by their salts. Those that were asked for last are kept. */
function derivedKeys(key: KeyObject): (salt: Uint8Array) => KeyObject {
  const known = new Map<string, KeyObject>();
  return (salt) => {
    const name = Buffer.from(salt.buffer, salt.byteOffset, salt.byteLength).toString('latin1');
    const derived = known.get(name) ?? createSecretKey(createHmac('sha256', key).update('body').update(salt).digest());
    known.delete(name);
    known.set(name, derived);
    if (known.size > KEYS) known.delete(known.keys().next().value as string);
    return derived;
  };
}

/** Cuts bytes into parts, one after the other. */
function partsOf(bytes: Uint8Array): (length?: number) => Uint8Array {
  let from = 0;
  return (length = bytes.length) => {
    const part = bytes.subarray(from, from + length);
    from += length;
    return part;
  };
}

let nonces = Buffer.alloc(0);

/** Random bytes cost more to ask for than to make: many at a time. */
function nextNonce(): Buffer {
  if (nonces.length < NONCE) nonces = randomBytes(512 * NONCE);
  const nonce = nonces.subarray(0, NONCE);
  nonces = nonces.subarray(NONCE);
  return nonce;
}
