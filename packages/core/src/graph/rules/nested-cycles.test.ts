import { Agent, type AgentOptions, asTool, Fallback, Handoff } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { prove, told } from '../../../test/prove.js';
import type { AgentClass } from '../../metadata/agent-class.js';

/** A model agent whose tools and other decorators are given after all classes are there. */
const classOf = (name: string): AgentClass => ({ [name]: class {} })[name] as AgentClass;
function declare(agent: AgentClass, options: AgentOptions = {}): void {
  Agent({ instructions: 'You help.', ...options })(agent);
}

const message = (path: string): string =>
  `${path} is a circle of agents that run inside each other: nothing bounds how deep.`;
const hint = (what: string): string => `Break the circle: remove one ${what}; use @Repeat({ max }) for a loop.`;

describe('agents that run inside each other', () => {
  it('are no tools of their tools, and the whole path is told once', () => {
    const [a, b, c] = ['A', 'B', 'C'].map(classOf) as [AgentClass, AgentClass, AgentClass];
    declare(a, { tools: [asTool(b)] });
    declare(b, { tools: [asTool(c)] });
    declare(c, { tools: [asTool(b)] });
    expect(told(prove(a))).toEqual([['dependency-cycle', 'B', message('B → C → B'), hint('asTool(…)')]]);
  });

  it('are no tools of themselves', () => {
    const a = classOf('A');
    declare(a, { tools: [asTool(a)] });
    expect(told(prove(a))).toEqual([['dependency-cycle', 'A', message('A → A'), hint('asTool(…)')]]);
  });

  it('are no fallbacks of their fallbacks', () => {
    const [a, b] = ['A', 'B'].map(classOf) as [AgentClass, AgentClass];
    declare(a);
    declare(b);
    Fallback(b)(a as never);
    Fallback(a)(b as never);
    expect(told(prove(a))).toEqual([['dependency-cycle', 'A', message('A → B → A'), hint('@Fallback(…)')]]);
  });

  it('may hand a conversation back, for `max` bounds that', () => {
    const [a, b] = ['A', 'B'].map(classOf) as [AgentClass, AgentClass];
    declare(a);
    declare(b);
    Handoff(b, { max: 2 })(a);
    Handoff(a, { max: 2 })(b);
    expect(prove(a)).toEqual([]);
  });

  it('may not hand it back through a tool', () => {
    const [a, b] = ['A', 'B'].map(classOf) as [AgentClass, AgentClass];
    declare(a);
    declare(b, { tools: [asTool(a)] });
    Handoff(b, { max: 2 })(a);
    expect(told(prove(a)).map(([code, , text]) => [code, text])).toEqual([['dependency-cycle', message('A → B → A')]]);
  });

  it('are told of all circles', () => {
    const [root, ...others] = ['Root', 'A', 'B', 'C'].map(classOf) as [AgentClass, ...AgentClass[]];
    for (const agent of others) declare(agent, { tools: [asTool(agent)] });
    declare(root, { tools: others.map((agent) => asTool(agent)) });
    expect(told(prove(root)).map(([, , text]) => text)).toEqual(['A → A', 'B → B', 'C → C'].map(message));
  });

  it('may be shared and deep', () => {
    const leaf = classOf('Leaf');
    declare(leaf);
    let inner = leaf;
    for (let depth = 0; depth < 5000; depth++) {
      const outer = classOf(`Agent${depth}`);
      declare(outer, { tools: [asTool(inner), ...(depth > 0 ? [asTool(leaf)] : [])] });
      inner = outer;
    }
    const begin = performance.now();
    expect(prove(inner)).toEqual([]);
    expect(performance.now() - begin).toBeLessThan(3000);
  });
});
