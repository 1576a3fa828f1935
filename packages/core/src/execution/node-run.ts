import type { Observable as ObservableType } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import type { CompiledNode } from '../boot/compiled-workflow.js';
import type { Clock } from '../clock/clock.js';
import { type ErrorWhere, EspalierError, type SerializedError, serializeError } from '../errors/espalier-error.js';
import type { StateWrite } from '../events/event.js';
import type { AgentClass } from '../metadata/agent-class.js';
import { BudgetLedger } from '../policies/budget-ledger.js';
import { applyPolicies } from '../policies/order.js';
import type { PolicyEnv } from '../policies/policy.js';
import { AttemptElsewhere } from '../remote/attempt-elsewhere.js';
import type { SentStep } from '../remote/attempt-request.js';
import { toPlain } from '../schema/plain.js';
import { frontierAfter } from '../state/frontiers.js';
import type { SentShape } from '../state/sent-state.js';
import type { Frontier } from '../state/state-view.js';
import { Attempt, isTool } from './attempt.js';
import type { Execution } from './execution.js';
import type { FanOut } from './fan-out.js';
import { type AttemptObserver, invoke } from './invoke.js';
import { recordedSettlement } from './recorded-settlement.js';
import { repeated } from './repeated.js';
import type { RunScope } from './run-scope.js';
import { settled } from './settled.js';
import { noWrites, type Settlement } from './settlement.js';
import type { SlotHolder } from './slots.js';

/** What may differ between runs of one node. */
export interface NodeRunOptions {
  readonly item?: number;
  readonly iteration?: number;
  readonly previous?: unknown;
  /** Why the agent failed whose place this run takes. */
  readonly failure?: SerializedError | undefined;
  readonly frontier: Frontier;
  readonly ledger?: BudgetLedger | undefined;
  /** What an item belongs to. */
  readonly fanOut?: FanOut;
  /** The run that holds the slot, for one inside another. @default itself */
  readonly holder?: NodeRun;
  /** What the inputs are called in a prompt: a fallback gets those of the node whose place it takes. @default its own */
  readonly inputNames?: readonly string[] | undefined;
  /** The one attempt that is made of a run that goes on elsewhere: the node's own budget is in `ledger` then. */
  readonly attempt?: number;
}

/** How an agent runs inside a node: for an attempt, or in place of all of them, because of a failure. */
interface NestedOptions {
  readonly attempt?: Attempt;
  readonly suffix: string;
  readonly failure?: SerializedError;
}

/**
 * One run of a node: of the node itself, of one item of a `@ForEach`, of one iteration of a `@Repeat`, or of a nested
 * agent. It composes the node's one observable and is what its policies ask.
 */
export class NodeRun implements PolicyEnv, SlotHolder {
  readonly execution: RunScope;
  readonly compiled: CompiledNode;
  readonly path: string;
  readonly args: readonly unknown[];
  readonly options: NodeRunOptions;
  /** Set when the node holds its own budget, or else its surroundings'. */
  readonly ledger: BudgetLedger | undefined;
  /** Results of steps that count for all attempts. */
  steps: Map<string, unknown> | undefined;
  /** Writes that the newest attempt does not hold: those of all iterations or items, or of what was done elsewhere. */
  collected: StateWrite[] | undefined;
  /** What is seen of the states after its writes, where that is known. */
  #views: (readonly [string, Readonly<Record<string, unknown>>])[] | undefined;
  holdsSlot = false;
  waits = 0;
  /** The newest attempt. */
  current: Attempt | undefined;
  #attempts: number;

  constructor(
    execution: RunScope,
    compiled: CompiledNode,
    path: string,
    args: readonly unknown[],
    options: NodeRunOptions,
  ) {
    this.execution = execution;
    this.compiled = compiled;
    this.path = path;
    this.args = args;
    this.options = options;
    this.#attempts = options.attempt ?? execution.engine.history?.failedAttempts(path) ?? 0;
    const around = options.ledger ?? execution.ledger;
    this.ledger =
      compiled.budget === undefined || options.attempt !== undefined
        ? around
        : new BudgetLedger(compiled.budget, around, { node: path });
    const { history } = execution.engine;
    if (this.ledger !== around && history !== undefined) this.ledger?.restore(history.spending.of(path));
  }

  get order(): number {
    return this.compiled.index;
  }

  get item(): number {
    return this.options.item ?? 0;
  }

  get holder(): NodeRun {
    return this.options.holder ?? this;
  }

  get inputNames(): readonly string[] {
    return this.options.inputNames ?? this.compiled.inputNames;
  }

  get frontier(): Frontier {
    return this.options.frontier;
  }

  /** What nodes after this one see of shared state. */
  frontierAfter(writes: readonly StateWrite[]): Frontier {
    return frontierAfter({ index: this.compiled.index, node: this.path, before: this.frontier }, writes, this.#views);
  }

  /** Takes a slot and flows through the run's pipeline: only an execution has made it ready. */
  start(): void {
    (this.execution as Execution).enter(this);
  }

  /** Whether it comes down to one attempt: no policies, no iterations, nothing on record. */
  get isPlain(): boolean {
    const { policies, agent } = this.compiled;
    const once = agent.definition.repeat === undefined || this.options.iteration !== undefined;
    return once && policies.length === 0 && this.execution.engine.history === undefined;
  }

  /** Everything this run of the node does, as one observable that emits how it came out. */
  settlement(): ObservableType<Settlement> {
    const { history } = this.execution.engine;
    const recorded = history === undefined ? undefined : recordedSettlement(this, history);
    if (recorded !== undefined) return recorded;
    const { repeat } = this.compiled.agent.definition;
    if (repeat !== undefined && this.options.iteration === undefined) return repeated(this, repeat);
    const { policies } = this.compiled;
    const attempts = new Observable<unknown>((subscriber) => this.attemptOnce(subscriber));
    return settled(this, policies.length === 0 ? attempts : applyPolicies(attempts, policies, this));
  }

  /** The writes to shared state of the attempt that succeeded. */
  get writes(): readonly StateWrite[] {
    return this.collected ?? this.current?.openedState?.writes ?? noWrites;
  }

  /** Takes the writes of an attempt that was made elsewhere, and what it tells of the states. */
  takeWrites(writes: readonly StateWrite[] | undefined, states: readonly SentShape[] = []): void {
    this.collected = writes === undefined ? undefined : [...writes];
    this.#views = states.map(({ name, view }) => [name, toPlain(view) as Readonly<Record<string, unknown>>]);
    for (const state of states) this.execution.states.tell(state);
  }

  /** Takes the results of steps that count for all attempts. */
  takeSteps(steps: readonly SentStep[] = []): void {
    for (const { step, value } of steps) {
      this.steps ??= new Map();
      this.steps.set(step, toPlain(value));
    }
  }

  /** The run of one iteration of a repeated node: path `node@2`, with attempts and records of its own. */
  iteration(iteration: number, previous: unknown, frontier: Frontier): NodeRun {
    const { item, failure } = this.options;
    const { ledger, holder } = this;
    const common = { iteration, previous, frontier, ledger, holder, failure };
    const options = item === undefined ? common : { ...common, item };
    return new NodeRun(this.execution, this.compiled, `${this.path}@${iteration}`, this.args, options);
  }

  /** The output of an agent that runs inside this node, as a nested node: for an attempt, or in place of all of them. */
  nestedOutput(
    agent: AgentClass,
    inputs: readonly unknown[],
    { attempt, suffix, failure }: NestedOptions,
  ): ObservableType<unknown> {
    const compiled = this.execution.nestedNode(agent);
    const path = `${attempt?.node ?? this.path}/${compiled.name}${suffix}`;
    const nested = new NodeRun(this.execution, compiled, path, inputs, {
      frontier: this.frontier,
      ledger: this.ledger,
      holder: this.holder,
      failure,
      ...(attempt === undefined ? { inputNames: this.inputNames } : {}),
    });
    return new Observable((subscriber) => {
      const begin = (): void => {
        const settlement = nested.settlement().subscribe({
          next: ({ status, output, error, writes }) => {
            if (status === 'failed') {
              subscriber.error(error);
              return;
            }
            if (attempt === undefined) this.collected = [...writes];
            else if (writes.length > 0) attempt.state.adopt(writes);
            subscriber.next(output);
            subscriber.complete();
          },
          error: (error: unknown) => subscriber.error(error),
        });
        subscriber.add(settlement);
      };
      subscriber.add(this.whenReady(begin));
    });
  }

  /** Makes one attempt. @returns what ends it */
  attemptOnce(observer: AttemptObserver): () => void {
    this.#attempts += 1;
    const { execution } = this;
    execution.note({ type: 'node-start', node: this.path, attempt: this.#attempts });
    if (execution.engine.attempt !== undefined) {
      const elsewhere = new AttemptElsewhere(this, this.#attempts, observer);
      return () => elsewhere.close();
    }
    const attempt = new Attempt(this, this.#attempts);
    this.current = attempt;
    invoke(attempt, observer);
    return () => attempt.close();
  }

  /** Why an attempt is over. Made when asked for: most attempts end without anybody asking. */
  overReason(): EspalierError {
    return (
      this.execution.stopReason?.() ??
      new EspalierError('run-cancelled', `The attempt of node '${this.path}' is over.`, { where: { node: this.path } })
    );
  }

  // PolicyEnv

  get clock(): Clock {
    return this.execution.clock;
  }

  get where(): ErrorWhere {
    return { runId: this.execution.engine.runId, node: this.path, class: this.compiled.agent.definition.className };
  }

  random(): number {
    return this.execution.services.random();
  }

  attempt(): number {
    return this.#attempts;
  }

  retrying(error: unknown, delay: number): void {
    this.execution.note({
      type: 'node-retry',
      node: this.path,
      attempt: this.#attempts,
      error: serializeError(error),
      delay,
    });
  }

  pauseLeft(): number {
    const { engine } = this.execution;
    return engine.history?.pauseLeft(this.path, engine.now()) ?? 0;
  }

  whenReady(then: () => void): () => void {
    return this.execution.whenSlot(this.holder, then);
  }

  shared<T>(key: object, create: () => T): T {
    return this.execution.services.shared(key, create);
  }

  /** An iteration of a repeated node has the output of the one before as its last input. */
  inputs(): readonly unknown[] {
    return this.options.iteration === undefined ? this.args : [...this.args, this.options.previous];
  }

  /** What it failed with for good before the run was taken over: a fallback has taken its place. */
  replaced(): SerializedError | undefined {
    return this.execution.engine.history?.replaced(this.path);
  }

  runAgent(agent: AgentClass, error: unknown): ObservableType<unknown> {
    const recorded = this.replaced();
    const failure = (recorded ?? toPlain(serializeError(error))) as SerializedError;
    if (recorded === undefined) {
      const fallback = this.execution.nestedNode(agent).name;
      const { path: node } = this;
      this.execution.note({ type: 'node-fallback', node, attempt: this.#attempts, fallback, error: failure });
    }
    const suffix = isTool(this.compiled.agent, agent) ? ':fallback' : '';
    return this.nestedOutput(agent, this.args, { suffix, failure });
  }
}
