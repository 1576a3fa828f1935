import { Agent, type Dependency, DependsOn, each, ForEach, firstOf, optional, When } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { prove, told } from '../../../test/prove.js';
import { dependsOnKey } from '../../metadata/agent-metadata.js';

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

/** Plain JavaScript may write any dependency: the compiler does not see it. */
function faultsOf(dependency: Dependency): ReturnType<typeof told> {
  class Writer {}
  dependsOnKey.write(Writer, [dependency]);
  Agent({ instructions: 'You write.' })(Writer);
  return told(prove(Writer));
}

describe('each(…) and agents that run once per item', () => {
  it('go together', () => {
    expect(faultsOf(each(Section))).toEqual([]);
    expect(faultsOf(optional(each(Section)))).toEqual([]);
    expect(faultsOf(Planner)).toEqual([]);
    expect(faultsOf(firstOf(Planner))).toEqual([]);
  });

  it.each<[string, Dependency, string]>([
    [
      'Section',
      Section,
      'Write @DependsOn(each(Section)) above Writer; run() then takes readonly OutputOf<typeof Section>[].',
    ],
    [
      'optional(Section)',
      optional(Section),
      'Write optional(each(Section)); run() then takes readonly OutputOf<typeof Section>[] | undefined.',
    ],
    [
      'firstOf(Planner, Section)',
      firstOf(Planner, Section),
      'Put an agent between them that has @DependsOn(each(Section)), and depend on that one.',
    ],
  ])('do not in %s', (written, dependency, hint) => {
    expect(faultsOf(dependency)).toEqual([
      [
        'dependency-type-mismatch',
        'Writer',
        `Writer depends on ${written}, but Section has @ForEach: it runs once per item and gives an array.`,
        hint,
      ],
    ]);
  });

  it.each<[string, Dependency]>([
    ['each(Planner)', each(Planner)],
    ['optional(each(Planner))', optional(each(Planner))],
    ['each(optional(Planner))', each(optional(Planner))],
  ])('do not in %s', (written, dependency) => {
    expect(faultsOf(dependency)).toEqual([
      [
        'dependency-type-mismatch',
        'Writer',
        `Writer depends on ${written}, but Planner has no @ForEach: it runs once and gives one output, not an array.`,
        'Write @DependsOn(Planner) above Writer, or @ForEach(…, { items, max }) above Planner.',
      ],
    ]);
  });

  it('do not where one output is asked', () => {
    @Agent()
    @When(Section, (text) => text === '')
    class Guarded {}
    @Agent()
    @ForEach(Section, { items: (text) => [text], max: 2 })
    class Nested {}
    @Agent()
    @DependsOn(Guarded, each(Nested))
    class Output {}
    expect(told(prove(Output))).toEqual(
      ['Guarded', 'Nested'].map((name) => {
        const decorator = name === 'Guarded' ? '@When' : '@ForEach';
        return [
          'dependency-type-mismatch',
          name,
          `${decorator}(Section, …) of ${name} asks for one output, but Section has @ForEach: it gives an array.`,
          `Put an agent between them that has @DependsOn(each(Section)), and write ${decorator} of that one.`,
        ];
      }),
    );
  });

  it('do not where some want all items and others do without those that fail', () => {
    @Agent()
    @DependsOn(optional(each(optional(Section))))
    class Tolerant {}
    @Agent()
    @DependsOn(each(Section), Tolerant)
    class Strict {}
    expect(told(prove(Strict))).toEqual([
      [
        'dependency-type-mismatch',
        'Strict',
        'Strict depends on each(Section), but Tolerant on each(optional(Section)): an item that fails can fail Section or leave null, not both.',
        'Write each(optional(Section)) above Strict too; run() then takes readonly (OutputOf<typeof Section> | null)[].',
      ],
    ]);
    @Agent()
    @DependsOn(each(optional(Section)), Tolerant)
    class Both {}
    expect(prove(Both)).toEqual([]);
  });

  it('do not where a circular import left nothing', () => {
    class Writer {}
    dependsOnKey.write(Writer, [each(undefined as never), each(optional(undefined as never))]);
    Agent({ instructions: 'You write.' })(Writer);
    expect(told(prove(Writer)).map(([code, , message]) => [code, message])).toEqual([
      ['agent-unknown', 'argument 1 of @DependsOn above Writer: expected an agent class, got undefined.'],
      ['agent-unknown', 'argument 2 of @DependsOn above Writer: expected an agent class, got undefined.'],
    ]);
  });

  it('refuses a choice of nothing', () => {
    expect(faultsOf(firstOf())).toEqual([
      [
        'dependency-type-mismatch',
        'Writer',
        'firstOf() of Writer names no agent: expected one or more classes.',
        'Write firstOf(Primary, Archive).',
      ],
    ]);
  });
});

describe('the output of a workflow', () => {
  it('does not run once per item', () => {
    expect(told(prove(Section))).toEqual([
      [
        'dependency-type-mismatch',
        'Section',
        "Section is the output of workflow 'test', but it has @ForEach: it gives one output per item.",
        'Let the output be an agent with @DependsOn(each(Section)).',
      ],
    ]);
  });
});
