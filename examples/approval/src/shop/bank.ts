import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Refund {
  readonly receipt: string;
  readonly order: string;
  /** In cents. */
  readonly amount: number;
}

interface Entry extends Refund {
  /** Whoever asks twice with one key gets the first receipt again, and no second refund. */
  readonly key: string;
}

export interface BankOptions {
  /** Where the bank keeps its book: a file that outlives our processes, as a bank does. */
  readonly book: string;
  /** How long it takes to answer once it has paid, in milliseconds. */
  readonly answersAfter: number;
}

/** A bank that keeps its promises: the part of the world that a refund has an effect on. */
export class Bank {
  readonly #options: BankOptions;

  constructor(options: BankOptions) {
    this.#options = options;
  }

  async refund(key: string, order: string, amount: number): Promise<Refund> {
    const known = this.entries().find((entry) => entry.key === key);
    if (known !== undefined) return { receipt: known.receipt, order, amount };
    const receipt = `R-${this.entries().length + 1}`;
    appendFileSync(this.#options.book, `${JSON.stringify({ key, receipt, order, amount })}\n`);
    await sleep(this.#options.answersAfter);
    return { receipt, order, amount };
  }

  /** All refunds that were paid. */
  entries(): readonly Entry[] {
    const { book } = this.#options;
    if (!existsSync(book)) return [];
    const lines = readFileSync(book, 'utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Entry);
  }
}
