import { crc32 } from 'node:zlib';
import { EspalierError } from '@espalier/core';

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

/** For what has a hash of its own, in a file without a key. */
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

/**
 * For all else in such a file: a checksum follows what was written, so that what a disk has damaged is not taken for it. Who
 * changes it by intent can make a new checksum: a key prevents that.
 */
export const checkedCodec: Codec = {
  encode: (text, place) => `${text}\n${checksum(text, place)}`,
  decode(stored, place) {
    if (typeof stored !== 'string') throw unreadable(place, 'it is no text');
    const text = stored.slice(0, -SUM - 1);
    if (stored === `${text}\n${checksum(text, place)}`) return text;
    throw unreadable(place, 'it was changed, or put there from elsewhere');
  },
  encodeBytes: (bytes, place) => Buffer.concat([bytes, Buffer.from(checksum(bytes, place))]),
  decodeBytes(stored, place) {
    if (!(stored instanceof Uint8Array)) throw unreadable(place, 'it is no bytes');
    const bytes = stored.subarray(0, -SUM);
    if (Buffer.from(checksum(bytes, place)).equals(stored.subarray(-SUM))) return bytes;
    throw unreadable(place, 'it was changed, or put there from elsewhere');
  },
};

/** How many characters it has. */
const SUM = 8;

const checksum = (data: string | Uint8Array, place: string): string =>
  crc32(data, crc32(place)).toString(16).padStart(SUM, '0');

/** @internal */
export const unreadable = (place: string, why: string, cause?: unknown): EspalierError =>
  new EspalierError('store-failed', `What is kept of ${place} cannot be read: ${why}.`, {
    hint: 'The file was changed by something else. Put it aside, and restore a copy.',
    cause,
    retryable: false,
  });
