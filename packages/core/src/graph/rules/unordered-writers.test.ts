import { Agent, append, asTool, DependsOn, each, Fallback, ForEach, Merge, SharedState, Writes } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { makeAgent } from '../../../test/make-agent.js';
import { prove, told } from '../../../test/prove.js';

@SharedState()
class Notes {
  title = '';
  @Merge(append) items: string[] = [];
}

class Undeclared {
  title = '';
}

const nothing = (): string => '';
const title = Writes(Notes, 'title');
const items = Writes(Notes, 'items');

const told1 = (first: string, second: string): unknown => [
  'state-writers-unordered',
  second,
  `${first} and ${second} both write Notes.title, and neither depends on the other: which value counts would be chance.`,
  `Write @Merge(append), or another rule, above Notes.title, or let ${second} depend on ${first}.`,
];

describe('two writers of one field', () => {
  it('are fine where a path orders them, however long', () => {
    let last = makeAgent('first', [], nothing, [title]);
    for (let index = 0; index < 50; index++) last = makeAgent(`between${index}`, [last], nothing);
    expect(prove(makeAgent('last', [last], nothing, [title]))).toEqual([]);
  });

  it('are fine where a rule merges what they write, or their fields differ', () => {
    const [a, b, c] = [
      makeAgent('a', [], nothing, [items, title]),
      makeAgent('b', [], nothing, [items]),
      makeAgent('c', [], nothing, [items]),
    ];
    expect(prove(makeAgent('output', [a, b, c], nothing))).toEqual([]);
  });

  it('are fine where a superclass has the rule', () => {
    @SharedState()
    class MoreNotes extends Notes {}
    const writes = Writes(MoreNotes, 'items');
    const [a, b] = [makeAgent('a', [], nothing, [writes]), makeAgent('b', [], nothing, [writes])];
    expect(prove(makeAgent('output', [a, b], nothing))).toEqual([]);
  });

  it('are a fault where nothing orders them', () => {
    const [a, b] = [makeAgent('a', [], nothing, [title]), makeAgent('b', [], nothing, [title])];
    expect(told(prove(makeAgent('output', [a, b], nothing)))).toEqual([told1('a', 'b')]);
  });

  it('are a fault each where there are more', () => {
    const writers = ['a', 'b', 'c'].map((name) => makeAgent(name, [], nothing, [title]));
    expect(told(prove(makeAgent('output', writers, nothing)))).toEqual([told1('a', 'b'), told1('b', 'c')]);
  });

  it('may be within others: what runs inside a node writes as that node', () => {
    const spare = makeAgent('spare', [], nothing, [title]);
    const [a, b] = [makeAgent('a', [], nothing, [title]), makeAgent('b', [], nothing, [Fallback(spare) as never])];
    expect(told(prove(makeAgent('output', [a, b], nothing)))).toEqual([told1('a', 'b')]);
  });

  it('may be one agent whose items run side by side', () => {
    const planner = makeAgent('planner', [], () => ['x']);
    const forEach = ForEach(planner as never, { items: (plan: unknown) => plan as string[], max: 3 });
    const section = makeAgent('Section', [], nothing, [title, forEach as never]);
    expect(told(prove(makeAgent('output', [each(section)], nothing)))).toEqual([
      [
        'state-writers-unordered',
        'Section',
        'Section has @ForEach and writes Notes.title: its items run side by side, so which value counts would be chance.',
        'Write @Merge(append), or another rule, above Notes.title.',
      ],
    ]);
  });

  it('may be one agent that a model calls side by side', () => {
    @Agent({ instructions: 'You note.' })
    @Writes(Notes, 'title')
    class Noter {}
    @Agent({ instructions: 'You write.', tools: [asTool(Noter)] })
    class Writer {}
    expect(told(prove(Writer))).toEqual([
      [
        'state-writers-unordered',
        'Noter',
        'Noter is a tool of Writer and writes Notes.title: calls of it run side by side, so which value counts would be chance.',
        'Write @Merge(append), or another rule, above Notes.title.',
      ],
    ]);
  });
});

describe('@Writes', () => {
  it('names a class with @SharedState()', () => {
    @Agent({ instructions: 'You write.' })
    @Writes(Undeclared, 'title')
    class Writer {}
    expect(told(prove(Writer))).toEqual([
      [
        'option-invalid',
        'Writer',
        '@Writes(Undeclared, …) of Writer: expected a class with @SharedState(), got Undeclared.',
        'Write @SharedState() above class Undeclared.',
      ],
    ]);
  });

  it('names a class at all', () => {
    @Agent({ instructions: 'You write.' })
    @Writes(undefined as never, 'title' as never)
    class Writer {}
    @Agent()
    @DependsOn(Writer)
    class Output {}
    expect(told(prove(Output))).toEqual([
      [
        'option-invalid',
        'Writer',
        '@Writes(undefined, …) of Writer: expected a class with @SharedState(), got undefined.',
        'Pass the class itself.',
      ],
    ]);
  });
});
