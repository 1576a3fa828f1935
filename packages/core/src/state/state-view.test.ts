import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EspalierError } from '../errors/espalier-error.js';
import type { StateWrite } from '../events/event.js';
import { Frontiers, frontierAfter } from './frontiers.js';
import { append } from './merge-rules.js';
import { receiveState, sendState } from './sent-state.js';
import type { StateDefinition } from './state-definition.js';
import { type Frontier, firstConflict, joinFrontiers, noWriters, viewOf } from './state-view.js';

const notes: StateDefinition = {
  name: 'Notes',
  initial: Object.freeze({ items: Object.freeze([]), title: 'none', pages: 0 }),
  rules: new Map([['items', append as never]]),
  sensitive: new Set(),
};

const write = (field: string, value: StateWrite['value']): StateWrite => ({ state: 'Notes', field, value });
const writer = (index: number, before: Frontier, ...writes: readonly StateWrite[]): Frontier =>
  frontierAfter({ index, node: `n${index}`, before }, writes);

describe('viewOf', () => {
  it('is the initial state where nobody has written', () => {
    expect(viewOf(notes, noWriters)).toEqual(notes.initial);
    expect(viewOf(notes, writer(0, noWriters))).toEqual(notes.initial);
  });

  it('merges where there is a rule, in topological order whatever came first', () => {
    const [second, first] = [writer(2, noWriters, write('items', ['c'])), writer(1, noWriters, write('items', ['b']))];
    expect(viewOf(notes, joinFrontiers([second, first])).items).toEqual(['b', 'c']);
    expect(viewOf(notes, joinFrontiers([first, second])).items).toEqual(['b', 'c']);
  });

  it('takes the later of two writes that stand in order', () => {
    const first = writer(0, noWriters, write('title', 'a'));
    const second = writer(1, first, write('title', 'b'));
    expect(viewOf(notes, second).title).toBe('b');
    expect(viewOf(notes, joinFrontiers([first, second])).title).toBe('b');
  });

  it('names both nodes that wrote one field with no order between them', () => {
    const base = writer(0, noWriters, write('title', 'a'));
    const frontier = joinFrontiers([writer(1, base, write('title', 'b')), writer(2, base, write('title', 'c'))]);
    expect(() => viewOf(notes, frontier)).toThrow(
      "Nodes 'n1' and 'n2' both wrote Notes.title, and neither depends on the other: which value counts would be chance.",
    );
    try {
      viewOf(notes, frontier);
    } catch (error) {
      expect(error).toMatchObject({
        code: 'state-conflict',
        hint: 'Write @Merge(rule) on Notes.title, or let one of the two depend on the other.',
        details: { state: 'Notes', field: 'title', nodes: ['n1', 'n2'] },
      });
    }
  });

  it('lets unordered nodes write different fields, and states of other names', () => {
    const frontier = joinFrontiers([
      writer(1, noWriters, write('title', 'b')),
      writer(2, noWriters, write('pages', 5), { state: 'Other', field: 'title', value: 'x' }),
    ]);
    expect(viewOf(notes, frontier)).toEqual({ items: [], title: 'b', pages: 5 });
  });

  it('is frozen all the way down, also what a rule has made', () => {
    const view = viewOf(notes, writer(0, noWriters, write('items', ['a'])));
    expect([view, view.items].every(Object.isFrozen)).toBe(true);
  });

  it('takes a chain of 100,000 writers without a deeper stack, and reads it again for nothing', () => {
    let frontier = noWriters;
    for (let index = 0; index < 100_000; index++) frontier = writer(index, frontier, write('pages', index));
    expect(viewOf(notes, frontier).pages).toBe(99_999);
    expect(viewOf(notes, frontier)).toBe(viewOf(notes, frontier));
  });

  it('is what a naive model says, in any graph and order of reading (property)', () => {
    const node = fc.record({
      parents: fc.array(fc.nat(20), { maxLength: 3 }),
      writes: fc.array(fc.constantFrom('items', 'title', 'pages'), { maxLength: 2 }),
    });
    fc.assert(
      fc.property(
        fc.array(node, { minLength: 1, maxLength: 14 }),
        fc.array(fc.nat(13), { maxLength: 20 }),
        (shape, early) => {
          const nodes = shape.map(({ parents, writes }, index) => ({
            parents: index === 0 ? [] : [...new Set(parents.map((parent) => parent % index))],
            writes: writes.map((field, at) => write(field, field === 'items' ? [`${index}.${at}`] : `${index}.${at}`)),
          }));
          const frontiers = new Frontiers();
          const befores: Frontier[] = [];
          for (const [index, { parents, writes }] of nodes.entries()) {
            const before = frontiers.before(parents);
            befores.push(before);
            frontiers.keep(index, frontierAfter({ index, node: `n${index}`, before }, writes));
            for (const at of early) if (at <= index) attempt(() => viewOf(notes, befores[at] as Frontier));
          }
          for (const [index, before] of befores.entries()) {
            expect(attempt(() => viewOf(notes, before))).toEqual(naiveView(nodes, ancestorsOf(nodes, index)));
          }
          for (const [index, before] of befores.entries()) {
            const naive = naiveView(nodes, ancestorsOf(nodes, index));
            const sent = JSON.parse(JSON.stringify(sendState(before) ?? null)) ?? undefined;
            expect(attempt(() => viewOf(notes, receiveState(sent)))).toEqual(naive);
            expect(firstConflict(notes, before) !== undefined).toBe(naive === 'conflict');
          }
          const all = new Set(nodes.keys());
          expect(attempt(() => viewOf(notes, frontiers.final))).toEqual(naiveView(nodes, all));
        },
      ),
      { numRuns: 300 },
    );
  });
});

interface NaiveNode {
  readonly parents: readonly number[];
  readonly writes: readonly StateWrite[];
}

function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (EspalierError.is(error, 'state-conflict')) return 'conflict';
    throw error;
  }
}

function ancestorsOf(nodes: readonly NaiveNode[], index: number): ReadonlySet<number> {
  const found = new Set<number>();
  for (const parent of nodes[index]?.parents ?? []) {
    found.add(parent);
    for (const further of ancestorsOf(nodes, parent)) found.add(further);
  }
  return found;
}

/** The rule as it is written: initial state, all writes of these nodes in order, no two unordered writers of a field. */
function naiveView(nodes: readonly NaiveNode[], among: ReadonlySet<number>): unknown {
  const order = [...among].sort((a, b) => a - b);
  for (const a of order) {
    for (const b of order) {
      if (a >= b || ancestorsOf(nodes, b).has(a)) continue;
      const fields = new Set(nodes[a]?.writes.map(({ field }) => field));
      if (nodes[b]?.writes.some(({ field }) => field !== 'items' && fields.has(field))) return 'conflict';
    }
  }
  const view: Record<string, unknown> = { ...notes.initial };
  for (const { field, value } of order.flatMap((index) => nodes[index]?.writes ?? [])) {
    view[field] = field === 'items' ? [...(view[field] as unknown[]), ...(value as unknown[])] : value;
  }
  return view;
}
