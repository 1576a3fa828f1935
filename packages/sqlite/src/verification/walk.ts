import { NOTHING } from '../database/chain.js';
import type { Faults } from './faults.js';

/** A record of a run as it was found. */
export interface FoundRecord {
  /** Where it stands. */
  readonly place: number;
  /** Its hash, as it stands in the file. */
  readonly hash: string;
  /** What it says; nothing where it cannot be read. */
  readonly text: string | undefined;
  /** What its hash would have to be as record `seq` after the one with the hash `previous`. */
  readonly hashAs: (seq: number, previous: string) => string;
}

/** Which record a text says it is. */
interface Claim {
  readonly runId: unknown;
  readonly seq: unknown;
}

/**
 * Goes through the records of a run in the order of their places, and names what does not fit.
 *
 * W1 A record that stands where it belongs, and whose hash follows from that of the one before it, fits.
 * W2 Other records say themselves which one they are. What that means is told by the record after it: whether it
 *    goes on as if nothing had been there, or as if the one before it had stood in its place.
 * W3 After a place where a record is missing or another one stands, the hash of the next cannot be judged: its own words count.
 */
export class Walk {
  readonly #runId: string;
  readonly #faults: Faults;
  readonly #fits: (seq: number, text: string) => void;
  /** How many records the run has by its row. What comes behind them was put in. */
  length = 0;
  /** The record that comes next. */
  next = 0;
  /** How far places are from where records belong: others may have been put in, or taken out without a gap. */
  #shift = 0;
  #previous = NOTHING;
  /** What that hash would have to be, where it is another: either it was changed, or what it is made of. */
  #computed = NOTHING;
  /** Whether {@link #previous} is surely the hash of the record before the next. */
  #isSure = true;
  /** What does not fit, until it is known what follows. */
  #odd: FoundRecord | undefined;

  /** @param fits told of each record that can be read, and is of this run */
  constructor(runId: string, faults: Faults, fits: (seq: number, text: string) => void) {
    this.#runId = runId;
    this.#faults = faults;
    this.#fits = fits;
  }

  /** The hash of the last record; nothing where that is not known for sure. */
  get last(): string | undefined {
    return this.#isSure ? this.#previous : undefined;
  }

  take(record: FoundRecord): void {
    if (this.#odd !== undefined) this.#judge(this.#odd, this.#claimOf(record));
    this.#odd = undefined;
    const { place, text, hash } = record;
    const isInStep = place === this.next + this.#shift;
    const isAfter = (previous: string): boolean => record.hashAs(this.next, previous) === hash;
    const follows =
      text !== undefined && (isAfter(this.#previous) || (this.#computed !== this.#previous && isAfter(this.#computed)));
    const claim = isInStep && follows ? undefined : this.#claimOf(record);
    if (isInStep && follows) this.#accept(this.next, record);
    else if (claim === this.next) this.#acceptWithFault(record, follows);
    else if (claim !== undefined && claim > this.next && place - this.#shift === claim)
      this.#acceptAfterGap(claim, record);
    else this.#odd = record;
  }

  end(): void {
    const claim = this.#odd === undefined ? undefined : this.#claimOf(this.#odd);
    // A later one at the end is the last, not one that stands in the place of another.
    const after = claim !== undefined && claim > this.next ? claim + 1 : undefined;
    if (this.#odd !== undefined) this.#judge(this.#odd, after);
    this.#odd = undefined;
    if (this.next < this.length) this.#faults.miss(this.next, this.length - 1);
  }

  #accept(seq: number, { text, hash }: FoundRecord): void {
    this.next = seq + 1;
    this.#previous = hash;
    this.#computed = hash;
    this.#isSure = true;
    this.#fits(seq, text as string);
  }

  /** It says that it is the next one, but its hash or its place says otherwise. */
  #acceptWithFault(record: FoundRecord, follows: boolean): void {
    const { next } = this;
    const isInStep = record.place === next + this.#shift;
    if (!follows && this.#isSure) this.#faults.add(next, 'changed', `Record ${next} was changed.`);
    else if (!isInStep) this.#faults.add(next, 'reordered', `Record ${next} stands at place ${record.place}.`);
    const computed = record.hashAs(next, this.#previous);
    this.#shift = record.place - next;
    this.#accept(next, record);
    this.#computed = computed;
  }

  #acceptAfterGap(seq: number, record: FoundRecord): void {
    this.#faults.miss(this.next, seq - 1);
    this.#shift = record.place - seq;
    this.#accept(seq, record);
  }

  /** @param after which record the one behind it is */
  #judge(odd: FoundRecord, after: number | undefined): void {
    const { next } = this;
    const claim = this.#claimOf(odd);
    const place = odd.place - this.#shift;
    const isBehind = next >= this.length;
    const isInPlace = after === next + 1 || (place === next && after !== next && after !== (claim ?? -1) + 1);
    const isExchanged = claim === next + 1 && after === next && place === next;
    if (isBehind) this.#putIn(odd, claim);
    else if (claim === undefined && place > next) {
      this.#faults.miss(next, place - 1);
      this.#replaced(place, odd, claim);
    } else if (isInPlace || isExchanged) this.#replaced(next, odd, claim);
    else if (claim !== undefined && claim > next && after !== next) this.#acceptAfterGap(claim, odd);
    else this.#putIn(odd, claim);
  }

  /** Another record stands where one was. */
  #replaced(seq: number, odd: FoundRecord, claim: number | undefined): void {
    const [kind, what] =
      claim === undefined
        ? (['changed', this.#strange(odd)] as const)
        : (['reordered', `record ${claim} stands there`] as const);
    this.#faults.add(seq, kind, `Record ${seq} is not what it was: ${what}.`);
    this.next = seq + 1;
    this.#previous = odd.hash;
    this.#computed = odd.hash;
    this.#isSure = false;
  }

  /** A record stands between others. */
  #putIn(odd: FoundRecord, claim: number | undefined): void {
    if (odd.place >= this.next + this.#shift) this.#shift += 1;
    if (claim !== undefined && this.#faults.comesLate(claim)) {
      this.#faults.add(claim, 'reordered', `Record ${claim} stands behind record ${this.next - 1}.`);
    } else {
      const what = claim === undefined ? this.#strange(odd) : `record ${claim} is there twice`;
      this.#faults.add(this.next, 'added', `A record was put in at place ${odd.place}: ${what}.`);
    }
  }

  #strange({ text }: FoundRecord): string {
    const runId = text === undefined ? undefined : claimed(text)?.runId;
    return typeof runId === 'string' && runId !== this.#runId ? `it is one of run '${runId}'` : 'it cannot be read';
  }

  /** Which record of this run it says it is. */
  #claimOf({ text }: FoundRecord): number | undefined {
    const claim = text === undefined ? undefined : claimed(text);
    return claim?.runId === this.#runId && Number.isSafeInteger(claim.seq) ? (claim.seq as number) : undefined;
  }
}

function claimed(text: string): Claim | undefined {
  try {
    return Object(JSON.parse(text)) as Claim;
  } catch {
    return undefined;
  }
}
