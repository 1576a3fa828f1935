import { Agent, type AgentClass, DependsOn, each, ForEach, firstOf, optional, When } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { makeAgent } from '../../test/make-agent.js';
import { prove, told } from '../../test/prove.js';
import type { Fault } from '../errors/graph-error.js';
import { readAgent } from '../metadata/agent-definition.js';
import { dependsOnKey } from '../metadata/agent-metadata.js';
import type { Dependency } from '../metadata/dependency.js';
import { topologicalOrder } from './topological-order.js';
import { defineWorkflow } from './workflow.js';

const nothing = (): undefined => undefined;
const missing = undefined as unknown as AgentClass;

function orderOf(output: AgentClass): readonly string[] {
  const faults: Fault[] = [];
  const order = topologicalOrder(defineWorkflow({ name: 'test', version: 1, output }), readAgent, faults);
  expect(faults).toEqual([]);
  return order.map(({ name }) => name);
}

/** Classes that depend on each other as plain assignments may make them, by name: decorators alone cannot. */
function classes(edges: Readonly<Record<string, readonly string[]>>): (name: string) => AgentClass {
  const made = new Map(Object.keys(edges).map((name) => [name, makeAgent(name, [], nothing)]));
  const find = (name: string): AgentClass => made.get(name) as AgentClass;
  for (const [name, to] of Object.entries(edges)) dependsOnKey.write(find(name), to.map(find));
  return find;
}

describe('the topological order', () => {
  it('has each agent once, after what it depends on, in declared order where that leaves a choice', () => {
    const find = classes({ a: [], b: ['a'], c: ['a'], d: [], e: ['c', 'b', 'd', 'a'] });
    expect(orderOf(find('e'))).toEqual(['a', 'c', 'b', 'd', 'e']);
  });

  it('follows items, their inputs, inputs and conditions', () => {
    const [plan, style, route, first, second, maybe] = ['plan', 'style', 'route', 'first', 'second', 'maybe'].map(
      (name) => makeAgent(name, [], nothing),
    ) as [AgentClass, AgentClass, AgentClass, AgentClass, AgentClass, AgentClass];
    const forEach = ForEach(plan, { items: () => [], max: 1, dependsOn: [style] });
    const section = makeAgent('section', [], nothing, [forEach as never]);
    const output = makeAgent('output', [each(section), firstOf(first, second), optional(maybe)], nothing, [
      When(route, () => true),
    ]);
    expect(orderOf(output)).toEqual(['plan', 'style', 'section', 'first', 'second', 'maybe', 'route', 'output']);
  });

  it('is found for a chain of 100,000 agents, without a deep stack', () => {
    let last = makeAgent('n0', [], nothing);
    for (let index = 1; index < 100_000; index++) last = makeAgent(`n${index}`, [last], nothing);
    const order = orderOf(last);
    expect([order.length, order[0], order.at(-1)]).toEqual([100_000, 'n0', 'n99999']);
  });

  it('is found for 10,000 parents of one agent', () => {
    const parents = Array.from({ length: 10_000 }, (_, index) => makeAgent(`n${index}`, [], nothing));
    expect(orderOf(makeAgent('wide', parents, nothing))).toEqual([...parents.map((_, index) => `n${index}`), 'wide']);
  });
});

describe('a circle', () => {
  const hint = 'Break the circle; use @Repeat for a loop.';
  const cycle = (path: string): readonly unknown[] => [
    'dependency-cycle',
    path.split(' ')[0],
    `${path} is a circle: none of them can start first.`,
    hint,
  ];

  it.each<[string, Readonly<Record<string, readonly string[]>>, readonly string[]]>([
    ['of one', { Output: ['Output'] }, ['Output → Output']],
    ['of two', { A: ['B'], B: ['A'], Output: ['A'] }, ['A → B → A']],
    ['with a way to it', { Output: ['X'], X: ['A'], A: ['B'], B: ['C'], C: ['A'] }, ['A → B → C → A']],
    ['beside another', { Output: ['A', 'C'], A: ['B'], B: ['A'], C: ['D'], D: ['C'] }, ['A → B → A', 'C → D → C']],
    ['through another', { Output: ['A'], A: ['B'], B: ['C', 'A'], C: ['A'] }, ['A → B → A', 'A → B → C → A']],
  ])('%s is told with its whole path', (_what, edges, paths) => {
    expect(told(prove(classes(edges)('Output')))).toEqual(paths.map(cycle));
  });

  it('through conditions and items is told as well, and where the class stands', () => {
    const [a, b] = [makeAgent('A', [], nothing), makeAgent('B', [], nothing)];
    When(b, () => true)(a);
    ForEach(a, { items: () => [], max: 1 })(b as never);
    const [fault] = prove(a).filter(({ code }) => code === 'dependency-cycle');
    expect(fault?.message).toBe('A → B → A is a circle: none of them can start first.');
    expect(fault?.where).toEqual({ class: 'A', file: expect.stringMatching(/make-agent\.ts:\d+:\d+$/) });
  });
});

describe('what is no class', () => {
  const hint = 'Pass the class itself. If it is imported, two files may import each other: move one of the classes.';
  @Agent()
  class Researcher {
    run(): string {
      return '';
    }
  }

  it.each<[string, readonly Dependency[], string, string]>([
    ['a forward reference', [Researcher, missing], 'argument 2 of @DependsOn', 'undefined'],
    ['within firstOf', [firstOf(Researcher, missing)], 'argument 1 of @DependsOn', 'undefined'],
    ['within optional', [Researcher, optional(missing)], 'argument 2 of @DependsOn', 'undefined'],
    ['within each', [each(missing)], 'argument 1 of @DependsOn', 'undefined'],
    ['an arrow function', [(() => Researcher) as never], 'argument 1 of @DependsOn', 'a function (function)'],
    ['a name', ['researcher' as never], 'argument 1 of @DependsOn', '"researcher" (string)'],
    ['null', [null as never], 'argument 1 of @DependsOn', 'null'],
  ])('is told of with its place: %s', (_what, dependencies, place, got) => {
    class Writer {}
    dependsOnKey.write(Writer, dependencies);
    Agent({ instructions: 'You write.' })(Writer);
    const [fault, ...others] = prove(Writer);
    expect(others).toEqual([]);
    expect(fault).toEqual({
      code: 'agent-unknown',
      message: `${place} above Writer: expected an agent class, got ${got}.`,
      hint,
      where: { class: 'Writer', file: expect.stringMatching(/topological-order\.test\.ts:\d+:\d+$/) },
    });
  });

  it('is told of in every decorator', () => {
    class Writer {
      run(): string {
        return '';
      }
    }
    When(missing, () => true)(Writer);
    ForEach(missing, { items: () => [], max: 1, dependsOn: [Researcher, missing] })(Writer as never);
    Agent()(Writer);
    @Agent()
    @DependsOn(each(Writer))
    class Output {}
    expect(told(prove(Output)).map(([, , message]) => message)).toEqual([
      'argument 1 of @ForEach above Writer: expected an agent class, got undefined.',
      'argument 1 of @When above Writer: expected an agent class, got undefined.',
      'item 2 of `dependsOn` in @ForEach above Writer: expected an agent class, got undefined.',
    ]);
  });

  it('is told of as the output', () => {
    const [fault, ...others] = prove(undefined);
    expect(others).toEqual([]);
    expect(fault).toEqual({
      code: 'agent-unknown',
      message: "`output` of workflow 'test': expected an agent class, got undefined.",
      hint,
      where: { workflow: 'test' },
    });
  });
});
