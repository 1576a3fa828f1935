import type { KeyObject } from 'node:crypto';
import { type Codec, unreadable } from './codec.js';
import { open, seal } from './seal.js';

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
