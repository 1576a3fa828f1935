import { repeatedKey } from '../metadata/agent-metadata.js';
import type { MetadataKey } from '../metadata/metadata-key.js';

/** Records what a decorator says that may stand only once on a class; where it stands twice, the proof reports it. */
export function writeOnce<T>(key: MetadataKey<T>, target: object, value: T, decorator: string): void {
  if (key.read(target) !== undefined) {
    repeatedKey.write(target, new Set([...(repeatedKey.read(target) ?? []), decorator]));
  }
  key.write(target, value);
}
