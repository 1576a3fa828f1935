import { Agent, type AgentClass, DependsOn, each, ForEach, Repeat, When } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { prove, told } from '../../../test/prove.js';

@Agent()
class Planner {
  run(): string[] {
    return [];
  }
}

/** A decorator as plain JavaScript may write it. */
const written = (decorator: unknown): ((target: AgentClass) => void) => decorator as (target: AgentClass) => void;

describe('what control flow asks', () => {
  it('is a function', () => {
    class Section {}
    written(When(Planner, undefined as never))(Section);
    written(ForEach(Planner, { items: 'sections' as never, max: 3 }))(Section);
    written(Repeat({ until: true as never, max: 3, otherwise: 'stop' as never }))(Section);
    Agent({ instructions: 'You write.' })(Section);
    @Agent()
    @DependsOn(each(Section))
    class Output {}
    expect(told(prove(Output))).toEqual([
      [
        'option-invalid',
        'Section',
        'The condition in @When(Planner, …) of Section: expected a function, got undefined.',
        "Write @When(Planner, (output) => output === 'billing').",
      ],
      [
        'option-invalid',
        'Section',
        '`items` of @ForEach of Section: expected a function, got "sections" (string).',
        'Write @ForEach(Planner, { items: (output) => output.parts, max: 100 }).',
      ],
      [
        'option-invalid',
        'Section',
        "`otherwise` of @Repeat of Section: expected 'fail' or 'keep-last', got \"stop\" (string).",
        "Write @Repeat({ until, max: 4, otherwise: 'keep-last' }).",
      ],
      [
        'option-invalid',
        'Section',
        '`until` of @Repeat of Section: expected a function, got true (boolean).',
        'Write @Repeat({ until: (output) => output.score >= 8, max: 4 }).',
      ],
    ]);
  });

  it('may be asked for by decorators without any options', () => {
    class Section {}
    written((ForEach as unknown as (source: unknown) => unknown)(Planner))(Section);
    written((Repeat as unknown as () => unknown)())(Section);
    Agent({ instructions: 'You write.' })(Section);
    @Agent()
    @DependsOn(each(Section))
    class Output {}
    expect(told(prove(Output)).map(([code, , message]) => [code, message])).toEqual([
      ['bound-missing', '`max` of @ForEach of Section: expected a whole number from 1, got undefined.'],
      ['bound-missing', '`max` of @Repeat of Section: expected a whole number from 1, got undefined.'],
      ['option-invalid', '`items` of @ForEach of Section: expected a function, got undefined.'],
      ['option-invalid', '`until` of @Repeat of Section: expected a function, got undefined.'],
    ]);
  });
});
