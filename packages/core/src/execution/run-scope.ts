import type { CompiledNode } from '../boot/compiled-workflow.js';
import type { Clock } from '../clock/clock.js';
import type { NodeEngine } from '../engine/engine.js';
import type { EspalierError } from '../errors/espalier-error.js';
import type { RecordBody } from '../events/event.js';
import type { MaybePromise } from '../journal/maybe-promise.js';
import type { AgentClass } from '../metadata/agent-class.js';
import type { BudgetLedger } from '../policies/budget-ledger.js';
import type { StateRegistry } from '../state/state-definition.js';
import type { OpenSuspensions } from '../suspension/open-suspensions.js';
import type { ThreadSession } from '../thread/thread-session.js';
import type { ThreadEntry } from '../thread/thread-store.js';
import type { NodeRun } from './node-run.js';
import type { RuntimeServices } from './runtime-services.js';
import type { Settling } from './settled.js';
import type { Settlement } from './settlement.js';
import type { UsageTotal } from './usage-total.js';

/**
 * What nodes and their attempts ask of the run that they belong to: the execution that schedules it, or, where one attempt
 * is made elsewhere, what stands in for it there.
 */
export interface RunScope {
  readonly services: RuntimeServices;
  readonly engine: NodeEngine;
  readonly input: unknown;
  readonly identity: unknown;
  readonly ledger: BudgetLedger | undefined;
  readonly thread: ThreadSession | undefined;
  readonly usage: UsageTotal;
  readonly states: StateRegistry;
  readonly suspensions: OpenSuspensions;
  /** For policies. */
  readonly clock: Clock;
  /** Why it was stopped. */
  readonly stopReason: (() => EspalierError) | undefined;
  /** Whether it was stopped to go on elsewhere. */
  readonly parking: boolean;
  /** Whether it was stopped to go on when what it waits for has come. */
  readonly isLaidAside: boolean;
  /** Whether answers come as they were given: whoever waits checks them. */
  readonly checksAnswers: boolean;

  nestedNode(agent: AgentClass): CompiledNode;
  /** Tells ids of a node that began anew with a version of its workflow from those it had before. */
  suffixOf(path: string): string;
  /** Appends a record whose keeping nothing waits for; later records wait for it. */
  note(body: RecordBody): void;
  noteCancelled(run: NodeRun): void;
  /** The journal failed: the run cannot go on here. */
  broke(error: unknown): void;
  /** Records how a node run came out, then emits it. */
  settle(run: NodeRun, status: 'completed' | 'failed', output: unknown, error: unknown, settling: Settling): void;
  /** Takes what was on its way to the journal when the run stopped. */
  takeLate(settlement: Settlement): void;
  /** Appends what an attempt that succeeded has said to the run's thread. */
  keepInThread(thread: ThreadSession, entries: readonly ThreadEntry[]): MaybePromise<void>;

  /** What happens inside a step, in records of its own: a wait for approval, a nested agent. */
  insideStep<T>(act: () => Promise<T>): Promise<T>;
  /** Keeps it from being dormant. @returns what ends that */
  keepAwake(): () => void;
  beginWait(holder: NodeRun): void;
  /** The wait is over, or nobody waits any more. */
  endWait(holder: NodeRun): void;
  /** Calls back when the holder has a slot. @returns what forgets it */
  whenSlot(holder: NodeRun, then: () => void): () => void;
}
