import {
  type AgentClass,
  type AgentOptions,
  asTool,
  Budget,
  Calls,
  each,
  Fallback,
  ForEach,
  Handoff,
  Repeat,
  Retry,
  Timeout,
  type WorkflowOptions,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { makeAgent } from '../../test/make-agent.js';
import type { Dependency } from '../metadata/dependency.js';
import { policiesFrom } from '../policies/order.js';
import type { SchemaSource } from '../schema/schema.js';
import { type BuiltGraph, buildGraph } from './build-graph.js';
import { buildGraphs } from './build-graphs.js';
import { describeGraph, type WorkflowPlan } from './plan.js';
import { defineWorkflow } from './workflow.js';

type Options = Partial<WorkflowOptions<SchemaSource, AgentClass>>;

function planOf(output: AgentClass, options: Options = {}): WorkflowPlan {
  const workflow = defineWorkflow({ name: 'test', version: 1, ...options, output });
  const { graph, faults } = buildGraph(workflow, [policiesFrom(options.policies ?? {})]);
  expect(faults).toEqual([]);
  return describeGraph(graph);
}

const code = (name: string, dependencies: readonly Dependency[], ...decorators: readonly unknown[]): AgentClass =>
  makeAgent(name, dependencies, () => undefined, decorators as never);
/** An agent with `run()` that may call the model. */
const model = (name: string, options: AgentOptions, ...decorators: readonly unknown[]): AgentClass =>
  makeAgent(name, [], () => undefined, decorators as never, { instructions: 'You help.', ...options });
/** An agent without `run()`. */
function plain(name: string, options: AgentOptions, ...decorators: readonly unknown[]): AgentClass {
  const made = makeAgent(name, [], () => undefined, decorators as never, { instructions: 'You help.', ...options });
  Reflect.deleteProperty(made.prototype as object, 'run');
  return made;
}

const until = (): boolean => true;
const retry = (attempts: number): unknown => Retry({ attempts, backoff: '1s' });

describe('the worst case, against examples by hand', () => {
  it('of an agent that calls workflows has their runs in it, once for each call of each attempt', () => {
    const leaf = defineWorkflow({ name: 'leaf', version: 1, output: model('leaf', { maxModelCalls: 3 }) });
    const middle = defineWorkflow({
      name: 'middle',
      version: 1,
      output: makeAgent('middle', [code('before', [])], () => undefined, [Calls(leaf, { max: 2 })] as never),
      budget: { modelCalls: 5 },
    });
    const top = code('top', [], Calls(leaf, { max: 1 }), Calls(middle, { max: 10 }), retry(2), Timeout('9s'));
    const workflow = defineWorkflow({ name: 'top', version: 1, output: top });
    const [built] = buildGraphs([workflow]);
    const plan = describeGraph((built as BuiltGraph).graph);
    // leaf: 1 attempt, 3 calls; middle: 2 + 2 × 1 attempts, 6 calls but a budget of 5
    expect(plan.worstCase).toEqual({
      attempts: 2 * (1 + 10 * 4 + 1),
      modelCalls: 2 * (50 + 3),
      toolCalls: 0,
      wallTime: 19_000,
    });
    expect(plan.unbounded).toEqual([]);
    expect(plan.nodes[0]?.calls).toEqual([
      { workflow: 'middle', version: 1, max: 10 },
      { workflow: 'leaf', version: 1, max: 1 },
    ]);
  });

  it('of plain code is one attempt and its timeout', () => {
    expect(planOf(code('a', [], Timeout('3s'))).worstCase).toEqual({
      attempts: 1,
      modelCalls: 0,
      toolCalls: 0,
      wallTime: 3000,
    });
  });

  it('of retries in repeats: each iteration may use all attempts and pauses', () => {
    const agent = model('a', { maxModelCalls: 5 }, Timeout('10s'), retry(3), Repeat({ until, max: 2 }));
    // one iteration: 3 × 10 s and two pauses of 1 s
    expect(planOf(agent).worstCase).toEqual({
      attempts: 2 * 3,
      modelCalls: 2 * 3 * 5,
      toolCalls: 0, // no tools
      wallTime: 2 * (3 * 10_000 + 2 * 1000),
    });
  });

  it('of an agent without run() is turns and corrections, within maxModelCalls', () => {
    expect(planOf(plain('a', { maxTurns: 4, corrections: 1 })).worstCase.modelCalls).toBe(5);
    expect(planOf(plain('a', { maxTurns: 4, corrections: 9, maxModelCalls: 6 })).worstCase.modelCalls).toBe(6);
    expect(planOf(plain('a', {})).worstCase.modelCalls).toBe(8 + 2);
    expect(planOf(model('a', {})).worstCase.modelCalls).toBe(16);
  });

  it('of a fallback comes on top, with its own policies', () => {
    const spare = code('spare', [], Timeout('5s'), retry(2));
    const agent = model('a', { maxModelCalls: 3 }, Timeout('10s'), retry(2), Fallback(spare as never));
    expect(planOf(agent).worstCase).toEqual({
      attempts: 2 + 2,
      modelCalls: 2 * 3,
      toolCalls: 0,
      wallTime: 2 * 10_000 + 1000 + (2 * 5000 + 1000),
    });
  });

  it('of items is that of one, as often as there may be some, so many at once', () => {
    const planner = code('planner', [], Timeout('1s'));
    const forEach = ForEach(planner as never, { items: () => [], max: 10, concurrency: 4 });
    const section = model('section', { maxModelCalls: 2 }, Timeout('10s'), retry(2), forEach);
    const { worstCase } = planOf(code('output', [each(section)], Timeout('1s')));
    const item = 2 * 10_000 + 1000;
    const path = 1000 + 3 * item + 1000; // ten items in three turns of four
    const work = 1000 + 10 * item + 1000;
    expect(worstCase).toEqual({
      attempts: 1 + 10 * 2 + 1,
      modelCalls: 10 * 2 * 2,
      toolCalls: 0,
      wallTime: path + (work - path) / 256,
    });
  });

  it('of a tool that is an agent comes with each tool call', () => {
    const inner = model('inner', { maxModelCalls: 4 }, Timeout('5s'), retry(2));
    const agent = model('a', { maxModelCalls: 3, maxToolCalls: 5, tools: [asTool(inner)] }, Timeout('60s'), retry(2));
    expect(planOf(agent).worstCase).toEqual({
      attempts: 2 * (1 + 5 * 2),
      modelCalls: 2 * (3 + 5 * (2 * 4)),
      toolCalls: 2 * 5,
      wallTime: 2 * 60_000 + 1000, // what runs inside an attempt is within its timeout
    });
  });

  it('of tools within tools multiplies', () => {
    const innermost = model('innermost', { maxModelCalls: 2 });
    const inner = model('inner', { maxModelCalls: 3, maxToolCalls: 4, tools: [asTool(innermost)] });
    const agent = model('a', { maxModelCalls: 5, maxToolCalls: 6, tools: [asTool(inner)] }, Timeout('1s'));
    expect(planOf(agent).worstCase).toEqual({
      attempts: 1 + 6 * (1 + 4 * 1),
      modelCalls: 5 + 6 * (3 + 4 * 2),
      toolCalls: 6 + 6 * 4,
      wallTime: 1000,
    });
  });

  it('of a tool is that of the worst one', () => {
    const [small, large] = [model('small', { maxModelCalls: 2 }), model('large', { maxModelCalls: 7 })];
    const tools = [asTool(small), asTool(large)];
    expect(planOf(model('a', { maxModelCalls: 1, maxToolCalls: 3, tools })).worstCase.modelCalls).toBe(1 + 3 * 7);
  });

  it('of a hand-off is the highest limit of all that may get the conversation', () => {
    const last = plain('last', {
      maxModelCalls: 20,
      maxToolCalls: 2,
      tools: [asTool(model('helper', { maxModelCalls: 3 }))],
    });
    const next = plain('next', { maxModelCalls: 6, maxToolCalls: 1 }, Handoff(last, { max: 1 }));
    const desk = plain('desk', { maxModelCalls: 4, maxToolCalls: 5 }, Handoff(next, { max: 2 }));
    // tool calls: the desk's limit of five is the highest, and each may be one of the last agent's helper
    // model calls: twenty is the highest limit, but the desk's turns and corrections are counted to the end
    expect(planOf(desk).worstCase).toMatchObject({ attempts: 1 + 5, modelCalls: 8 + 2 + 5 * 3, toolCalls: 5 });
  });

  it('of a hand-off goes by the turns of the agent that begins, not of those that go on', () => {
    const next = plain('next', { maxModelCalls: 40, maxTurns: 2, corrections: 0 });
    const handoff = Handoff(next, { max: 1 });
    expect(planOf(plain('a', { maxModelCalls: 4, maxTurns: 30 }, handoff)).worstCase.modelCalls).toBe(30 + 2);
    expect(planOf(model('a', { maxModelCalls: 4 }, handoff)).worstCase.modelCalls).toBe(40);
  });

  it('is cut by budgets, of the node and of the run', () => {
    const agent = model('a', { maxModelCalls: 10 }, retry(3), Budget({ modelCalls: 12, toolCalls: 1 }));
    expect(planOf(agent).worstCase).toMatchObject({ attempts: 3, modelCalls: 12, toolCalls: 0 });
    expect(planOf(agent, { budget: { modelCalls: 7 } }).worstCase.modelCalls).toBe(7);
    expect(planOf(agent, { budget: { tokens: 7 } }).worstCase.modelCalls).toBe(12);
  });
});

describe('wall time', () => {
  it('is the longest path where all nodes have a slot', () => {
    const [a, b] = [code('a', [], Timeout('1s')), code('b', [], Timeout('4s'))];
    const c = code('c', [a], Timeout('2s'));
    const { wallTime } = planOf(code('output', [b, c], Timeout('1s'))).worstCase;
    expect(wallTime).toBe(5000 + (8000 - 5000) / 256);
  });

  it('is all work, one after the other, where there is one slot', () => {
    const parents = ['a', 'b', 'c'].map((name) => code(name, [], Timeout('2s')));
    const output = code('output', parents, Timeout('1s'));
    expect(planOf(output, { concurrency: 1 }).worstCase.wallTime).toBe(7000);
    expect(planOf(output, { concurrency: 2 }).worstCase.wallTime).toBe(3000 + (7000 - 3000) / 2);
  });

  it('is no more than the deadline; then nothing is unbounded', () => {
    const { worstCase, unbounded } = planOf(code('a', []), { deadline: '1m' });
    expect([worstCase.wallTime, unbounded]).toEqual([60_000, []]);
    expect(planOf(code('a', [], Timeout('1s')), { deadline: '1m' }).worstCase.wallTime).toBe(1000);
  });

  it('is unbounded without a timeout, and the plan says where and what to write', () => {
    const plan = planOf(code('output', [code('a', [], Timeout('1s'))]));
    expect(plan.worstCase).toEqual({ attempts: 2, modelCalls: 0, toolCalls: 0, wallTime: Number.POSITIVE_INFINITY });
    expect(plan.unbounded).toEqual([
      {
        node: 'output',
        why: 'output has no @Timeout',
        hint: "Write @Timeout('60s') on class output, or `policies: { timeout: '60s' }` on the workflow.",
      },
    ]);
    expect(planOf(code('output', []), { policies: { timeout: '60s' } })).toMatchObject({ unbounded: [] });
  });

  it('is unbounded where a fallback of a fallback has no timeout, which is then named', () => {
    const last = code('last', []);
    const spare = code('spare', [], Timeout('1s'), Fallback(last as never));
    const plan = planOf(code('output', [], Timeout('1s'), Fallback(spare as never)));
    expect(plan.unbounded).toEqual([
      {
        node: 'output',
        why: 'last, a fallback of output, has no @Timeout',
        hint: "Write @Timeout('60s') on class last, or `policies: { timeout: '60s' }` on the workflow.",
      },
    ]);
  });

  it('is unbounded where nobody would wait for so many attempts', () => {
    expect(planOf(code('a', [], Timeout('1s'), retry(1_000_000))).unbounded).toEqual([
      {
        node: 'a',
        why: 'a may pause longer than can be counted',
        hint: 'Ask for fewer attempts in @Retry on class a.',
      },
    ]);
  });
});

describe('a plan', () => {
  it('has the nodes, what runs inside them, and every kind of edge', () => {
    const planner = code('planner', []);
    const spare = code('spare', []);
    const forEach = ForEach(planner as never, { items: () => [], max: 10 });
    const section = code('section', [], forEach, Timeout('1s'), Fallback(spare as never));
    const plan = planOf(code('output', [each(section), planner], Repeat({ until, max: 2 })));
    expect(plan).toMatchObject({ workflow: 'test', version: 1, output: 'output' });
    expect(
      plan.nodes.map(({ name, nested, usesModel, forEach, repeat }) => [name, nested, usesModel, forEach, repeat]),
    ).toEqual([
      ['planner', false, false, undefined, undefined],
      ['section', false, false, { max: 10, mayFail: false }, undefined],
      ['output', false, false, undefined, { max: 2 }],
      ['spare', true, false, undefined, undefined],
    ]);
    expect(plan.nodes[1]?.policies).toEqual([
      { kind: 'timeout', options: { duration: 1000 } },
      { kind: 'fallback', options: { agent: 'spare' } },
    ]);
    expect(plan.edges).toEqual([
      { from: 'planner', to: 'section', kind: 'for-each' },
      { from: 'section', to: 'output', kind: 'each' },
      { from: 'planner', to: 'output', kind: 'required' },
      { from: 'section', to: 'spare', kind: 'fallback' },
    ]);
    expect(plan.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(plan.nodes[0]?.file).toMatch(/make-agent\.ts:\d+:\d+$/);
  });
});
