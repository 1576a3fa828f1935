import type { SerializedError } from '../errors/espalier-error.js';
import type { JournalRecord, RecordBody } from '../events/event.js';
import type { Json } from '../schema/json.js';

/** What has to be the same of a record when its step is done again. Times, pauses and counts of tokens are of no account. */
const fields: { readonly [T in JournalRecord['type']]?: readonly string[] } = {
  'model-start': ['model', 'request'],
  'tool-start': ['tool', 'callId', 'arguments'],
  'tool-end': ['value'],
  'node-suspend': ['signal', 'request'],
  'node-end': ['status', 'output', 'error', 'writes'],
  'node-skip': ['reason'],
  'node-fan-out': ['count'],
  'node-retry': ['error'],
  'node-fallback': ['fallback', 'error'],
  'run-end': ['status', 'output', 'error'],
};

/** The part of a record that is compared, as plain data. */
export function comparedData(record: JournalRecord | RecordBody): { readonly [field: string]: Json } {
  const data: Record<string, Json> = {};
  for (const field of fields[record.type] ?? []) {
    const value = (record as unknown as Readonly<Record<string, Json | undefined>>)[field];
    if (value !== undefined) data[field] = field === 'error' ? errorData(value as unknown as SerializedError) : value;
  }
  return data;
}

const errorData = ({ code, message }: SerializedError): Json => ({ code, message });
