import { describe, expect, it } from '@jest/globals';
import { Merge, SharedState } from '../decorators/shared-state.js';
import type { WritesDeclaration } from '../metadata/agent-metadata.js';
import { frontierAfter } from './frontiers.js';
import { append, sum } from './merge-rules.js';
import { mergeRulesOf } from './merge-rules-of.js';
import { StateRegistry } from './state-definition.js';
import { StateSession } from './state-session.js';
import { type Frontier, noWriters } from './state-view.js';

@SharedState()
class Notes {
  @Merge(append) items: readonly string[] = [];
  @Merge(sum) words = 0;
  title = 'none';
}

const session = (
  options: { frontier?: Frontier; declared?: readonly WritesDeclaration[]; registry?: StateRegistry } = {},
) =>
  new StateSession(
    'writer',
    options.frontier ?? noWriters,
    options.declared ?? [],
    options.registry ?? new StateRegistry(),
  );

describe('StateSession', () => {
  it('shows the initial state, what ancestors wrote, and its own writes', () => {
    const before = session();
    before.handle(Notes).write({ items: ['a'], title: 'first' });
    const frontier = frontierAfter({ index: 0, node: 'before', before: noWriters }, before.writes);
    const notes = session({ frontier }).handle(Notes);
    expect(notes.read()).toEqual({ items: ['a'], words: 0, title: 'first' });
    notes.write({ items: ['b'], words: 5 });
    notes.write({ words: 2, title: 'second' });
    expect(notes.read()).toEqual({ items: ['a', 'b'], words: 7, title: 'second' });
    expect(session({ frontier }).handle(Notes).read()).toEqual({ items: ['a'], words: 0, title: 'first' });
  });

  it('keeps each write as it was made: merging is for who reads', () => {
    const own = session();
    own.handle(Notes).write({ items: ['a'], words: 1 });
    own.handle(Notes).write({ words: 1 });
    expect(own.writes).toEqual([
      { state: 'Notes', field: 'items', value: ['a'] },
      { state: 'Notes', field: 'words', value: 1 },
      { state: 'Notes', field: 'words', value: 1 },
    ]);
  });

  it('gives one handle for each class, and frozen state that nobody can change for others', () => {
    const own = session();
    expect(own.handle(Notes)).toBe(own.handle(Notes));
    own.handle(Notes).write({ items: ['a'] });
    const state = own.handle(Notes).read();
    expect([state, state.items].every(Object.isFrozen)).toBe(true);
    expect(() => (state.items as string[]).push('b')).toThrow(TypeError);
  });

  it('leaves out fields that are undefined', () => {
    const own = session();
    own.handle(Notes).write({ items: undefined, words: 1 } as never);
    expect([own.writes.length, own.handle(Notes).read().items]).toEqual([1, []]);
  });

  it('writes all fields of one call or none', () => {
    const own = session();
    const notes = own.handle(Notes);
    expect(() => notes.write({ words: 1, title: (() => 'x') as never })).toThrow('Notes.title is not plain data');
    expect(() => notes.write({ words: 1, items: 5 as never })).toThrow(TypeError); // append throws
    expect([own.writes, notes.read()]).toEqual([[], { items: [], words: 0, title: 'none' }]);
  });

  it('shows what a nested node wrote as its own', () => {
    const own = session();
    own.handle(Notes).write({ words: 1 });
    expect(own.handle(Notes).read().words).toBe(1);
    own.adopt([{ state: 'Notes', field: 'words', value: 10 }]);
    expect(own.handle(Notes).read().words).toBe(11);
    own.handle(Notes).write({ words: 100 });
    expect([own.handle(Notes).read().words, own.writes.length]).toEqual([111, 3]);
  });

  it('refuses fields that the class does not have, and those that the node does not declare', () => {
    const notes = session({ declared: [{ state: Notes, fields: ['items'] }] }).handle(Notes);
    expect(() => notes.write({ pages: 1 } as never)).toThrow("Notes has no field 'pages'; it has items, words, title.");
    expect(() => notes.write({ words: 1 })).toThrow("Node 'writer' wrote Notes.words, which it does not declare.");
    expect(() => notes.write({ items: ['a'] })).not.toThrow();
    expect(() =>
      session()
        .handle(Notes)
        .write({ constructor: 1 } as never),
    ).toThrow("has no field 'constructor'");
    try {
      notes.write({ words: 1 });
    } catch (error) {
      expect(error).toMatchObject({
        code: 'state-undeclared',
        hint: "Write @Writes(Notes, 'words') on its class.",
        where: { node: 'writer', class: 'Notes.words' },
      });
    }
  });

  it('names node and path of what is no plain data, also of what a merge rule makes', () => {
    @SharedState()
    class Odd {
      @Merge((_current: string, _update: string) => new Date(0)) at = '';
    }
    const own = session();
    expect(() => own.handle(Notes).write({ items: [5n] as never })).toThrow(
      'Notes.items is not plain data: $[0] is a bigint.',
    );
    expect(() => own.handle(Odd).write({ at: 'x' })).toThrow('@Merge of Odd.at is not plain data: $ is a Date.');
  });
});

describe('StateRegistry', () => {
  it('wants a class with @SharedState()', () => {
    class Bare {}
    expect(() => session().handle(Bare)).toThrow('ctx.state(Bare): expected a class with @SharedState(), got Bare.');
    expect(() => session().handle(undefined as never)).toThrow('got undefined.');
  });

  it('refuses two classes of one name', () => {
    const registry = new StateRegistry();
    const make = (name: string) => {
      class Notes2 {}
      SharedState({ name })(Notes2);
      return Notes2;
    };
    registry.read(make('a'));
    const second = make('b');
    expect(registry.read(second)).toBe(registry.read(second));
    expect(() => registry.read(make('a'))).toThrow("Two classes are the shared state 'a' of one run.");
    expect(registry.all().map(({ name }) => name)).toEqual(['a', 'b']);
    expect(registry.named('b')?.name).toBe('b');
  });

  it('wants plain initial values', () => {
    @SharedState()
    class Dated {
      at = new Date(0);
    }
    expect(() => session().handle(Dated)).toThrow('The initial value of Dated is not plain data: $.at is a Date.');
  });

  it('takes over the merge rules of classes that a state extends', () => {
    @SharedState()
    class More extends Notes {
      @Merge(append) sources: readonly string[] = [];
    }
    @SharedState()
    class Other extends Notes {
      @Merge((_current: number, update: number) => update) override words = 0;
    }
    expect([...mergeRulesOf(More).keys()]).toEqual(['items', 'words', 'sources']);
    expect(mergeRulesOf(More).get('items')).toBe(append);
    expect(mergeRulesOf(Other).get('words')).not.toBe(sum);
    expect(mergeRulesOf(Notes).has('sources')).toBe(false);
    const own = session();
    own.handle(More).write({ items: ['a'], sources: ['s'] });
    own.handle(More).write({ items: ['b'] });
    expect(own.handle(More).read()).toEqual({ items: ['a', 'b'], words: 0, title: 'none', sources: ['s'] });
  });
});
