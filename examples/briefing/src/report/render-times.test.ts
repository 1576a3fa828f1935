import type { Event, WorkflowPlan } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { RunProgress } from '../progress/run-progress.js';
import { criticalPath } from './render-times.js';

const edge = (from: string, to: string) => ({ from, to, kind: 'required' as const });
const plan = {
  output: 'end',
  nodes: ['start', 'quick', 'slow', 'end'].map((name) => ({ name, nested: false, usesModel: false })),
  edges: [edge('start', 'quick'), edge('start', 'slow'), edge('quick', 'end'), edge('slow', 'end')],
} as unknown as WorkflowPlan;

function ran(name: string, from: number, to: number): Event[] {
  const base = { v: 1, runId: 'r', seq: 0, node: name, attempt: 1 } as const;
  return [
    { ...base, type: 'node-start', time: from },
    { ...base, type: 'node-end', status: 'completed', time: to },
  ];
}

describe('criticalPath', () => {
  it('goes back from the output along what ended last', () => {
    const progress = new RunProgress(plan);
    const events = [...ran('start', 0, 5), ...ran('quick', 5, 9), ...ran('slow', 5, 40), ...ran('end', 40, 41)];
    for (const event of events) progress.take(event);
    expect(criticalPath(progress, plan)).toEqual(['start', 'slow', 'end']);
  });
});
