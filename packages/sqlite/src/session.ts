import { randomUUID } from 'node:crypto';
import type { CancelTimer, Clock, Lease } from '@espalier/core';
import type { CommitQueue } from './commit-queue.js';
import type { Database, SqlRow, Statement } from './database/database.js';
import { hasEnded, processPlace } from './process-place.js';

/** How long sessions of processes that died are kept, in milliseconds. Nothing is decided by them. */
const KEPT = 3_600_000;

/** Of how many runs that have ended it is known that they need not be given back: a runtime does that at once. */
const MOST_ENDED = 1000;

export interface SessionOptions {
  readonly clock: Clock;
  /** How long a process holds its runs without a sign of life, in milliseconds. */
  readonly lease: number;
  /** Gives a run back, within a change. */
  readonly giveBack: (lease: Lease) => void;
}

/**
 * This process, as others see it in the file. All its runs are held through one row, so that one write renews all leases,
 * however many runs wait.
 *
 * While it holds a run, it renews the row three times in each term. It lets the process end.
 *
 * A run that could not be given back, as the disk was full, is given back with the next sign of life. Until then this process may take
 * it again, and no other.
 */
export class Session {
  readonly id = randomUUID();
  readonly #place = processPlace();
  readonly #queue: CommitQueue;
  readonly #clock: Clock;
  readonly #lease: number;
  readonly #giveBack: (lease: Lease) => void;
  readonly #put: Statement;
  readonly #clean: Statement;
  readonly #remove: Statement;
  readonly #held = new Set<string>();
  readonly #ended = new Set<string>();
  /** Of those: what is no more wanted, and not given back yet. */
  readonly #left = new Map<string, Lease>();
  /** Until when the row holds, as far as it is surely written. */
  #until = Number.NEGATIVE_INFINITY;
  #cancel: CancelTimer | undefined;
  #hasEnded = false;

  constructor(database: Database, queue: CommitQueue, { clock, lease, giveBack }: SessionOptions) {
    this.#queue = queue;
    this.#clock = clock;
    this.#lease = lease;
    this.#giveBack = giveBack;
    this.#put = database.prepare(
      'INSERT INTO sessions (id, expires_at, place, pid) VALUES (?, ?, ?, ?) ' +
        'ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at',
    );
    this.#clean = database.prepare('DELETE FROM sessions WHERE expires_at < ?');
    this.#remove = database.prepare('DELETE FROM sessions WHERE id = ?');
  }

  /** Within a change that takes a run: renews the row if it is time. @returns until when it holds */
  renew(): number {
    const now = this.#clock.now();
    if (this.#until - now > (this.#lease * 2) / 3 && this.#until <= now + this.#lease) return this.#until;
    if (this.#until === Number.NEGATIVE_INFINITY) this.#clean.run(now - KEPT);
    this.#put.run(this.id, now + this.#lease, this.#place, process.pid);
    return now + this.#lease;
  }

  /**
   * Whether a run is held, by its row with that of its session. Its own runs are its own, also where it was stopped for so
   * long that it seems dead to others.
   */
  isHeld({ session, expires_at: until, place, pid }: SqlRow): boolean {
    if (session === this.id) return true;
    return typeof until === 'number' && until > this.#clock.now() && !hasEnded(place, pid);
  }

  /** A run was taken, which is written. */
  hold(lease: Lease, until: number): void {
    if (this.#hasEnded) return; // it was taken in the same change as the last one
    this.#until = until;
    this.#held.add(nameOf(lease));
    this.#cancel ??= this.#arm();
  }

  /** A run has ended, and so was given back. */
  ended(lease: Lease): void {
    this.letGo(lease);
    this.#ended.add(nameOf(lease));
    if (this.#ended.size > MOST_ENDED) this.#ended.delete(this.#ended.values().next().value as string);
  }

  /** Whether there is nothing to give back, as the run has ended just now. Asked once. */
  hasJustEnded(lease: Lease): boolean {
    return this.#ended.delete(nameOf(lease));
  }

  /** A run could not be given back. */
  leave(lease: Lease): void {
    this.#left.set(nameOf(lease), lease);
  }

  /** Whether a run of this process is one that it could not give back. */
  hasLeft(lease: Pick<Lease, 'runId' | 'token'>): boolean {
    return this.#left.has(nameOf(lease));
  }

  /** A run was given back. */
  letGo(lease: Lease): void {
    this.#left.delete(nameOf(lease));
    this.#held.delete(nameOf(lease));
    if (this.#held.size === 0) this.#stop();
  }

  /** Within the last change of all: gives up what is still held. */
  end(): void {
    this.#hasEnded = true;
    this.#stop();
    this.#remove.run(this.id);
  }

  #arm(): CancelTimer {
    return this.#clock.setTimer(this.#lease / 3, () => this.#beat(), true);
  }

  #beat(): void {
    this.#cancel = this.#arm();
    for (const lease of this.#left.values()) {
      this.#queue
        .run(() => this.#giveBack(lease))
        .then(
          () => this.letGo(lease),
          () => {}, // the next sign of life tries again
        );
    }
    this.#queue
      .run(() => this.renew())
      .then(
        (until) => {
          this.#until = until;
        },
        () => {
          // The next one tries again. Who takes a run over in the meantime gets a newer token: nothing is written twice.
        },
      );
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}

const nameOf = ({ runId, token }: Pick<Lease, 'runId' | 'token'>): string => `${token} ${runId}`;
