import { metadataKey } from './metadata-key.js';

export const sensitiveFieldsKey = metadataKey<ReadonlySet<string>>('sensitive');

/** The fields that a class and those that it extends mark as sensitive. */
export function sensitiveFieldsOf(target: object): ReadonlySet<string> {
  const fields = new Set<string>();
  for (let at: object | null = target; typeof at === 'function'; at = Object.getPrototypeOf(at) as object | null) {
    for (const field of sensitiveFieldsKey.read(at) ?? []) fields.add(field);
  }
  return fields;
}
