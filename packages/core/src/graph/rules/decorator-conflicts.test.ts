import { Agent, DependsOn, each, ForEach, Handoff, optional, Repeat, When } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { prove, told } from '../../../test/prove.js';

@Agent()
class Planner {
  run(): string[] {
    return [];
  }
}

@Agent()
class Critic {
  run(): string {
    return '';
  }
}

@Agent({ instructions: 'You bill.' })
class Billing {}

describe('decorators that contradict each other', () => {
  it('are @ForEach and @DependsOn', () => {
    class Section {
      run(): string {
        return '';
      }
    }
    DependsOn(optional(Critic))(Section);
    ForEach(Planner, { items: (plan) => plan, max: 3, dependsOn: [Planner] })(Section);
    Agent()(Section);
    @Agent()
    @DependsOn(each(Section))
    class Output {
      run(): string {
        return '';
      }
    }
    expect(told(prove(Output))).toEqual([
      [
        'decorator-conflict',
        'Section',
        'Section has @ForEach and @DependsOn: both say what run() takes.',
        'Write @ForEach(Planner, { …, dependsOn: [Planner, optional(Critic)] }) and remove @DependsOn.',
      ],
    ]);
  });

  it('are @Handoff and plain code', () => {
    @Agent()
    @Handoff(Billing, { max: 1 })
    class Desk {
      run(): string {
        return '';
      }
    }
    expect(told(prove(Desk))).toEqual([
      [
        'decorator-conflict',
        'Desk',
        'Desk has @Handoff but is plain code: only a model can pass a conversation on.',
        "Write @Agent({ instructions: '…' }) above class Desk, or remove @Handoff.",
      ],
    ]);
  });

  it.each([
    ['@Agent', Agent({ instructions: 'one' })],
    ['@DependsOn', DependsOn(Critic)],
    ['@ForEach', ForEach(Planner, { items: (plan) => plan, max: 3 })],
    ['@Repeat', Repeat({ until: () => true, max: 2 })],
    ['@Handoff', Handoff(Billing, { max: 1 })],
  ] as const)('are two of %s, for only one can hold', (name, decorator) => {
    class Writer {}
    (decorator as (target: unknown) => void)(Writer);
    (decorator as (target: unknown) => void)(Writer);
    if (name !== '@Agent') Agent({ instructions: 'You write.' })(Writer);
    const faults = told(prove(Writer)).filter(([, , message]) => message.includes('twice'));
    expect(faults).toEqual([
      [
        'decorator-conflict',
        'Writer',
        `${name} stands twice on Writer; only one can hold.`,
        `Keep one ${name} on class Writer.`,
      ],
    ]);
  });

  it('are not several @When, which stand for "and"', () => {
    @Agent()
    @When(Critic, (text) => text === '')
    @When(Planner, (plan) => plan.length > 0)
    class Writer {}
    expect(prove(Writer)).toEqual([]);
  });
});
