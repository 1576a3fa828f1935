import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createEspalier, type Espalier } from '@espalier/core';
import { offline } from '@espalier/offline';
import { type SqliteStore, sqlite } from '@espalier/sqlite';
import { Bank } from './shop/bank.js';
import { Orders } from './shop/orders.js';
import { refund } from './workflow.js';

export interface Desk {
  readonly espalier: Espalier;
  readonly store: SqliteStore;
  readonly bank: Bank;
  /** Gives all runs back, to whoever goes on with them, and closes the file. */
  close(): Promise<void>;
}

export interface DeskOptions {
  readonly folder: string;
  /** Whether this process goes on with runs whose process has died, or has given them back. */
  readonly takesOver: boolean;
  /** How long the bank takes, in milliseconds. @default 50 */
  readonly bankTakes?: number;
}

/** One process of the refund desk. As many as one likes can have its folder open. */
export async function openDesk({ folder, takesOver, bankTakes = 50 }: DeskOptions): Promise<Desk> {
  mkdirSync(folder, { recursive: true });
  const store = sqlite(join(folder, 'runs.db'));
  const bank = new Bank({ book: join(folder, 'bank.jsonl'), answersAfter: bankTakes });
  const espalier = await createEspalier({
    workflows: [refund],
    providers: [Orders, { provide: Bank, useValue: bank }],
    models: { default: offline() },
    store,
    owner: `pid ${process.pid}`, // stands in the audit
    // What this process cannot go on with, such as a run of another version, is told and left to others.
    recovery: takesOver && { onRefused: ({ runId, error }) => console.error(`${runId}: ${error.message}`) },
  });
  return {
    espalier,
    store,
    bank,
    async close() {
      await espalier.drain();
      await store.close();
    },
  };
}
