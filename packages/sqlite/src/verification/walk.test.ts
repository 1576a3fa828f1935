import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { linkHash, NOTHING } from '../database/chain.js';
import { protectionOf } from '../database/protection.js';
import { Faults } from './faults.js';
import { Walk } from './walk.js';

interface Row {
  readonly place: number;
  readonly text: string;
  readonly hash: string;
}

const LENGTH = 8;
const { link } = protectionOf(undefined);

/** The records of a run as they are written. */
function written(runId: string): readonly Row[] {
  const rows: Row[] = [];
  for (let seq = 0; seq < LENGTH; seq++) {
    const text = JSON.stringify({ runId, seq, value: `${runId} ${seq}` });
    const previous = rows.at(-1)?.hash ?? NOTHING;
    rows.push({ place: seq, text, hash: linkHash(link, { previous, run: runId, seq, body: text }) });
  }
  return rows;
}

const whole = written('r');
const other = written('other');

/** What a walk finds, and whether it has come to the last record. */
function walked(rows: readonly Row[]): { readonly faults: readonly string[]; readonly isWhole: boolean } {
  const faults = new Faults();
  const walk = new Walk('r', faults, () => {});
  walk.length = LENGTH;
  for (const { place, text, hash } of [...rows].sort((one, two) => one.place - two.place)) {
    const hashAs = (seq: number, previous: string) => linkHash(link, { previous, run: 'r', seq, body: text });
    walk.take({ place, text, hash, hashAs });
  }
  walk.end();
  return {
    faults: faults.all().map(({ seq, kind }) => `${seq} ${kind}`),
    isWhole: walk.next === LENGTH && walk.last === whole.at(-1)?.hash,
  };
}

type Change = (rows: readonly Row[], one: number, two: number) => readonly Row[];

/** Puts rows into the places that rows had, in another order. */
const reordered = (rows: readonly Row[], order: readonly Row[]): readonly Row[] =>
  order.map((row, index) => ({ ...row, place: rows[index]?.place ?? index }));

const changes: Readonly<Record<string, Change>> = {
  delete: (rows, one) => rows.toSpliced(one, 1),
  'delete and close the gap': (rows, one) => reordered(rows, rows.toSpliced(one, 1)),
  exchange: (rows, one, two) =>
    reordered(
      rows,
      rows.map((row, index) => (index === one ? (rows[two] as Row) : index === two ? (rows[one] as Row) : row)),
    ),
  move: (rows, one, two) => reordered(rows, rows.toSpliced(one, 1).toSpliced(two, 0, rows[one] as Row)),
  'put in a copy': (rows, one, two) =>
    rows.toSpliced(one, 0, rows[two] as Row).map((row, index) => ({ ...row, place: index })),
  'put in another': (rows, one, two) =>
    rows.toSpliced(one, 0, other[two] as Row).map((row, index) => ({ ...row, place: index })),
  'put another in the place': (rows, one, two) =>
    rows.with(one, { ...(other[two] as Row), place: rows[one]?.place ?? 0 }),
  'change the text': (rows, one) =>
    rows.with(one, { ...(rows[one] as Row), text: (rows[one] as Row).text.replace('value":"', 'value":"x') }),
  'make the text unreadable': (rows, one) => rows.with(one, { ...(rows[one] as Row), text: 'x' }),
  'change the hash': (rows, one) => rows.with(one, { ...(rows[one] as Row), hash: `x${(rows[one] as Row).hash}` }),
  'make the hash anew': (rows, one) => {
    const row = { ...(rows[one] as Row), text: JSON.stringify({ runId: 'r', seq: one, value: 'forged' }) };
    const previous = rows[one - 1]?.hash ?? NOTHING;
    return rows.with(one, { ...row, hash: linkHash(link, { previous, run: 'r', seq: one, body: row.text }) });
  },
};

const steps = fc.array(fc.tuple(fc.constantFrom(...Object.values(changes)), fc.nat(), fc.nat()), {
  minLength: 1,
  maxLength: 4,
});

describe('Walk', () => {
  it('finds nothing in what was written', () => {
    expect(walked(whole)).toEqual({ faults: [], isWhole: true });
  });

  it('finds something wherever a history is not as it was written', () => {
    fc.assert(
      fc.property(steps, (done) => {
        const rows = done.reduce<readonly Row[]>(
          (now, [change, one, two]) =>
            now.length === 0 ? now : change(now, one % now.length, two % Math.min(now.length, LENGTH)),
          whole,
        );
        const { faults, isWhole } = walked(rows);
        const isSame = JSON.stringify(rows) === JSON.stringify(whole);
        expect(faults.length === 0 && isWhole).toBe(isSame);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(Object.entries(changes).filter(([name]) => !['exchange', 'move', 'make the hash anew'].includes(name)))(
    'names one place where one was changed: %s',
    (_name, change) => {
      for (let one = 1; one < LENGTH - 1; one++) {
        const { faults } = walked(change(whole, one, 0));
        const named = faults.filter((fault) => !fault.startsWith(`${LENGTH} added`));
        expect([one, named.length]).toEqual([one, 1]);
        expect(named[0]).toMatch(new RegExp(`^${one} `));
      }
    },
  );

  it.each(
    Array.from({ length: LENGTH }, (_, one) =>
      Array.from({ length: LENGTH }, (__, two) => [one, two] as const).filter(([a, b]) => a < b),
    ).flat(),
  )('names both records that were exchanged: %i and %i', (one, two) => {
    expect(walked((changes.exchange as Change)(whole, one, two)).faults).toEqual([
      `${one} reordered`,
      `${two} reordered`,
    ]);
  });
});
