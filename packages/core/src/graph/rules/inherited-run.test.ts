import { Agent, DependsOn, each, ForEach, optional } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { prove, told } from '../../../test/prove.js';

@Agent()
class Planner {
  run(): string[] {
    return [];
  }
}

abstract class Base {
  run(plan: readonly string[]): string {
    return plan.join(' ');
  }
}

@Agent()
@DependsOn(optional(Planner))
class Writer {
  run(plan: readonly string[] | undefined): string {
    return `${plan?.length}`;
  }
}

describe('a subclass that inherits run()', () => {
  it('inherits no decorators, so it has to say what run() takes', () => {
    @Agent()
    class Poet extends Writer {}
    expect(told(prove(Poet))).toEqual([
      [
        'dependency-type-mismatch',
        'Poet',
        'Poet inherits run() from Writer, which has @DependsOn(optional(Planner)); Poet has none, for decorators are not inherited.',
        'Write @DependsOn(optional(Planner)) above class Poet too, or give it a run() of its own.',
      ],
    ]);
  });

  it('has to say so for items as well', () => {
    @Agent()
    @ForEach(Planner, { items: (plan) => plan, max: 3 })
    class Section {
      run(item: string): string {
        return item;
      }
    }
    @Agent()
    class Chapter extends Section {}
    expect(told(prove(Chapter))).toMatchObject([
      [
        'dependency-type-mismatch',
        'Chapter',
        'Chapter inherits run() from Section, which has @ForEach(Planner, …); Chapter has none, for decorators are not inherited.',
        'Write @ForEach(Planner, …) above class Chapter too, or give it a run() of its own.',
      ],
    ]);
    @Agent()
    @ForEach(Planner, { items: (plan) => plan, max: 3 })
    class Page extends Section {}
    @Agent()
    @DependsOn(each(Page))
    class Book {}
    expect(prove(Book)).toEqual([]);
  });

  it('is fine where it says so, or has a run() of its own, or the superclass is no agent', () => {
    @Agent()
    @DependsOn(Planner)
    class Poet extends Writer {}
    @Agent()
    class Copyist extends Writer {
      override run(): string {
        return '';
      }
    }
    @Agent()
    class Plain extends Base {}
    for (const agent of [Poet, Copyist, Plain]) expect(prove(agent)).toEqual([]);
  });
});
