import {
  Agent,
  asTool,
  DependsOn,
  each,
  Fallback,
  ForEach,
  firstOf,
  Handoff,
  optional,
  Repeat,
  When,
} from '@espalier/core';
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

describe('an agent as a tool', () => {
  it('waits for nothing', () => {
    @Agent()
    @DependsOn(Researcher)
    @When(Critic, (text) => text === '')
    class Helper {
      run(): string {
        return '';
      }
    }
    @Agent({ instructions: 'You write.', tools: [asTool(Helper)] })
    class Writer {}
    expect(told(prove(Writer))).toEqual(
      ['@DependsOn', '@When'].map((decorator) => [
        'decorator-conflict',
        'Helper',
        `Helper is a tool of Writer and has ${decorator}: a tool runs when the model calls it and waits for nothing.`,
        `Remove ${decorator} from Helper, or write @DependsOn(Helper) above Writer instead of asTool(Helper).`,
      ]),
    );
  });

  it('may repeat', () => {
    @Agent()
    @Repeat({ until: (text: string) => text !== '', max: 2 })
    class Helper {
      run(): string {
        return '';
      }
    }
    @Agent({ instructions: 'You write.', tools: [asTool(Helper)] })
    class Writer {}
    expect(prove(Writer)).toEqual([]);
  });
});

describe('an agent that takes over a conversation', () => {
  it('is a model agent that answers at once', () => {
    @Agent({ instructions: 'You bill.' })
    @ForEach(Planner, { items: (plan) => plan, max: 2 })
    @Repeat({ until: (text: string) => text !== '', max: 2 })
    class Billing {
      run(item: string): string {
        return item;
      }
    }
    @Agent({ instructions: 'You greet.' })
    @Handoff(Billing, { max: 1 })
    class Desk {}
    expect(told(prove(Desk))).toEqual([
      ...['@ForEach', '@Repeat'].map((decorator) => [
        'decorator-conflict',
        'Billing',
        `Billing takes over conversations of Desk and has ${decorator}: it answers at once, in Desk's place.`,
        `Remove ${decorator} from Billing.`,
      ]),
      [
        'decorator-conflict',
        'Billing.run',
        "Billing takes over conversations of Desk and has run(): it would never be called, for the model answers with Billing's instructions and tools.",
        'Remove run() from Billing, or write @Agent({ tools: [asTool(Billing)] }) above Desk instead of @Handoff.',
      ],
    ]);
  });
});

describe('a fallback', () => {
  class Spare {
    run(): string {
      return '';
    }
  }
  const faultsOf = (
    given: readonly Dependency[],
    own: readonly Dependency[],
    decorate: (spare: AgentClass) => void = () => {},
  ): ReturnType<typeof told> => {
    const Own = { Spare: class extends Spare {} }.Spare;
    if (own.length > 0) dependsOnKey.write(Own, own);
    decorate(Own);
    Agent()(Own);
    class Writer {
      run(): string {
        return '';
      }
    }
    if (given.length > 0) dependsOnKey.write(Writer, given);
    Fallback(Own)(Writer);
    Agent()(Writer);
    return told(prove(Writer));
  };

  it.each<[string, Dependency[]]>([
    ['one', [Researcher]],
    ['two', [Researcher, Critic]],
    ['an optional one', [optional(Researcher)]],
    ['the first of two', [firstOf(Researcher, Critic)]],
  ])('may depend on the same: %s', (_what, dependencies) => {
    const same = dependencies.map((one) =>
      typeof one === 'object' && one.kind === 'optional' ? optional(Researcher) : one,
    );
    expect(faultsOf(dependencies, same)).toEqual([]);
    expect(faultsOf(dependencies, [])).toEqual([]);
  });

  it.each<[Dependency[], Dependency[], string, string]>([
    [[Researcher, Critic], [Critic, Researcher], 'Critic, Researcher', 'Researcher, Critic'],
    [[Researcher], [optional(Researcher)], 'optional(Researcher)', 'Researcher'],
    [[firstOf(Researcher, Critic)], [firstOf(Researcher)], 'firstOf(Researcher)', 'firstOf(Researcher, Critic)'],
    [[], [Researcher], 'Researcher', 'no dependencies'],
  ])('does not depend on others: %#', (given, own, written, takes) => {
    expect(faultsOf(given, own)).toEqual([
      [
        'decorator-conflict',
        'Spare',
        `Spare is the fallback of Writer and depends on ${written}; it will get the inputs of Writer: ${takes}.`,
        'Remove @DependsOn from Spare, or declare the same as Writer.',
      ],
    ]);
  });

  it('is not asked whether it runs, nor for which items', () => {
    const ignored = (decorator: string): unknown => [
      'decorator-conflict',
      'Spare',
      `Spare is the fallback of Writer and has ${decorator}: it would be ignored, for a fallback gets the inputs of the agent whose place it takes.`,
      `Remove ${decorator} from Spare.`,
    ];
    expect(
      faultsOf(
        [],
        [],
        When(Critic, () => true),
      ),
    ).toEqual([ignored('@When')]);
    const forEach = ForEach(Planner, { items: (plan) => plan, max: 2 });
    expect(faultsOf([], [], forEach as (spare: AgentClass) => void)).toEqual([ignored('@ForEach')]);
  });

  it('may run once per item of the same source', () => {
    const forEach = ForEach(Planner, { items: (plan) => plan, max: 2 });
    @Agent()
    class ItemSpare {
      run(item: string): string {
        return item;
      }
    }
    forEach(ItemSpare);
    @Agent()
    @Fallback(ItemSpare)
    class Section {
      run(item: string): string {
        return item;
      }
    }
    forEach(Section);
    @Agent()
    @DependsOn(each(Section))
    class Output {}
    expect(prove(Output)).toEqual([]);
  });
});
