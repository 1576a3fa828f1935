import type { KeyObject } from 'node:crypto';
import { EspalierError } from '@espalier/core';
import { open, seal } from './seal.js';

/** A body as it stands in the file: text, or bytes where it is encrypted. */
export type Stored = string | Uint8Array;

/** How bodies stand in the file. Every table's bodies go through it. */
export interface Codec {
  /** @param place what it is and of what, such as {@link placeOf}`('entry', thread, key)`: it can be read for that only */
  encode(text: string, place: string): Stored;
  /** @throws store-failed where it was changed, or moved there from another place */
  decode(stored: unknown, place: string): string;
  /** The same for bytes, such as a vector's. */
  encodeBytes(bytes: Uint8Array, place: string): Uint8Array;
  decodeBytes(stored: unknown, place: string): Uint8Array;
}

/** No two places are the same, whatever their parts are. */
export const placeOf = (...parts: readonly string[]): string => JSON.stringify(parts);

/** For a file without a key. */
export const plainCodec: Codec = {
  encode: (text) => text,
  decode(stored, place) {
    if (typeof stored === 'string') return stored;
    throw unreadable(place, 'it is no text');
  },
  encodeBytes: (bytes) => bytes,
  decodeBytes(stored, place) {
    if (stored instanceof Uint8Array) return stored;
    throw unreadable(place, 'it is no bytes');
  },
};

/** AES-256-GCM. The place is not written, but without it nothing can be read. */
export function sealedCodec(key: KeyObject): Codec {
  const opened = (stored: unknown, place: string): Buffer => {
    try {
      return open(key, stored, place);
    } catch (cause) {
      throw unreadable(place, 'it was changed, or put there from elsewhere', cause);
    }
  };
  const sealed = (data: string | Uint8Array, place: string): Uint8Array => seal(key, data, place);
  return {
    encode: sealed,
    decode: (stored, place) => opened(stored, place).toString(),
    encodeBytes: sealed,
    decodeBytes: opened,
  };
}

const unreadable = (place: string, why: string, cause?: unknown): EspalierError =>
  new EspalierError('store-failed', `What is kept of ${place} cannot be read: ${why}.`, {
    hint: 'The file was changed by something else. Put it aside, and restore a copy.',
    cause,
    retryable: false,
  });
