import type { NodeStartEvent, RunEndEvent, RunStartEvent } from '@espalier/core';

/** The first record of a run, with data that stores get wrong. */
export const start = (runId: string, time = 1000, more: Partial<RunStartEvent> = {}): RunStartEvent => ({
  v: 1,
  runId,
  seq: 0,
  time,
  type: 'run-start',
  workflow: 'report',
  version: 2,
  fingerprint: 'f',
  input: { topic: 'tides', deep: [{ list: [1, null, 0.1, 'ü\u2028\u0000\ud83c\udf0a', ''] }], '': true },
  ...more,
});

export const step = (runId: string, seq: number): NodeStartEvent => ({
  v: 1,
  runId,
  seq,
  time: 1000 + seq,
  type: 'node-start',
  node: `section[${seq}]`,
  attempt: 1,
});

export const end = (runId: string, seq: number): RunEndEvent => ({
  v: 1,
  runId,
  seq,
  time: 2000,
  type: 'run-end',
  status: 'completed',
  output: { pages: 3 },
});
