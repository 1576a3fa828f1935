import type { Clock } from '../clock/clock.js';
import type { Workflow } from '../graph/workflow.js';
import type { MemoryScope } from '../memory/memory-scope.js';
import type { MemoryServices } from '../memory/memory-services.js';
import type { BudgetLedger } from '../policies/budget-ledger.js';
import type { Marks } from '../sensitive/learn.js';
import type { ThreadStore } from '../thread/thread-store.js';
import type { Attempt } from './attempt.js';

/** A child run, as an attempt calls it. */
export interface ChildCall {
  readonly childId: string;
  readonly workflow: Workflow;
  readonly input: unknown;
  /** What the child spends from. */
  readonly ledger: BudgetLedger;
  /** Set with its result: the marks of the record of it. */
  marks?: Marks;
}

/** What all runs of one runtime share. */
export interface RuntimeServices {
  readonly clock: Clock;
  /** A number in [0, 1). */
  random(): number;
  /** A random UUID. */
  uuid(): string;
  /** State of policies that outlives runs, one per key. */
  shared<T>(key: object, create: () => T): T;
  /** Conversations that outlive runs. */
  readonly threads: ThreadStore;
  /** Whose threads are. */
  readonly threadScope: MemoryScope | undefined;
  /** What outlives runs, by user or tenant. */
  readonly memory: MemoryServices;
  /** Told of runs that begin to rest, and of those that go on. */
  readonly idle: { enter(run: { layAside(): boolean }): void; leave(run: { layAside(): boolean }): void };
  /** Runs a workflow as a child of an attempt and gives its output. */
  callChild(attempt: Attempt, child: ChildCall): Promise<unknown>;
}
