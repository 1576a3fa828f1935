import type { PlanEdge, PlanNode, WorkflowPlan } from '@espalier/core';

const nothing = { attempts: 1, modelCalls: 0, toolCalls: 0, wallTime: 0 };

/** A plan's node of plain code that nothing is said of. */
export const bareNode = (name: string, more: Partial<PlanNode> = {}): PlanNode => ({
  name,
  class: 'Class',
  file: undefined,
  nested: false,
  usesModel: false,
  policies: [],
  tools: [],
  forEach: undefined,
  repeat: undefined,
  calls: [],
  worstCase: nothing,
  ...more,
});

export const planOf = (nodes: readonly PlanNode[], more: Partial<WorkflowPlan> = {}): WorkflowPlan => ({
  workflow: 'test',
  version: 1,
  fingerprint: '0000000000000000',
  output: '',
  nodes,
  edges: [],
  worstCase: nothing,
  unbounded: [],
  ...more,
});

const edge = (from: string, kind: PlanEdge['kind'], to: string): PlanEdge => ({ from, to, kind });

/** A plan with every kind of node and edge. */
export const everyEdgePlan: WorkflowPlan = planOf(
  [
    bareNode('planner'),
    bareNode('router'),
    bareNode('section', { forEach: { max: 9, mayFail: false } }),
    bareNode('editor', { usesModel: true, repeat: { max: 4 } }),
    bareNode('writer', { usesModel: true }),
    bareNode('spare', { nested: true }),
    bareNode('billing', { nested: true, usesModel: true }),
    bareNode('researcher', { nested: true, usesModel: true }),
  ],
  {
    workflow: 'every-edge',
    version: 3,
    output: 'writer',
    edges: [
      edge('planner', 'for-each', 'section'),
      edge('planner', 'required', 'editor'),
      edge('section', 'each', 'editor'),
      edge('editor', 'first-of', 'writer'),
      edge('planner', 'first-of', 'writer'),
      edge('router', 'optional', 'writer'),
      edge('router', 'when', 'writer'),
      edge('writer', 'fallback', 'spare'),
      edge('writer', 'handoff', 'billing'),
      edge('writer', 'tool', 'researcher'),
    ],
  },
);
