import type { Subscription } from 'rxjs';
import { Subject } from 'rxjs/internal/Subject';
import type { CompiledNode, CompiledWorkflow } from '../boot/compiled-workflow.js';
import type { Clock } from '../clock/clock.js';
import { CountingClock } from '../clock/counting-clock.js';
import type { EngineRun } from '../engine/engine.js';
import type { EspalierError } from '../errors/espalier-error.js';
import type { NodeStatus, RecordBody } from '../events/event.js';
import { isPromise, type MaybePromise } from '../journal/maybe-promise.js';
import type { AgentClass } from '../metadata/agent-class.js';
import type { BudgetLedger } from '../policies/budget-ledger.js';
import { Frontiers } from '../state/frontiers.js';
import { StateRegistry } from '../state/state-definition.js';
import type { Frontier } from '../state/state-view.js';
import { OpenSuspensions } from '../suspension/open-suspensions.js';
import type { ThreadSession } from '../thread/thread-session.js';
import type { ThreadEntry } from '../thread/thread-store.js';
import type { ExecutionListener } from './execution-listener.js';
import { keepSettlement } from './keep-settlement.js';
import { mergeSettlements } from './merge-settlements.js';
import type { NodeRun } from './node-run.js';
import { NodeTable, type SettledStatus } from './node-table.js';
import type { Startable } from './ready-queue.js';
import { releaseNode } from './release-node.js';
import type { RunScope } from './run-scope.js';
import type { RuntimeServices } from './runtime-services.js';
import type { Settling } from './settled.js';
import { noWrites, type Settlement } from './settlement.js';
import { Slots } from './slots.js';
import { UsageTotal } from './usage-total.js';

/** What a run is about. */
export interface ExecutedRun {
  readonly input: unknown;
  readonly identity: unknown;
  readonly ledger: BudgetLedger | undefined;
  readonly thread: ThreadSession | undefined;
}

/**
 * Schedules the nodes of one run.
 *
 * I1 A node becomes ready when its own inputs are settled, and starts when a slot is free, lowest topological index
 *    first. There are no layers.
 * I2 Every node settles exactly once: completed, failed or skipped.
 * I3 At most `concurrency` node runs hold a slot. A node that waits for an answer or a time holds none.
 * I4 A settlement is recorded before anything sees it.
 * I5 Nothing recurses along the graph: released nodes are worked off by the one loop of {@link Execution.pump}.
 * I6 After {@link Execution.stop} nothing starts, and what ran has been unsubscribed.
 */
export class Execution implements RunScope {
  readonly services: RuntimeServices;
  readonly workflow: CompiledWorkflow;
  readonly engine: EngineRun;
  readonly input: unknown;
  readonly identity: unknown;
  readonly ledger: BudgetLedger | undefined;
  readonly thread: ThreadSession | undefined;
  readonly usage = new UsageTotal();
  readonly states: StateRegistry;
  readonly frontiers = new Frontiers();
  readonly suspensions = new OpenSuspensions();
  /** Why the execution was stopped. */
  stopReason: (() => EspalierError) | undefined;

  readonly #listener: ExecutionListener;
  readonly #nodes: NodeTable;
  readonly #slots: Slots;
  readonly #starts = new Subject<NodeRun>();
  readonly #pipeline: Subscription;
  #resting = false;
  #pumping = false;
  #paused = false;
  #parking = false;
  readonly #clock: CountingClock;
  /** How many readers of what streams, which a wait does not leave. */
  #readers = 0;
  /** How many steps do nothing by themselves but wait for what happens inside them. */
  #composed = 0;
  #laidAside = false;

  constructor(
    services: RuntimeServices,
    workflow: CompiledWorkflow,
    engine: EngineRun,
    listener: ExecutionListener,
    run: ExecutedRun,
  ) {
    this.services = services;
    this.workflow = workflow;
    this.engine = engine;
    this.input = run.input;
    this.identity = run.identity;
    this.ledger = run.ledger;
    this.thread = run.thread;
    this.states = new StateRegistry(engine);
    this.#listener = listener;
    this.#clock = new CountingClock(services.clock);
    this.#nodes = new NodeTable(workflow);
    this.#slots = new Slots(workflow.concurrency);
    this.#pipeline = this.#starts.pipe(mergeSettlements()).subscribe({
      next: (settlement) => this.#take(settlement),
      error: (error: unknown) => listener.broke(error),
    });
  }

  get parking(): boolean {
    return this.#parking;
  }

  get clock(): Clock {
    return this.#clock;
  }

  get isLaidAside(): boolean {
    return this.#laidAside;
  }

  /** `espalier.signal` has checked them. */
  get checksAnswers(): boolean {
    return false;
  }

  /** Whether nothing goes on but waits of which the journal knows: no call, and no timer of a policy. */
  get isDormant(): boolean {
    const rests = this.stopReason === undefined && !this.#paused && this.#slots.resting;
    const isQuiet = this.engine.performing === this.#composed && this.#clock.waiting === 0 && this.#readers === 0;
    return rests && isQuiet;
  }

  /** How many node runs are ready and have no slot yet. */
  get queued(): number {
    return this.#slots.queued;
  }

  get statuses(): NodeStatus[] {
    return this.#nodes.statuses;
  }

  get outputs(): readonly unknown[] {
    return this.#nodes.outputs;
  }

  get errors(): ReadonlyMap<number, unknown> | undefined {
    return this.#nodes.errors;
  }

  nameOf(index: number): string {
    return (this.workflow.nodes[index] as CompiledNode).name;
  }

  /** Starts what is ready while slots are free. The only loop; called whenever something has changed. */
  pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.stopReason === undefined) {
      const released = this.#nodes.next();
      if (released !== undefined) {
        releaseNode(this, released);
        continue;
      }
      const next = this.#paused ? undefined : this.#slots.next();
      if (next === undefined) break;
      next.start();
    }
    this.#pumping = false;
    if (this.stopReason !== undefined) return;
    if (this.#nodes.settled) this.#listener.settled();
    else if (this.#paused && this.#slots.held === 0) this.#listener.idle();
    else this.#rest(this.#slots.resting);
  }

  /** Lets nothing new start; what runs goes on. */
  pause(): void {
    this.#paused = true;
    this.pump();
  }

  /**
   * Stops everything at once: what runs is unsubscribed, its signals abort.
   * @param park leave no trace of it: the nodes will run again when the run is resumed
   */
  stop(reason: () => EspalierError, park = false): void {
    if (this.stopReason !== undefined) return;
    this.stopReason = reason;
    this.#parking = park;
    this.#slots.clear();
    this.#unsubscribe();
    this.#starts.complete();
    this.suspensions.clear();
  }

  /** Stops without a word to the code of nodes, which will begin again: see {@link whileLoaded}. */
  layAside(reason: () => EspalierError): void {
    this.#laidAside = true;
    this.stop(reason, true);
  }

  async insideStep<T>(act: () => Promise<T>): Promise<T> {
    this.#composed += 1;
    try {
      return await act();
    } finally {
      this.#composed -= 1;
    }
  }

  keepAwake(): () => void {
    let open = true;
    this.#readers += 1;
    return () => {
      if (open) this.#readers -= 1;
      open = false;
    };
  }

  ready(entry: Startable): void {
    this.#slots.queue(entry);
  }

  enter(run: NodeRun): void {
    this.#slots.take(run);
    this.statuses[run.compiled.index] = 'running';
    this.#starts.next(run);
  }

  settle(run: NodeRun, status: 'completed' | 'failed', output: unknown, error: unknown, settling: Settling): void {
    const writes = status === 'completed' ? run.writes : noWrites;
    keepSettlement(this, { run, status, output, error, writes }, (settlement) => {
      this.suspensions.tell();
      settling.emit(settlement);
    });
  }

  takeLate({ run, status, output, error, writes }: Settlement): void {
    if (run.path !== run.compiled.name) return; // an item, an iteration or a nested agent
    this.settleNode(run.order, status, output, error, run.frontierAfter(writes));
  }

  keepInThread(thread: ThreadSession, entries: readonly ThreadEntry[]): MaybePromise<void> {
    return thread.append(...entries);
  }

  /** Settles a `@ForEach` node once its items have. */
  settleFanOut(run: NodeRun, status: 'completed' | 'failed', output: unknown, error: unknown): void {
    const writes = status === 'completed' ? run.writes : noWrites;
    keepSettlement(this, { run, status, output, error, writes }, () => {
      this.suspensions.tell();
      this.settleNode(run.order, status, output, error, run.frontierAfter(writes));
      this.pump();
    });
  }

  /** The node as a whole has come out: what waits for it is next. */
  settleNode(index: number, status: SettledStatus, output: unknown, error: unknown, frontier: Frontier): void {
    this.frontiers.keep(index, frontier);
    this.#nodes.settle(index, status, output, error);
    if (status === 'failed' && this.stopReason === undefined) this.#listener.nodeFailed(index, error);
  }

  note(body: RecordBody): void {
    if (this.#laidAside) return;
    try {
      const kept = this.engine.record(body);
      if (isPromise(kept)) kept.catch((fault: unknown) => this.broke(fault));
    } catch (fault) {
      this.broke(fault);
    }
  }

  broke(error: unknown): void {
    if (this.stopReason === undefined) this.#listener.broke(error);
  }

  noteCancelled(run: NodeRun): void {
    if (this.#parking || this.stopReason === undefined) return;
    this.note({ type: 'node-end', node: run.path, attempt: run.attempt(), status: 'cancelled' });
  }

  nestedNode(agent: AgentClass): CompiledNode {
    return this.workflow.nested.get(agent) as CompiledNode;
  }

  suffixOf(path: string): string {
    return this.engine.history?.suffixOf(path) ?? '';
  }

  // Suspensions

  beginWait(holder: NodeRun): void {
    this.#slots.beginWait(holder);
    this.#showWait(holder, 'suspended');
    this.pump();
  }

  endWait(holder: NodeRun): void {
    this.#slots.endWait(holder);
    if (this.stopReason !== undefined) return; // a parked run shows what waited
    if (holder.waits === 0) this.#showWait(holder, 'running');
    this.#rest(this.#slots.resting);
  }

  whenSlot(holder: NodeRun, then: () => void): () => void {
    const forget = this.#slots.whenHeld(holder, then);
    if (!holder.holdsSlot) this.pump();
    return forget;
  }

  // Inside

  /** A teardown that throws must not keep the run from its end. RxJS has called all the others by then. */
  #unsubscribe(): void {
    try {
      this.#pipeline.unsubscribe();
    } catch {
      // There is nobody left to tell.
    }
  }

  /** An item of a `@ForEach` shares its node's status with the others: that one is running. */
  #showWait({ compiled, options }: NodeRun, status: 'suspended' | 'running'): void {
    const settled = !(['running', 'suspended'] as (NodeStatus | undefined)[]).includes(this.statuses[compiled.index]);
    if (options.fanOut === undefined && !settled) this.statuses[compiled.index] = status;
  }

  #take(settlement: Settlement): void {
    const { run, status, output, error, writes } = settlement;
    this.#slots.giveBack(run);
    const { fanOut } = run.options;
    try {
      if (fanOut !== undefined) fanOut.take(settlement);
      else this.settleNode(run.order, status, output, error, run.frontierAfter(writes));
      this.pump();
    } catch (fault) {
      this.broke(fault); // a fault of the engine's own parks the run, it does not hang
    }
  }

  #rest(resting: boolean): void {
    if (resting === this.#resting || this.stopReason !== undefined) return;
    this.#resting = resting;
    this.#listener.rested(resting);
  }
}
