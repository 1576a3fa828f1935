import { asTool, each, Fallback, ForEach, firstOf, optional, Repeat, Retry, Timeout, When } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { type Behaviour, type Decorator, makeAgent } from '../../test/make-agent.js';
import type { AgentClass } from '../metadata/agent-class.js';
import type { AgentOptions } from '../metadata/agent-metadata.js';
import type { Dependency } from '../metadata/dependency.js';
import { buildGraph } from './build-graph.js';
import { fingerprint, type GraphShape, graphDiff, graphShape } from './fingerprint.js';
import { defineWorkflow } from './workflow.js';

const nothing: Behaviour = () => undefined;
const agent = (
  name: string,
  dependencies: readonly Dependency[] = [],
  decorators: readonly unknown[] = [],
  options: AgentOptions = {},
): AgentClass => makeAgent(name, dependencies, nothing, decorators as readonly Decorator[], options);
const shapeOf = (output: AgentClass): GraphShape =>
  graphShape(buildGraph(defineWorkflow({ name: 'test', version: 1, output })).graph);

describe('the shape of a graph', () => {
  it('has each node with what it waits for and what bounds it', () => {
    const planner = agent('planner');
    const helper = agent('helper');
    const section = agent('section', [], [ForEach(planner, { items: () => [], max: 5 })]);
    const output = agent(
      'output',
      [planner, optional(planner), firstOf(planner, helper), each(section)],
      [When(planner, () => true), Retry({ attempts: 2, backoff: 10 }), Repeat({ until: () => true, max: 3 })],
      { tools: [asTool(helper)] },
    );
    expect(shapeOf(output)).toEqual({
      nodes: [
        { name: 'planner', inputs: [], settings: {} },
        { name: 'helper', inputs: [], settings: {} },
        { name: 'section', inputs: ['for-each planner'], settings: { 'for-each': { max: 5 } } },
        {
          name: 'output',
          inputs: ['planner', 'optional planner', 'first-of planner|helper', 'each section', 'when planner'],
          settings: {
            retry: { attempts: 2, backoff: expect.anything(), maxRetryAfter: 120_000 },
            repeat: { max: 3 },
            tools: ['helper'],
          },
        },
        { name: '(helper)', inputs: [], settings: {} },
      ],
      output: 'output',
    });
  });
});

describe('the fingerprint', () => {
  const base = (): AgentClass => agent('output', [agent('a'), agent('b')], [Timeout('1s')]);

  it('is the same for the same graph, whatever its code, in every process', () => {
    const print = fingerprint(shapeOf(base()));
    expect(print).toBe(fingerprint(shapeOf(base())));
    expect(print).toBe('3a4e42fa166b2068');
    const other = makeAgent('output', [agent('a'), agent('b')], () => 42, [Timeout('1s')]);
    expect(fingerprint(shapeOf(other))).toBe(print);
  });

  it.each<[string, AgentClass]>([
    ['a name', agent('output', [agent('a'), agent('c')], [Timeout('1s')])],
    ['the order of inputs', agent('output', [agent('b'), agent('a')], [Timeout('1s')])],
    ['a kind of edge', agent('output', [agent('a'), optional(agent('b'))], [Timeout('1s')])],
    ['an option of a policy', agent('output', [agent('a'), agent('b')], [Timeout('2s')])],
    ['a policy', agent('output', [agent('a'), agent('b')])],
    ['a bound', agent('output', [agent('a'), agent('b')], [Timeout('1s'), Repeat({ until: () => true, max: 2 })])],
    ['a nested agent', agent('output', [agent('a'), agent('b')], [Timeout('1s'), Fallback(agent('spare') as never)])],
  ])('changes with %s', (_what, output) => {
    expect(fingerprint(shapeOf(output))).not.toBe(fingerprint(shapeOf(base())));
  });

  it('has no collision in 100,000 shapes that differ in one character or number', () => {
    const prints = new Set<string>();
    for (let index = 0; index < 50_000; index++) {
      prints.add(fingerprint({ nodes: [], output: `n${index}` }));
      prints.add(
        fingerprint({ nodes: [{ name: 'a', inputs: [], settings: { repeat: { max: index } } }], output: 'a' }),
      );
    }
    expect(prints.size).toBe(100_000);
  });
});

describe('the difference of two graphs', () => {
  const before = shapeOf(agent('output', [agent('a'), optional(agent('b'))], [Timeout('1s')]));

  it('has a line for each change', () => {
    const after = shapeOf(agent('output', [agent('a'), agent('c')], [Retry({ attempts: 2, backoff: '1s' })]));
    expect(graphDiff(before, after)).toEqual([
      '- node b',
      '+ node c',
      '- edge optional b → output',
      '+ edge c → output',
      '~ node output: timeout {"duration":1000} → none',
      expect.stringMatching(/^~ node output: retry none → \{"attempts":2,"backoff":.*\}$/),
    ]);
  });

  it('tells of another output and of another order', () => {
    expect(graphDiff(before, { ...before, output: 'a' })).toEqual(['~ output output → a']);
    const swapped = { ...before, nodes: [...before.nodes].reverse() };
    expect(graphDiff(before, swapped)).toEqual(['~ order of nodes or inputs']);
  });
});
