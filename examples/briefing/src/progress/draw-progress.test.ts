import type { Event, WorkflowPlan } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { drawProgress } from './draw-progress.js';
import { RunProgress } from './run-progress.js';

const names = ['survey', 'read', 'digest', 'answer', 'editor'];
const plan = { nodes: names.map((name) => ({ name, nested: false, usesModel: false })) } as unknown as WorkflowPlan;
const base = { v: 1, runId: 'r', seq: 0, attempt: 1 } as const;
const events: readonly Event[] = [
  { ...base, type: 'node-start', node: 'survey', time: 1000 },
  { ...base, type: 'node-end', node: 'survey', status: 'completed', time: 1250 },
  { ...base, type: 'node-fan-out', node: 'digest', count: 12, time: 1250 },
  ...Array.from(
    { length: 7 },
    (_, index): Event => ({ ...base, type: 'node-end', node: `digest[${index}]`, status: 'completed', time: 1300 }),
  ),
  {
    ...base,
    type: 'node-retry',
    node: 'digest[7]',
    delay: 5,
    error: { name: 'Error', code: 'model-failed', message: 'busy', retryable: true },
    time: 1300,
  },
  { ...base, type: 'node-end', node: 'digest[8]/opening-lines', status: 'completed', time: 1300 },
  { ...base, type: 'node-skip', node: 'answer', reason: { kind: 'condition', source: 'question' }, time: 1300 },
  {
    ...base,
    type: 'node-end',
    node: 'read',
    status: 'failed',
    time: 1400,
    error: { name: 'Error', code: 'agent-failed', message: 'no disk\nat all', retryable: false },
  },
];

function drawn(columns: number, rows: number): readonly string[] {
  const progress = new RunProgress(plan);
  progress.startedAt = 1000;
  for (const event of events) progress.take(event);
  return drawProgress('Briefing', progress, { columns, rows, colour: false, now: 3500 });
}

describe('drawProgress', () => {
  it('shows a line for each node, with the items of @ForEach in one', () => {
    expect(drawn(80, 24)).toEqual([
      'Briefing  2.5 s',
      '✓ survey  done       250 ms',
      '✗ read    failed       0 ms  no disk',
      '▸ digest  running     2.3 s  7/12, 1 retry',
      '○ answer  skipped            @When(question) does not hold',
      '· editor  waiting',
    ]);
  });

  it('is never wider or higher than the screen, and keeps what matters most', () => {
    const lines = drawn(24, 5);
    expect(lines).toEqual([
      'Briefing  2.5 s',
      '✗ read       0 ms  no …',
      '▸ digest    2.3 s  7/1…',
      '  and 3 more agents',
    ]);
    expect(drawn(12, 3)).toEqual(['Bri…  2.5 s', '✗ read    …']);
  });
});
