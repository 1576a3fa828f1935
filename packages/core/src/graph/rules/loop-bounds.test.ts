import { Agent, type AgentClass, DependsOn, each, ForEach, Handoff, Repeat } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { prove, told } from '../../../test/prove.js';
import { forEachKey } from '../../metadata/agent-metadata.js';

@Agent()
class Planner {
  run(): string[] {
    return [];
  }
}

@Agent({ instructions: 'You bill.' })
class Billing {}

/** The faults of a model agent with this decorator, as plain JavaScript may write it. */
function faultsOf(decorator: unknown): ReturnType<typeof told> {
  class Writer {}
  (decorator as (target: AgentClass) => void)(Writer);
  Agent({ instructions: 'You write.' })(Writer);
  @Agent()
  @DependsOn(each(Writer))
  class All {}
  return told(prove(forEachKey.read(Writer) === undefined ? Writer : All));
}

const items = (plan: string[]): string[] => plan;
const until = (): boolean => true;

describe('every loop', () => {
  it.each<[string, unknown, string]>([
    [
      '`max` of @ForEach',
      ForEach(Planner, { items, max: undefined as never }),
      '@ForEach(Planner, { items, max: 100 })',
    ],
    ['`max` of @Repeat', Repeat({ until, max: undefined as never }), '@Repeat({ until, max: 4 })'],
    ['`max` of @Handoff', Handoff(Billing, { max: undefined as never }), '@Handoff(Billing, { max: 3 })'],
    [
      '`max` of @Handoff',
      (Handoff as unknown as (target: unknown) => unknown)(Billing),
      '@Handoff(Billing, { max: 3 })',
    ],
  ])('has a bound: %s', (option, decorator, code) => {
    expect(faultsOf(decorator)).toEqual([
      [
        'bound-missing',
        'Writer',
        `${option} of Writer: expected a whole number from 1, got undefined.`,
        `Write ${code}.`,
      ],
    ]);
  });

  it.each<[unknown, string, string]>([
    [Number.POSITIVE_INFINITY, 'bound-missing', 'Infinity (number)'],
    [null, 'bound-missing', 'null'],
    [0, 'option-invalid', '0 (number)'],
    [-1, 'option-invalid', '-1 (number)'],
    [2.5, 'option-invalid', '2.5 (number)'],
    [Number.NaN, 'option-invalid', 'NaN (number)'],
    ['3', 'option-invalid', '"3" (string)'],
  ])('is bounded by a whole number, not by %p', (max, code, got) => {
    expect(faultsOf(Repeat({ until, max: max as number }))).toEqual([
      [
        code,
        'Writer',
        `\`max\` of @Repeat of Writer: expected a whole number from 1, got ${got}.`,
        'Write @Repeat({ until, max: 4 }).',
      ],
    ]);
  });

  it('of items may run some of them at once', () => {
    expect(faultsOf(ForEach(Planner, { items, max: 9, concurrency: 4 }))).toEqual([]);
    expect(faultsOf(ForEach(Planner, { items, max: 9, concurrency: 0 }))).toEqual([
      [
        'option-invalid',
        'Writer',
        '`concurrency` of @ForEach of Writer: expected a whole number from 1, got 0 (number).',
        'Write @ForEach(Planner, { items, max: 100, concurrency: 4 }).',
      ],
    ]);
  });

  it('of model and tool calls has a bound that can be changed', () => {
    @Agent({ instructions: 'You write.', maxTurns: 0, maxModelCalls: 1.5, maxToolCalls: -2, corrections: -1 })
    class Writer {}
    expect(told(prove(Writer))).toEqual([
      [
        'option-invalid',
        'Writer',
        '`corrections` of @Agent of Writer: expected a whole number from 0, got -1 (number).',
        'Write @Agent({ corrections: 2 }).',
      ],
      [
        'option-invalid',
        'Writer',
        '`maxModelCalls` of @Agent of Writer: expected a whole number from 1, got 1.5 (number).',
        'Write @Agent({ maxModelCalls: 16 }).',
      ],
      [
        'option-invalid',
        'Writer',
        '`maxToolCalls` of @Agent of Writer: expected a whole number from 1, got -2 (number).',
        'Write @Agent({ maxToolCalls: 32 }).',
      ],
      [
        'option-invalid',
        'Writer',
        '`maxTurns` of @Agent of Writer: expected a whole number from 1, got 0 (number).',
        'Write @Agent({ maxTurns: 8 }).',
      ],
    ]);
    @Agent({ instructions: 'You write.', maxTurns: 1, maxModelCalls: 1, maxToolCalls: 1, corrections: 0 })
    class Terse {}
    expect(prove(Terse)).toEqual([]);
  });
});
