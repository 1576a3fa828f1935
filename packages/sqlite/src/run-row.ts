import { crc32 } from 'node:zlib';
import { EspalierError } from '@espalier/core';
import type { SqlRow } from './database/database.js';
import { textOfKey } from './database/key-text.js';

/** What the row of a run says of how it began, as the file has it. */
export interface RowStart {
  readonly key: string;
  readonly workflow: string;
  readonly version: number;
  readonly startedAt: number;
  readonly parent: string | null;
  readonly forkedFrom: string | null;
}

/** UTF-8 has no half characters. */
const asKept = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');

const sumOf = (...values: readonly unknown[]): number => crc32(JSON.stringify(values));

/** A checksum over what lists of runs show, so that nobody is shown what a disk has damaged. For a run that has not ended. */
export const startSum = ({ key, workflow, version, startedAt, parent, forkedFrom }: RowStart): number =>
  sumOf(key, asKept(workflow), version, startedAt, parent, forkedFrom);

/** What is added to it when the run ends. */
export const endSum = (endedAt: number, status: string): number => sumOf(endedAt, status);

/** Whether the row is as it was written. */
export function isIntact(row: SqlRow): boolean {
  const {
    run_id: key,
    workflow,
    version,
    started_at: startedAt,
    parent,
    ended_at: endedAt,
    status,
    sum,
    forked_from: forkedFrom,
  } = row;
  const ended = endedAt === null && status === null ? 0 : sumOf(endedAt, status);
  return sum === sumOf(key, workflow, version, startedAt, parent, forkedFrom) + ended;
}

/** @throws store-failed where the row is not as it was written */
export function assertRow(row: SqlRow): void {
  if (isIntact(row)) return;
  const runId = textOfKey(String(row.run_id));
  throw new EspalierError('store-failed', `What the store says of run '${runId}' is damaged.`, {
    hint: 'The file was changed by something else. Put it aside, and restore a copy.',
    where: { runId },
    retryable: false,
  });
}
