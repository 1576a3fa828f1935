/** A secret key as `node:crypto` has it: a `KeyObject`. Described here, so that the types need none of Node. */
export interface SecretKey {
  readonly type: string;
  export(): unknown;
}

/** 32 random bytes: as such, as base64 or hexadecimal text, or as a secret `KeyObject`. */
export type SqliteKey = Uint8Array | string | SecretKey;
