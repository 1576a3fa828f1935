import { Agent, asTool, DependsOn, each, Fallback, ForEach, firstOf, optional, type RunContext } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { prove, told } from '../../../test/prove.js';
import type { AgentClass } from '../../metadata/agent-class.js';
import { dependsOnKey } from '../../metadata/agent-metadata.js';
import type { Dependency } from '../../metadata/dependency.js';

@Agent()
class Researcher {
  run(): string {
    return '';
  }
}

@Agent()
class Critic {
  run(): string {
    return '';
  }
}

@Agent()
class Planner {
  run(): string[] {
    return [];
  }
}

@Agent()
@ForEach(Planner, { items: (plan) => plan, max: 3 })
class Section {
  run(item: string): string {
    return item;
  }
}

/** An agent that depends on these, whatever the compiler would say. */
function depends(agent: AgentClass, ...dependencies: readonly Dependency[]): ReturnType<typeof told> {
  dependsOnKey.write(agent, dependencies);
  Agent()(agent);
  return told(prove(agent));
}

describe('run()', () => {
  it('may take fewer arguments than it gets, and default values', () => {
    class None {
      run(): string {
        return '';
      }
    }
    class Defaults {
      run(text: string, ctx: RunContext, more = 1): string {
        return `${text}${ctx.runId}${more}`;
      }
    }
    expect(depends(None, Researcher, Critic)).toEqual([]);
    expect(depends(Defaults, Researcher)).toEqual([]);
  });

  it('gets one argument for each dependency, and the context', () => {
    class Writer {
      run(a: string, b: string, c: string, ctx: RunContext): string {
        return a + b + c + ctx.runId;
      }
    }
    expect(depends(Writer, Researcher, Critic)).toEqual([
      [
        'dependency-type-mismatch',
        'Writer.run',
        'Writer.run takes 4 arguments, but gets 3: 2 dependencies and the context.',
        'Write run(researcher: OutputOf<typeof Researcher>, critic: OutputOf<typeof Critic>, ctx: RunContext), or add what is missing to @DependsOn.',
      ],
    ]);
  });

  it("gets the run's input where it depends on nothing", () => {
    @Agent()
    class Root {
      run(a: string, b: string, ctx: RunContext): string {
        return a + b + ctx.runId;
      }
    }
    expect(told(prove(Root))).toEqual([
      [
        'dependency-type-mismatch',
        'Root.run',
        "Root.run takes 3 arguments, but gets 2: the run's input and the context.",
        'Write run(input: …, ctx: RunContext), or add what is missing to @DependsOn.',
      ],
    ]);
  });

  it('is written out with every kind of dependency, and names that do not clash', () => {
    class Writer {
      run(_1: string, _2: string, _3: string, _4: string, _5: string, _6: string, _7: string): string {
        return '';
      }
    }
    const [fault] = depends(
      Writer,
      Researcher,
      optional(Researcher),
      firstOf(Critic, Researcher),
      each(Section),
      optional(each(Section)),
    );
    expect(fault?.[3]).toBe(
      'Write run(researcher: OutputOf<typeof Researcher>, researcher2: OutputOf<typeof Researcher> | undefined, critic: OutputOf<typeof Critic> | OutputOf<typeof Researcher>, sections: readonly OutputOf<typeof Section>[], sections2: readonly OutputOf<typeof Section>[] | undefined, ctx: RunContext), or add what is missing to @DependsOn.',
    );
  });

  it('gets the item first where there is one', () => {
    class Chapter {
      run(item: string, critic: string, more: string, ctx: RunContext): string {
        return item + critic + more + ctx.runId;
      }
    }
    ForEach(Planner, { items: (plan) => plan, max: 3, dependsOn: [Critic] })(Chapter as never);
    Agent()(Chapter);
    @Agent()
    @DependsOn(each(Chapter))
    class Output {}
    expect(told(prove(Output))).toEqual([
      [
        'dependency-type-mismatch',
        'Chapter.run',
        'Chapter.run takes 4 arguments, but gets 3: the item, 1 dependency and the context.',
        'Write run(item: …, critic: OutputOf<typeof Critic>, ctx: RunContext), or add what is missing to dependsOn of @ForEach.',
      ],
    ]);
  });

  it('gets the input of the tool, or the inputs of the agent whose place it takes', () => {
    @Agent()
    class Greedy {
      run(a: string, b: string, c: string): string {
        return a + b + c;
      }
    }
    @Agent({ instructions: 'You write.', tools: [asTool(Greedy)] })
    class Host {}
    expect(told(prove(Host))).toEqual([
      [
        'dependency-type-mismatch',
        'Greedy.run',
        "Greedy.run takes 3 arguments, but as a tool of Host it gets 2: the tool's input and the context.",
        'Write run(input: …, ctx: RunContext).',
      ],
    ]);
    class Writer {
      run(text: string): string {
        return text;
      }
    }
    Fallback(Greedy)(Writer as never);
    expect(depends(Writer, Researcher)).toEqual([
      [
        'dependency-type-mismatch',
        'Greedy.run',
        'Greedy.run takes 3 arguments, but as the fallback of Writer it gets 2: 1 dependency and the context.',
        'Write run(researcher: OutputOf<typeof Researcher>, ctx: RunContext).',
      ],
    ]);
  });
});
