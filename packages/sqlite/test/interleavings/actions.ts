import fc from 'fast-check';

/** What a test may let happen. `at` names one of the two processes, `run` one of the runs. */
export type Action =
  /** Something that is under way is done, so many times: which, of all that can be done next. */
  | { readonly kind: 'turns'; readonly picks: readonly number[] }
  /** `signals`: two answers at the same time. */
  | { readonly kind: 'start' | 'resume' | 'cancel' | 'signal' | 'signals'; readonly at: 0 | 1; readonly run: number }
  /** `unheard`: what it has just written is kept. */
  | { readonly kind: 'crash'; readonly at: 0 | 1; readonly unheard: boolean }
  | { readonly kind: 'stop' | 'wake' | 'drain' | 'restart'; readonly at: 0 | 1 }
  /** A process is stopped for longer than its lease; the other one takes a run over, and the first one wakes. */
  | { readonly kind: 'overtake'; readonly at: 0 | 1; readonly run: number; readonly picks: readonly number[] }
  | { readonly kind: 'advance'; readonly by: number };

const at = fc.constantFrom(0 as const, 1 as const);
const run = fc.nat(1);
const picks = fc.array(fc.nat(7), { minLength: 1, maxLength: 12 });
const kind = <K extends string>(...kinds: readonly K[]): fc.Arbitrary<K> => fc.constantFrom(...kinds);
const often = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary });

const action: fc.Arbitrary<Action> = fc.oneof(
  often(12, fc.record({ kind: kind('turns'), picks })),
  often(4, fc.record({ kind: kind('start'), at, run })),
  often(6, fc.record({ kind: kind('resume', 'signal', 'signals'), at, run })),
  often(1, fc.record({ kind: kind('cancel'), at, run })),
  often(3, fc.record({ kind: kind('crash'), at, unheard: fc.boolean() })),
  often(3, fc.record({ kind: kind('stop', 'wake', 'drain'), at })),
  often(3, fc.record({ kind: kind('overtake'), at, run, picks })),
  often(4, fc.record({ kind: kind('restart'), at })),
  often(4, fc.record({ kind: kind('advance'), by: fc.constantFrom(50, 100, 200, 400, 600) })),
);

/** They begin with a run, so that something can go wrong. */
export const actions: fc.Arbitrary<readonly Action[]> = fc
  .array(action, { minLength: 5, maxLength: 40, size: 'max' })
  .map((list) => [{ kind: 'start', at: 0, run: 0 }, { kind: 'turns', picks: [0, 0, 0, 0] }, ...list]);
