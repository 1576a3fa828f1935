import { Agent, createEspalier, DependsOn, each, Fallback, ForEach, toDot, toMermaid } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { bareNode, planOf } from '../../test/plans.js';
import { drawingOf } from './drawing.js';
import { defineWorkflow } from './workflow.js';

@Agent()
class Planner {
  run(input: string[]): string[] {
    return input;
  }
}

@Agent()
class Spare {
  run(item: string): string {
    return `spare ${item}`;
  }
}

@Agent()
@ForEach(Planner, { items: (plan) => plan, max: 5 })
@Fallback(Spare)
class Section {
  run(item: string): string {
    if (item === 'bad') throw new Error('no');
    return item;
  }
}

@Agent()
@DependsOn(each(Section), Spare)
class Writer {
  run(sections: readonly string[], spare: string): string {
    return `${sections.join(' ')}, ${spare}`;
  }
}

const workflow = defineWorkflow({ name: 'draw', version: 1, output: Writer });

describe('a drawing of a run', () => {
  it('has the plan, and with an outcome the status of every node', async () => {
    const espalier = await createEspalier({ workflows: [workflow] });
    const plan = espalier.describe(workflow);
    const outcome = await espalier.start(workflow, ['good', 'bad']).outcome;
    expect(drawingOf(plan, outcome).nodes.map(({ name, details }) => [name, ...details])).toEqual([
      ['planner', '✓ completed'],
      ['section', 'at most 5 items', '✓ completed, 2 items'],
      ['spare', '✓ completed'],
      ['writer', 'output', '✓ completed'],
    ]);
    expect(toMermaid(plan, outcome)).toBe(toMermaid(plan, outcome));
    expect(toDot(plan, outcome)).toBe(toDot(plan, outcome));
  });

  it('draws an agent once that has a place of its own and runs inside another', async () => {
    const espalier = await createEspalier({ workflows: [workflow] });
    const plan = espalier.describe(workflow);
    expect(plan.nodes.map(({ name }) => name)).toEqual(['planner', 'section', 'spare', 'writer', 'spare']);
    const { nodes, edges } = drawingOf(plan);
    const nameOf = (id: string): string | undefined => nodes.find((node) => node.id === id)?.name;
    expect(edges.map(({ from, to, kind }) => `${nameOf(from)} ${kind} ${nameOf(to)}`)).toEqual([
      'planner for-each section',
      'section each writer',
      'spare required writer',
      'section fallback spare',
    ]);
  });

  it('leaves out an edge to a node that the plan does not have', () => {
    const plan = { ...planOf([bareNode('a')]), edges: [{ from: 'a', to: 'gone', kind: 'tool' as const }] };
    expect(drawingOf(plan).edges).toEqual([]);
  });

  it('draws one edge where a condition, or the items, come from what the agent depends on', () => {
    const edge = (kind: 'required' | 'when' | 'for-each' | 'each', to: string) => ({ from: 'a', to, kind });
    const plan = {
      ...planOf(['a', 'b', 'c', 'd'].map((name) => bareNode(name))),
      edges: [
        edge('required', 'b'),
        edge('when', 'b'),
        edge('for-each', 'c'),
        edge('required', 'c'),
        edge('required', 'd'),
      ],
    };
    expect(drawingOf(plan).edges.map(({ kind, to }) => `${kind} ${to}`)).toEqual([
      'when n1',
      'for-each n2',
      'required n3',
    ]);
  });
});
