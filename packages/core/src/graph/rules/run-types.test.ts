import { Agent, each, ForEach, firstOf, optional } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { from, type Observable } from 'rxjs';
import { prove, told } from '../../../test/prove.js';
import type { AgentClass } from '../../metadata/agent-class.js';
import { dependsOnKey } from '../../metadata/agent-metadata.js';
import type { Dependency } from '../../metadata/dependency.js';

/** Makes the compiler write down the types of a method, as any decorator does. */
const noted: MethodDecorator = () => {};

class Findings {
  title = '';
}

@Agent()
class GivesText {
  @noted
  run(): string {
    return '';
  }
}

@Agent()
class GivesNumber {
  @noted
  run(): number {
    return 1;
  }
}

@Agent()
class GivesObject {
  @noted
  run(): Findings {
    return new Findings();
  }
}

@Agent()
class GivesPromise {
  @noted
  async run(): Promise<number> {
    return 1;
  }
}

@Agent()
class GivesObservable {
  @noted
  run(): Observable<number> {
    return from([1]);
  }
}

@Agent({ instructions: 'You answer.' })
class ModelAgent {}

@Agent()
class Planner {
  @noted
  run(): string[] {
    return [];
  }
}

@Agent()
@ForEach(Planner, { items: (plan) => plan, max: 3 })
class Section {
  @noted
  run(_item: string): Findings {
    return new Findings();
  }
}

class TakesText {
  @noted
  run(text: string): string {
    return text;
  }
}

class TakesNumber {
  @noted
  run(count: number): string {
    return `${count}`;
  }
}

class TakesArray {
  @noted
  run(all: Findings[]): string {
    return `${all.length}`;
  }
}

class TakesObject {
  @noted
  run(findings: Findings): string {
    return findings.title;
  }
}

class TakesAnything {
  @noted
  run(value: unknown): string {
    return String(value);
  }
}

/** A subclass of the taker, so that each case has a class of its own, whatever the compiler would say. */
function faultsOf(taker: AgentClass, dependency: Dependency): ReturnType<typeof told> {
  const Taker = { Taker: class extends (taker as new () => object) {} }.Taker;
  dependsOnKey.write(Taker, [dependency]);
  Agent()(Taker);
  return told(prove(Taker));
}

describe('the types of run(), as far as the compiler writes them down', () => {
  it.each<[string, AgentClass, Dependency]>([
    ['text from code', TakesText, GivesText],
    ['text from a model', TakesText, ModelAgent],
    ['an object', TakesObject, GivesObject],
    ['what is promised', TakesText, GivesPromise],
    ['what is observed', TakesText, GivesObservable],
    ['what may be anything', TakesAnything, GivesNumber],
    ['all of an agent that runs once per item', TakesArray, each(Section)],
    ['all of it, or nothing', TakesArray, optional(each(Section))],
    ['the first of two', TakesText, firstOf(GivesText, ModelAgent)],
  ])('fit for %s', (_what, taker, dependency) => {
    expect(faultsOf(taker, dependency)).toEqual([]);
  });

  it.each<[AgentClass, Dependency, string, string]>([
    [TakesText, GivesNumber, 'a string', 'GivesNumber gives a number'],
    [TakesNumber, ModelAgent, 'a number', 'ModelAgent gives a string'],
    [TakesObject, GivesText, 'an object', 'GivesText gives a string'],
    [TakesObject, each(Section), 'an object', 'Section gives an array'],
    [TakesText, optional(GivesObject), 'a string', 'GivesObject gives an object'],
    [TakesArray, GivesObject, 'an array', 'GivesObject gives an object'],
    [TakesText, firstOf(GivesText, GivesNumber), 'a string', 'GivesNumber gives a number'],
  ])('can never fit: %p', (taker, dependency, wanted, gives) => {
    const [fault, ...others] = faultsOf(taker, dependency);
    expect(others).toEqual([]);
    expect(fault?.slice(0, 3)).toEqual([
      'dependency-type-mismatch',
      'Taker.run',
      `Taker.run takes ${wanted} as argument 1, but ${gives}.`,
    ]);
    expect(fault?.[3]).toMatch(/^Write run\(\w+: .*, ctx: RunContext\)\.$/);
  });
});
