import { describe, expect, it } from '@jest/globals';
import type { StateWrite } from '../events/event.js';
import { frontierAfter } from './frontiers.js';
import { append } from './merge-rules.js';
import { receiveState, type SentState, sendState } from './sent-state.js';
import type { StateDefinition } from './state-definition.js';
import { type Frontier, joinFrontiers, noWriters, viewOf } from './state-view.js';

const stateOf = (name: string): StateDefinition => ({
  name,
  initial: Object.freeze({ items: Object.freeze([]), title: 'none' }),
  rules: new Map([['items', append as never]]),
  sensitive: new Set(),
});
const [notes, other] = [stateOf('Notes'), stateOf('Other')];

const write = (state: string, field: string, value: StateWrite['value']): StateWrite => ({ state, field, value });

/** A writer as one that wrote elsewhere leaves it: with what a reader sees after it of the states that it wrote. */
function told(index: number, before: Frontier, ...writes: readonly StateWrite[]): Frontier {
  const silent = frontierAfter({ index, node: `n${index}`, before }, writes);
  const written = [notes, other].filter(({ name }) => writes.some(({ state }) => state === name));
  const seen = receiveState(overTheWire(silent));
  const views = written.map((state) => [state.name, viewOf(state, seen)] as const);
  return frontierAfter({ index, node: `n${index}`, before }, writes, views);
}

const overTheWire = (frontier: Frontier): SentState | undefined =>
  (JSON.parse(JSON.stringify(sendState(frontier) ?? null)) as SentState | null) ?? undefined;

describe('sendState', () => {
  it('sends nothing where nobody has written', () => {
    expect(sendState(noWriters)).toBeUndefined();
    expect(receiveState(undefined)).toEqual([]);
  });

  it('sends the state after a chain of writers, not what each of them wrote', () => {
    let frontier = told(0, noWriters, write('Other', 'title', 'kept'));
    for (let index = 1; index <= 500; index++) frontier = told(index, frontier, write('Notes', 'title', `t${index}`));
    const sent = overTheWire(frontier) as SentState;
    expect(JSON.stringify(sent).length).toBeLessThan(400);
    expect(viewOf(notes, receiveState(sent))).toEqual({ items: [], title: 't500' });
    expect(viewOf(other, receiveState(sent))).toEqual({ items: [], title: 'kept' });
  });

  it('sends of a join what was written since the writer that all of it stands on', () => {
    let frontier = noWriters;
    for (let index = 0; index < 50; index++) frontier = told(index, frontier, write('Notes', 'items', [`i${index}`]));
    const left = told(50, frontier, write('Notes', 'items', ['left']));
    const right = told(51, frontier, write('Notes', 'items', ['right']));
    const sent = overTheWire(joinFrontiers([left, right])) as SentState;
    expect(sent.writers.map(({ node }) => node)).toEqual(['n49', 'n50', 'n51']);
    expect(viewOf(notes, receiveState(sent)).items).toEqual([
      ...Array.from({ length: 50 }, (_, index) => `i${index}`),
      'left',
      'right',
    ]);
  });

  it('keeps whose writes get in each other’s way', () => {
    const base = told(0, noWriters, write('Notes', 'title', 'a'));
    const frontier = joinFrontiers([
      told(1, base, write('Notes', 'title', 'b')),
      told(2, base, write('Notes', 'title', 'c')),
    ]);
    expect(() => viewOf(notes, receiveState(overTheWire(frontier)))).toThrow(
      "Nodes 'n1' and 'n2' both wrote Notes.title",
    );
  });

  it('asks the same writer for less the next time', () => {
    let frontier = told(0, noWriters, write('Other', 'title', 'kept'));
    for (let index = 1; index <= 20; index++) frontier = told(index, frontier, write('Notes', 'title', `t${index}`));
    const first = overTheWire(frontier) as SentState;
    expect(first.writers).toHaveLength(2);
    expect((overTheWire(frontier) as SentState).writers).toHaveLength(1);
  });
});
