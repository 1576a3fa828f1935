import { DependsOn, each, Fallback, ForEach, firstOf, optional, Retry, Timeout, When } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { makeAgent } from '../../test/make-agent.js';
import type { AgentClass } from '../metadata/agent-class.js';
import { policiesFrom } from '../policies/order.js';
import { buildGraph, sourcesOf } from './build-graph.js';
import { hasPath } from './has-path.js';
import { defineWorkflow } from './workflow.js';

const nothing = (): undefined => undefined;
const build = (
  output: AgentClass,
  ...defaults: Parameters<typeof buildGraph>[1] & object
): ReturnType<typeof buildGraph> => buildGraph(defineWorkflow({ name: 'test', version: 1, output }), defaults);

const planner = makeAgent('planner', [], nothing);
const style = makeAgent('style', [], nothing);
const forEach = ForEach(planner, { items: () => [], max: 7, concurrency: 2, dependsOn: [optional(style)] });
const section = makeAgent('section', [], nothing, [forEach as never]);
const spare = makeAgent('spare', [], nothing, [Retry(2)]);
const output = makeAgent('output', [each(section), firstOf(style, planner), planner], nothing, [
  When(style, () => true),
  Fallback(spare) as never,
]);

describe('a graph', () => {
  const { graph, faults } = build(output);
  const node = (name: string): (typeof graph.nodes)[number] => {
    const found = graph.nodes.find((at) => at.name === name);
    if (found === undefined) throw new Error(`no node '${name}'`);
    return found;
  };

  it('has its nodes in topological order, the output last', () => {
    expect(faults).toEqual([]);
    expect(graph.nodes.map(({ name }) => name)).toEqual(['planner', 'style', 'section', 'output']);
    expect(graph.nodes.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(graph.output).toBe(3);
  });

  it('has the inputs of run() in declared order, and parents and children each once, ascending', () => {
    expect(node('output').inputs).toEqual([
      { kind: 'each', source: 2 },
      { kind: 'first-of', sources: [1, 0] },
      { kind: 'required', source: 0 },
    ]);
    expect(node('output').inputs.map(sourcesOf)).toEqual([[2], [1, 0], [0]]);
    expect(node('output').conditions.map(({ source }) => source)).toEqual([1]);
    expect(node('output').parents).toEqual([0, 1, 2]);
    expect(node('planner').children).toEqual([2, 3]);
    expect(node('style').children).toEqual([2, 3]);
  });

  it('has the items of a fan-out', () => {
    expect(node('section').fanOut).toMatchObject({ source: 0, max: 7, concurrency: 2 });
    expect(node('section').inputs).toEqual([{ kind: 'optional', source: 1 }]);
    expect(node('section').parents).toEqual([0, 1]);
  });

  it('has what runs inside others beside its nodes', () => {
    expect([...graph.nested.keys()]).toEqual([spare]);
    expect(graph.nested.get(spare)).toMatchObject({ index: -1, name: 'spare', parents: [] });
  });

  it("has a node's own policies before the workflow's, and those before the runtime's", () => {
    const own = makeAgent('own', [], nothing, [Timeout('1s')]);
    const built = build(own, policiesFrom({ timeout: '2s', retry: 3 }), policiesFrom({ retry: 4, concurrency: 5 }));
    const options = built.graph.nodes[0]?.policies.map((policy) => [policy.kind, policy.options]);
    expect(options).toEqual([
      ['timeout', { duration: 1000 }],
      ['concurrency', { limit: 5, queue: expect.anything() }],
      ['retry', expect.objectContaining({ attempts: 3 })],
    ]);
  });

  it('tells whether one node waits for another', () => {
    expect(hasPath(graph, 0, 3)).toBe(true);
    expect(hasPath(graph, 0, 2)).toBe(true);
    expect(hasPath(graph, 0, 1)).toBe(false);
    expect(hasPath(graph, 3, 0)).toBe(false);
  });

  it('is built without what is no class, so that the rules can look at the rest', () => {
    class Writer {}
    DependsOn(planner, undefined as never, optional(undefined as never))(Writer as never);
    const built = build(Writer);
    expect(built.faults.map(({ code }) => code)).toEqual(['agent-unknown', 'agent-unknown']);
    expect(built.graph.nodes.map(({ inputs }) => inputs)).toEqual([[], [{ kind: 'required', source: 0 }]]);
  });
});
