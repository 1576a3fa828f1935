import type { CompiledNode, CompiledWorkflow } from '../boot/compiled-workflow.js';
import type { Clock } from '../clock/clock.js';
import type { NodeEngine } from '../engine/engine.js';
import type { RecordedSpending } from '../engine/recorded-spending.js';
import type { EspalierError } from '../errors/espalier-error.js';
import type { RecordBody } from '../events/event.js';
import { keepSettlement } from '../execution/keep-settlement.js';
import type { NodeRun } from '../execution/node-run.js';
import type { RunScope } from '../execution/run-scope.js';
import type { RuntimeServices } from '../execution/runtime-services.js';
import type { Settling } from '../execution/settled.js';
import { noWrites } from '../execution/settlement.js';
import { UsageTotal } from '../execution/usage-total.js';
import { isPromise } from '../journal/maybe-promise.js';
import type { AgentClass } from '../metadata/agent-class.js';
import { BudgetLedger } from '../policies/budget-ledger.js';
import { toPlain } from '../schema/plain.js';
import { StateRegistry } from '../state/state-definition.js';
import { OpenSuspensions } from '../suspension/open-suspensions.js';
import { ThreadSession } from '../thread/thread-session.js';
import type { ThreadEntry } from '../thread/thread-store.js';
import type { AttemptPlace } from './attempt-place.js';
import type { AttemptRequest } from './attempt-request.js';
import { WaitsHere } from './waits-here.js';

/**
 * What stands in for its run where one attempt is made. It knows what the request says, has the services of this runtime, and
 * keeps what the run is to be told: usage, and what is said to the thread.
 */
export class AttemptScope implements RunScope {
  readonly services: RuntimeServices;
  readonly engine: NodeEngine;
  readonly input: unknown;
  readonly identity: unknown;
  readonly ledger: BudgetLedger | undefined;
  readonly thread: ThreadSession | undefined;
  readonly clock: Clock;
  readonly usage = new UsageTotal();
  readonly states: StateRegistry;
  readonly suspensions = new OpenSuspensions();
  /** What the run's thread is to get. */
  readonly said: ThreadEntry[] = [];
  stopReason: (() => EspalierError) | undefined;
  readonly isLaidAside = false;
  readonly checksAnswers = true;
  readonly #workflow: CompiledWorkflow;
  readonly #suffix: string;
  readonly #waits: WaitsHere;
  readonly #onFault: (error: unknown) => void;

  /** @param onFault told that the engine has failed: the attempt cannot go on here */
  constructor(
    services: RuntimeServices,
    workflow: CompiledWorkflow,
    request: AttemptRequest,
    { engine, clock = services.clock, isCounted = false, tell }: AttemptPlace,
    onFault: (error: unknown) => void,
  ) {
    const { input, identity, budgets = [], thread, suffix = '' } = request;
    this.services = services;
    this.engine = engine;
    this.clock = clock;
    this.input = toPlain(input);
    this.identity = toPlain(identity);
    this.ledger = BudgetLedger.borrowed(budgets);
    this.thread = thread === undefined ? undefined : new ThreadSession(services.threads, thread);
    this.states = new StateRegistry(engine);
    this.#workflow = workflow;
    this.#suffix = suffix;
    this.#waits = new WaitsHere(this.suspensions, tell);
    this.#onFault = onFault;
    if (engine.history !== undefined && !isCounted) this.#count(engine.history.spending);
  }

  get parking(): boolean {
    return this.stopReason !== undefined && this.stopReason().code === 'run-parked';
  }

  /** What it has used before it was begun again. */
  #count({ own, all }: RecordedSpending): void {
    this.usage.restore(own);
    this.ledger?.charge(all);
  }

  /** The attempt is over: nothing is told any more. */
  stop(reason: EspalierError): void {
    this.stopReason ??= () => reason;
    this.#waits.stop();
  }

  nestedNode(agent: AgentClass): CompiledNode {
    return this.#workflow.nested.get(agent) as CompiledNode;
  }

  suffixOf(): string {
    return this.#suffix;
  }

  note(body: RecordBody): void {
    try {
      const kept = this.engine.record(body);
      if (isPromise(kept)) kept.catch((fault: unknown) => this.broke(fault));
    } catch (fault) {
      this.broke(fault);
    }
  }

  noteCancelled(run: NodeRun): void {
    if (this.parking || this.stopReason === undefined) return;
    this.note({ type: 'node-end', node: run.path, attempt: run.attempt(), status: 'cancelled' });
  }

  broke(error: unknown): void {
    this.#onFault(error);
  }

  settle(run: NodeRun, status: 'completed' | 'failed', output: unknown, error: unknown, settling: Settling): void {
    const writes = status === 'completed' ? run.writes : noWrites;
    keepSettlement(this, { run, status, output, error, writes }, (settlement) => settling.emit(settlement));
  }

  /** Only nested agents settle here: what becomes of them is their attempt's. */
  takeLate(): void {}

  keepInThread(_thread: ThreadSession, entries: readonly ThreadEntry[]): void {
    this.said.push(...entries);
  }

  insideStep<T>(act: () => Promise<T>): Promise<T> {
    return act();
  }

  /** It is its engine that decides how long an attempt stays in memory. */
  keepAwake(): () => void {
    return nothing;
  }

  beginWait(holder: NodeRun): void {
    this.#waits.begin(holder);
  }

  endWait(holder: NodeRun): void {
    this.#waits.end(holder);
  }

  whenSlot(holder: NodeRun, then: () => void): () => void {
    return this.#waits.whenSlot(holder, then);
  }
}

const nothing = (): void => {};
