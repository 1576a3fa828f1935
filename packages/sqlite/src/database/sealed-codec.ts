import type { KeyObject } from 'node:crypto';
import { type Codec, unreadable } from './codec.js';
import { sealerOf } from './seal.js';

/** AES-256-GCM. The place is not written, but without it nothing can be read. */
export function sealedCodec(key: KeyObject): Codec {
  const { seal, open } = sealerOf(key);
  const opened = (stored: unknown, place: string): Buffer => {
    try {
      return open(stored, place);
    } catch (cause) {
      throw unreadable(place, 'it was changed, or put there from elsewhere', cause);
    }
  };
  return {
    encode: seal,
    decode: (stored, place) => opened(stored, place).toString(),
    encodeBytes: seal,
    decodeBytes: opened,
  };
}
