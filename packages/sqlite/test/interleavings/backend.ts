import { type Journal, type Lease, MemoryJournal, type Store, type VirtualClock } from '@espalier/core';
import { sqlite } from '../../src/index.js';

/** How long a process holds its runs without a sign of life, in milliseconds. */
export const LEASE = 300;

/** What the processes share. */
export interface Backend {
  /** The store as one process has it. */
  open(clock: VirtualClock, isAlive: () => boolean): Store;
  /** To look into it. */
  readonly journal: Journal;
  close(): Promise<void>;
}

/** A journal in memory, with leases that end. */
export function memoryBackend(): Backend {
  const journal = new MemoryJournal();
  const leases = new Map<string, { readonly lease: Lease; readonly until: () => number }>();
  const expire = (now: number): void => {
    for (const [runId, { lease, until }] of leases) {
      if (until() > now) continue;
      journal.release(lease);
      leases.delete(runId);
    }
  };
  const open = (clock: VirtualClock, isAlive: () => boolean): Store => {
    let seen = clock.now();
    const beat = (): void => {
      seen = clock.now();
      clock.setTimer(LEASE / 3, beat, true);
    };
    beat();
    const hold = (lease: Lease): Lease => {
      leases.set(lease.runId, { lease, until: () => (isAlive() ? Number.POSITIVE_INFINITY : seen + LEASE) });
      return lease;
    };
    return new Proxy(journal as Store, {
      get: (target, name) => {
        const member = Reflect.get(target, name, target) as unknown;
        if (typeof member !== 'function') return member;
        return (...args: readonly unknown[]) => {
          expire(clock.now());
          const result: unknown = member.apply(target, args);
          return name === 'create' || name === 'acquire' ? hold(result as Lease) : result;
        };
      },
    });
  };
  return { open, journal, close: async () => {} };
}

/** One file that each process has open for itself. */
export function sqliteBackend(file: string): Backend {
  const opened: { readonly close: () => Promise<void> }[] = [];
  const journal = sqlite(file);
  opened.push(journal);
  return {
    journal,
    open: (clock) => {
      const store = sqlite(file, { clock, lease: LEASE, poll: 10 });
      opened.push(store);
      return store;
    },
    async close() {
      for (const store of opened) await store.close();
    },
  };
}
