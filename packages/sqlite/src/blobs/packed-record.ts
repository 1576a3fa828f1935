import type { JournalRecord } from '@espalier/core';
import { jsonText } from '../database/json-text.js';
import type { Digest } from '../database/protection.js';

/** Longer values, in characters of JSON, stand in a table of their own, each once. */
export const LARGEST = 16_384;

/** How a text begins that stands for a large value; its hash follows. A user's own text that begins so is taken out as well. */
const MARK = '\u0000blob:';
const MARK_IN_JSON = '"\\u0000blob:';

/** A record as JSON text, with what was taken out of it. */
export interface PackedRecord {
  readonly text: string;
  /** JSON texts by hash. */
  readonly blobs: ReadonlyMap<string, string>;
}

const NONE: ReadonlyMap<string, string> = new Map();

/**
 * Takes large values out: long texts, wherever they are, and after that the fields of the record that are still large. So a long
 * output is the same value in the record of its node, of its run, of the run that called it, and of a fork.
 *
 * @param digest names a value by its content
 */
export function packRecord(record: JournalRecord, what: string, digest: Digest): PackedRecord {
  const whole = jsonText(record, what);
  if (whole.length <= LARGEST && !whole.includes(MARK_IN_JSON)) return { text: whole, blobs: NONE };
  const blobs = new Map<string, string>();
  const takenOut = (text: string): string => {
    const hash = digest(text);
    blobs.set(hash, text);
    return MARK + hash;
  };
  const withoutTexts = (_key: string, value: unknown): unknown =>
    typeof value === 'string' && (value.length > LARGEST || value.startsWith(MARK))
      ? takenOut(JSON.stringify(value))
      : value;
  const fields: string[] = [];
  for (const [field, value] of Object.entries(record)) {
    const text: string | undefined = JSON.stringify(value, withoutTexts);
    if (text === undefined) continue; // JSON leaves it out
    fields.push(`${JSON.stringify(field)}:${text.length > LARGEST ? JSON.stringify(takenOut(text)) : text}`);
  }
  return { text: `{${fields.join(',')}}`, blobs };
}

/** Whether large values may have been taken out of a text. One that was taken out itself is just that, however it begins. */
export const isPacked = (text: string): boolean => text.includes(MARK_IN_JSON) && !text.startsWith('"');

/**
 * The value of a text from which large values were taken out.
 *
 * @param text of a record, or of a value that was taken out of one
 * @param blob the value that was taken out
 */
export function unpack(text: string, blob: (hash: string) => unknown): unknown {
  if (!isPacked(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK) ? blob(value.slice(MARK.length)) : value,
  );
}
