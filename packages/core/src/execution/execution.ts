import type { Observable, Subscription } from 'rxjs';
import { Subject } from 'rxjs/internal/Subject';
import type { CompiledNode, CompiledWorkflow } from '../boot/compiled-workflow.js';
import type { Clock } from '../clock/clock.js';
import type { EngineRun } from '../engine/engine.js';
import { type EspalierError, serializeError } from '../errors/espalier-error.js';
import type { NodeStatus, RecordBody } from '../events/event.js';
import { isPromise } from '../journal/maybe-promise.js';
import type { AgentClass } from '../metadata/agent-class.js';
import type { BudgetLedger } from '../policies/budget-ledger.js';
import type { Json } from '../schema/json.js';
import { toPlain } from '../schema/plain.js';
import { Frontiers } from '../state/frontiers.js';
import { StateRegistry } from '../state/state-definition.js';
import type { Frontier } from '../state/state-view.js';
import type { OpenSuspension } from '../suspension/open-suspension.js';
import type { ThreadSession } from '../thread/thread-session.js';
import { FanOut, itemsOf } from './fan-out.js';
import { mergeSettlements } from './merge-settlements.js';
import { certainSources, inputsSettled, type Readiness, readInputs } from './node-inputs.js';
import { NodeRun } from './node-run.js';
import type { Startable } from './ready-queue.js';
import { recordedSettlement } from './recorded-settlement.js';
import type { RuntimeServices } from './runtime-services.js';
import type { Settling } from './settled.js';
import { endRecord, noWrites, type Settlement } from './settlement.js';
import { Slots } from './slots.js';
import { UsageTotal } from './usage-total.js';

/** What an execution tells whoever started it. */
export interface ExecutionListener {
  /** Everything has settled: nothing runs, nothing waits. */
  settled(): void;
  /** All that is left waits for an answer or a time; or some of it goes on again. */
  rested(resting: boolean): void;
  /** A failure that nothing tolerates, while others still run. */
  nodeFailed(index: number, error: unknown): void;
  /** Nothing runs any more after {@link Execution.pause}. */
  idle(): void;
  /** The journal refused a record: the run cannot go on here. */
  broke(error: unknown): void;
}

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
export class Execution {
  readonly services: RuntimeServices;
  readonly workflow: CompiledWorkflow;
  readonly engine: EngineRun;
  readonly input: unknown;
  readonly identity: unknown;
  readonly ledger: BudgetLedger | undefined;
  readonly thread: ThreadSession | undefined;
  readonly usage = new UsageTotal();
  readonly states = new StateRegistry();
  readonly frontiers = new Frontiers();
  readonly statuses: NodeStatus[];
  readonly outputs: unknown[];
  /** By index; made at the first failure. */
  errors: Map<number, unknown> | undefined;
  /** Why the execution was stopped. */
  stopReason: (() => EspalierError) | undefined;

  readonly #listener: ExecutionListener;
  readonly #pending: number[];
  readonly #slots: Slots;
  readonly #starts = new Subject<NodeRun>();
  readonly #pipeline: Subscription;
  #suspensions: Map<string, OpenSuspension> | undefined;
  #released: number[];
  #unsettled: number;
  #resting = false;
  #pumping = false;
  #paused = false;
  #parking = false;

  constructor(
    services: RuntimeServices,
    workflow: CompiledWorkflow,
    engine: EngineRun,
    listener: ExecutionListener,
    run: ExecutedRun,
  ) {
    const { nodes } = workflow;
    this.services = services;
    this.workflow = workflow;
    this.engine = engine;
    this.input = run.input;
    this.identity = run.identity;
    this.ledger = run.ledger;
    this.thread = run.thread;
    this.#listener = listener;
    this.statuses = new Array<NodeStatus>(nodes.length).fill('pending');
    this.outputs = new Array<unknown>(nodes.length).fill(undefined);
    this.#slots = new Slots(workflow.concurrency);
    this.#pending = workflow.parentCounts.slice();
    this.#released = workflow.roots.slice();
    this.#unsettled = nodes.length;
    this.#pipeline = this.#starts.pipe(mergeSettlements()).subscribe({
      next: (settlement) => this.#take(settlement),
      error: (error: unknown) => listener.broke(error),
    });
  }

  /** Whether it was stopped to go on elsewhere. */
  get parking(): boolean {
    return this.#parking;
  }

  get clock(): Clock {
    return this.services.clock;
  }

  /** What the run waits for. */
  get suspensions(): Iterable<OpenSuspension> {
    return this.#suspensions?.values() ?? [];
  }

  nameOf(index: number): string {
    return (this.workflow.nodes[index] as CompiledNode).name;
  }

  /** Starts what is ready while slots are free. The only loop; called whenever something has changed. */
  pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.stopReason === undefined) {
      const released = this.#released.pop();
      if (released !== undefined) {
        this.#release(released);
        continue;
      }
      const next = this.#paused ? undefined : this.#slots.next();
      if (next === undefined) break;
      next.start();
    }
    this.#pumping = false;
    if (this.stopReason !== undefined) return;
    if (this.#unsettled === 0) this.#listener.settled();
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
    this.#suspensions = undefined;
  }

  ready(entry: Startable): void {
    this.#slots.queue(entry);
  }

  enter(run: NodeRun): void {
    this.#slots.take(run);
    this.statuses[run.compiled.index] = 'running';
    this.#starts.next(run);
  }

  /** Records how a node run came out, then emits it. */
  settle(run: NodeRun, status: 'completed' | 'failed', output: unknown, error: unknown, settling: Settling): void {
    this.#whenKept(run, status, output, error, (settlement) => settling.emit(settlement));
  }

  /** Settles a `@ForEach` node once its items have. */
  settleFanOut(run: NodeRun, status: 'completed' | 'failed', output: unknown, error: unknown): void {
    this.#whenKept(run, status, output, error, (settlement) => {
      this.#settleNode(run.compiled.index, status, output, error, run.frontierAfter(settlement.writes));
      this.pump();
    });
  }

  /** Appends a record whose keeping nothing waits for; later records wait for it. */
  note(body: RecordBody): void {
    try {
      const kept = this.engine.record(body);
      if (isPromise(kept)) kept.catch((fault: unknown) => this.broke(fault));
    } catch (fault) {
      this.broke(fault);
    }
  }

  /** The journal failed: the run cannot go on here. */
  broke(error: unknown): void {
    if (this.stopReason === undefined) this.#listener.broke(error);
  }

  noteCancelled(run: NodeRun): void {
    if (this.#parking || this.stopReason === undefined) return;
    this.note({ type: 'node-end', node: run.path, attempt: run.attempt(), status: 'cancelled' });
  }

  recordedSettlement(run: NodeRun): Observable<Settlement> | undefined {
    return this.engine.history === undefined ? undefined : recordedSettlement(run, this.engine.history);
  }

  nestedNode(agent: AgentClass): CompiledNode {
    return this.workflow.nested.get(agent) as CompiledNode;
  }

  /** A value that crosses a border of a node. @throws not-plain-data */
  plain(value: unknown, node: string): Json | undefined {
    return toPlain(value, { node });
  }

  // Suspensions

  beginWait(holder: NodeRun): void {
    this.#slots.beginWait(holder);
    this.#showWait(holder, 'suspended');
    this.pump();
  }

  /** The wait is over, or nobody waits any more. */
  endWait(holder: NodeRun): void {
    this.#slots.endWait(holder);
    if (this.stopReason !== undefined) return; // a parked run shows what waited
    if (holder.waits === 0) this.#showWait(holder, 'running');
    this.#rest(this.#slots.resting);
  }

  /** Calls back when the holder has a slot. @returns what forgets it */
  whenSlot(holder: NodeRun, then: () => void): () => void {
    const forget = this.#slots.whenHeld(holder, then);
    if (!holder.holdsSlot) this.pump();
    return forget;
  }

  rememberSuspension(suspension: OpenSuspension): void {
    this.#suspensions ??= new Map();
    this.#suspensions.set(`${suspension.node}\n${suspension.step}`, suspension);
  }

  forgetSuspension({ node, step }: { readonly node: string; readonly step: string }): void {
    this.#suspensions?.delete(`${node}\n${step}`);
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
    if (fanOut !== undefined) fanOut.take(settlement);
    else this.#settleNode(run.compiled.index, status, output, error, run.frontierAfter(writes));
    this.pump();
  }

  /** A node whose parents are settled becomes ready, or is skipped. */
  #release(index: number): void {
    const compiled = this.workflow.nodes[index] as CompiledNode;
    const recorded = this.engine.history?.end(compiled.name);
    if (recorded?.type === 'node-skip') {
      this.#settleUnstarted(compiled, 'skipped', undefined);
      return;
    }
    let readiness: Readiness;
    try {
      readiness = readInputs(compiled, this);
    } catch (error) {
      if (recorded === undefined) this.#noteUnstarted(compiled, error);
      this.#settleUnstarted(compiled, 'failed', error);
      return;
    }
    if (readiness.kind === 'skip') {
      this.note({ type: 'node-skip', node: compiled.name, reason: readiness.reason });
      this.#settleUnstarted(compiled, 'skipped', undefined);
      return;
    }
    this.statuses[index] = 'ready';
    const frontier = this.frontiers.before(readiness.sources);
    const run = new NodeRun(this, compiled, compiled.name, readiness.args, { frontier });
    if (compiled.graph.fanOut === undefined || recorded !== undefined) this.#slots.queue(run);
    else this.#fanOut(run);
  }

  #noteUnstarted({ name }: CompiledNode, error: unknown): void {
    this.note({ type: 'node-end', node: name, attempt: 0, status: 'failed', error: serializeError(error) });
  }

  #settleUnstarted({ index, graph }: CompiledNode, status: 'skipped' | 'failed', error: unknown): void {
    this.#settleNode(index, status, undefined, error, this.frontiers.before(certainSources(graph)));
  }

  #fanOut(run: NodeRun): void {
    let items: readonly unknown[];
    try {
      items = itemsOf(run.compiled, this);
    } catch (error) {
      this.#noteUnstarted(run.compiled, error);
      this.#settleNode(run.order, 'failed', undefined, error, run.frontierAfter(noWrites));
      return;
    }
    if (this.engine.history?.fanOut(run.path) === undefined) {
      this.note({ type: 'node-fan-out', node: run.path, attempt: 1, count: items.length });
    }
    new FanOut(run, items).begin();
  }

  #settleNode(index: number, status: NodeStatus, output: unknown, error: unknown, frontier: Frontier): void {
    this.statuses[index] = status;
    this.outputs[index] = output;
    this.#unsettled -= 1;
    if (status === 'failed') {
      this.errors ??= new Map();
      this.errors.set(index, error);
    }
    this.frontiers.keep(index, frontier);
    const { nodes } = this.workflow;
    const { children } = (nodes[index] as CompiledNode).graph;
    // By index: this is the hottest loop there is, and an iterator for each node shows.
    for (let at = 0; at < children.length; at++) {
      const child = children[at] as number;
      const left = (this.#pending[child] as number) - 1;
      this.#pending[child] = left;
      if (this.statuses[child] !== 'pending') continue;
      const compiled = nodes[child] as CompiledNode;
      if (left === 0) this.#releaseOnce(child);
      else if (compiled.settlesEarly && inputsSettled(compiled, this)) this.#releaseOnce(child);
    }
    if (status === 'failed') this.#listener.nodeFailed(index, error);
  }

  #releaseOnce(index: number): void {
    this.statuses[index] = 'ready';
    this.#released.push(index);
  }

  /** Records how a node run came out; what comes of that follows only when the record is kept. */
  #whenKept(
    run: NodeRun,
    status: 'completed' | 'failed',
    output: unknown,
    error: unknown,
    then: (settlement: Settlement) => void,
  ): void {
    const settlement = { run, status, output, error, writes: status === 'completed' ? run.writes : noWrites };
    try {
      const kept = this.engine.record(endRecord(settlement));
      if (isPromise(kept))
        kept.then(
          () => then(settlement),
          (fault: unknown) => this.broke(fault),
        );
      else then(settlement);
    } catch (fault) {
      this.broke(fault);
    }
  }

  #rest(resting: boolean): void {
    if (resting === this.#resting || this.stopReason !== undefined) return;
    this.#resting = resting;
    this.#listener.rested(resting);
  }
}
