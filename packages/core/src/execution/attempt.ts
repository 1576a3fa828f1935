import type { BegunBody, StepRecording } from '../engine/engine.js';
import { EspalierError } from '../errors/espalier-error.js';
import type { RecordBody, StepRecord } from '../events/event.js';
import type { CompiledAgent } from '../generation/compiled-agent.js';
import type { GenerationScope, NestedPlace, ToolEnv } from '../generation/generation-scope.js';
import { isPromise, type MaybePromise } from '../journal/maybe-promise.js';
import { MemorySession } from '../memory/memory-session.js';
import type { AgentClass } from '../metadata/agent-class.js';
import type { Usage } from '../model/chat-model.js';
import type { BudgetLedger } from '../policies/budget-ledger.js';
import type { Json } from '../schema/json.js';
import type { Learner, Marks } from '../sensitive/learn.js';
import { StateSession } from '../state/state-session.js';
import { type Approval, approve } from '../suspension/approval.js';
import type { ThreadSession } from '../thread/thread-session.js';
import type { ThreadEntry } from '../thread/thread-store.js';
import { AttemptMemory } from './attempt-memory.js';
import { modelCallsExceeded, toolCallsExceeded } from './call-limits.js';
import { runNestedAgent } from './nested-agent.js';
import type { NodeRun } from './node-run.js';
import { StepNames } from './step-names.js';
import { toolEnv } from './tool-env.js';

/** A view of an attempt: after a hand-off, or with a reader of what streams. */
interface DerivedAttempt {
  readonly origin: Attempt;
  readonly agent: CompiledAgent;
  readonly node: string;
  readonly onText: ((text: string) => Promise<void>) | undefined;
  readonly stream: AbortController | undefined;
}

/** One try of a node: what it has asked for, and what must stop when it is over. */
export class Attempt implements GenerationScope {
  readonly run: NodeRun;
  readonly attempt: number;
  /** Where the model's calls are recorded: the node's path, or that of an agent it was handed to. */
  readonly node: string;
  readonly agent: CompiledAgent;
  readonly onText: ((text: string) => Promise<void>) | undefined;
  readonly #origin: Attempt;
  readonly #stream: AbortController | undefined;
  #over = false;
  #controller: AbortController | undefined;
  #cleanups: Set<() => void> | undefined;
  #names: StepNames | undefined;
  #state: StateSession | undefined;
  #kept: ThreadEntry[] | undefined;
  #shared: Map<string, Promise<unknown>> | undefined;
  #modelCalls = 0;
  #toolCalls = 0;

  constructor(run: NodeRun, attempt: number, derived?: DerivedAttempt) {
    this.run = run;
    this.attempt = attempt;
    this.#origin = derived?.origin ?? this;
    this.agent = derived?.agent ?? run.compiled.agent;
    this.node = derived?.node ?? run.path;
    this.onText = derived?.onText;
    this.#stream = derived?.stream;
  }

  get runId(): string {
    return this.run.execution.engine.runId;
  }

  get input(): unknown {
    return this.run.execution.input;
  }

  get identity(): unknown {
    return this.run.execution.identity;
  }

  get learner(): Learner {
    return this.run.execution.engine;
  }

  get thread(): ThreadSession | undefined {
    return this.run.execution.thread;
  }

  get ledger(): BudgetLedger | undefined {
    return this.run.ledger;
  }

  /** Made when first asked for: most nodes never do. */
  get signal(): AbortSignal {
    if (this.#stream !== undefined) return this.#stream.signal;
    const origin = this.#origin;
    if (origin.#controller === undefined) {
      origin.#controller = new AbortController();
      if (origin.#over) origin.#controller.abort(this.run.overReason());
    }
    return origin.#controller.signal;
  }

  get state(): StateSession {
    const origin = this.#origin;
    const { compiled, frontier, path } = this.run;
    origin.#state ??= new StateSession(path, frontier, compiled.agent.definition.writes, this.run.execution.states);
    return origin.#state;
  }

  /** The state session, if one was opened. */
  get openedState(): StateSession | undefined {
    return this.#origin.#state;
  }

  /** Ends the attempt: what it still does is aborted, and what it still asks for is refused. */
  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#controller?.abort(this.run.overReason());
    const cleanups = this.#cleanups;
    this.#cleanups = undefined;
    if (cleanups !== undefined) for (const cleanup of cleanups) cleanup();
  }

  /** @throws the reason why the attempt, or the stream that it is a view of, is over */
  assertOpen(): void {
    // A run that stops ends its attempts one after another: what one gives back, no other begins with.
    if (this.#origin.#over || this.run.execution.stopReason !== undefined) throw this.run.overReason();
    if (this.#stream?.signal.aborted === true) throw this.#stream.signal.reason;
  }

  get stopped(): boolean {
    return this.#stream?.signal.aborted === true && !this.#origin.#over;
  }

  get isOver(): boolean {
    return this.#origin.#over;
  }

  /** Calls back when the attempt is over. @returns what forgets it */
  onClose(cleanup: () => void): () => void {
    const origin = this.#origin;
    if (origin.#over) {
      cleanup();
      return nothing;
    }
    origin.#cleanups ??= new Set();
    origin.#cleanups.add(cleanup);
    return () => origin.#cleanups?.delete(cleanup);
  }

  /** The next number of a kind of step, from 1. */
  count(kind: string): number {
    return this.#stepNames().count(kind);
  }

  /** Takes a step's name. @throws step-duplicate */
  claim(name: string): string {
    return this.#stepNames().claim(name, { node: this.node, attempt: this.attempt });
  }

  callName(key: string | undefined): string {
    return key === undefined ? `generate[${this.count('generate')}]` : this.claim(key);
  }

  task<T>(step: string, perform: () => MaybePromise<T>, recording: StepRecording<T>): Promise<T> {
    try {
      this.assertOpen();
      const { node, attempt } = this;
      const value = this.run.execution.engine.task({ node, attempt, step }, perform, recording);
      return isPromise(value) ? value.then(this.#whileOpen) : Promise.resolve(value);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** What came too late is no use to anybody. */
  readonly #whileOpen = <T>(value: T): T => {
    this.assertOpen();
    return value;
  };

  recorded(step: string): StepRecord | undefined {
    const { history } = this.run.execution.engine;
    return history?.step({ node: this.node, attempt: this.attempt, step });
  }

  compare(body: BegunBody): void {
    this.run.execution.engine.compare?.(body);
  }

  record(body: RecordBody): MaybePromise<void> {
    this.assertOpen();
    return this.run.execution.engine.record(body);
  }

  note(body: RecordBody): void {
    const { execution } = this.run;
    if (!execution.parking) execution.note(body);
  }

  emitText(step: string, text: string): void {
    this.run.execution.engine.emitText({ node: this.node, attempt: this.attempt, step }, text);
  }

  once<T>(key: string, make: () => Promise<T>): Promise<T> {
    const origin = this.#origin;
    origin.#shared ??= new Map();
    const made = (origin.#shared.get(key) as Promise<T> | undefined) ?? make();
    origin.#shared.set(key, made);
    return made;
  }

  memories(prefix: string): MemorySession {
    return new MemorySession(new AttemptMemory(this, prefix));
  }

  keep(entry: ThreadEntry): void {
    const origin = this.#origin;
    origin.#kept ??= [];
    origin.#kept.push(entry);
  }

  /** What the run's thread gets when this attempt succeeds. */
  get kept(): readonly ThreadEntry[] | undefined {
    return this.#origin.#kept;
  }

  now(): number {
    return this.run.execution.engine.now();
  }

  countModelCall(recorded: boolean): void {
    const origin = this.#origin;
    const max = this.agent.generation?.maxModelCalls ?? 0;
    if (origin.#modelCalls >= max) throw modelCallsExceeded(this.node, max);
    origin.#modelCalls += 1;
    if (!recorded) this.run.execution.usage.modelCalls += 1;
  }

  countToolCall(recorded: boolean): void {
    const origin = this.#origin;
    const max = this.agent.generation?.maxToolCalls ?? 0;
    if (origin.#toolCalls >= max) throw toolCallsExceeded(this.node, max);
    origin.#toolCalls += 1;
    if (!recorded) this.run.execution.usage.toolCalls += 1;
  }

  spend(usage: Usage): void {
    this.run.execution.usage.add(usage);
  }

  toolEnv(tool: string, inputs: readonly unknown[]): ToolEnv {
    return toolEnv(this, tool, inputs);
  }

  runAgent(agent: AgentClass, inputs: readonly unknown[], place: NestedPlace): Promise<Json | undefined> {
    return this.run.execution.insideStep(() => runNestedAgent(this, agent, inputs, place));
  }

  approve(step: string, request: Json, marks: Marks): Promise<Approval> {
    return this.run.execution.insideStep(() => approve(this, step, request, marks));
  }

  handOff(agent: CompiledAgent): GenerationScope {
    return new Attempt(this.run, this.attempt, {
      origin: this.#origin,
      agent,
      node: `${this.node}/${agent.name}${isTool(this.agent, agent.definition.agent) ? ':handoff' : ''}`,
      onText: this.onText,
      stream: this.#stream,
    });
  }

  overReason(): EspalierError {
    return this.run.overReason();
  }

  streaming(onText: (text: string) => Promise<void>): GenerationScope & { stop(abort: boolean): void } {
    const stream = new AbortController();
    const letGo = this.run.execution.keepAwake();
    const forget = this.onClose(() => {
      letGo();
      stream.abort(this.overReason());
    });
    const { node, agent } = this;
    const attempt = new Attempt(this.run, this.attempt, { origin: this.#origin, agent, node, onText, stream });
    return Object.assign(attempt, {
      stop: (abort: boolean) => {
        forget();
        letGo();
        if (!abort) return;
        stream.abort(new EspalierError('run-cancelled', `The reader of the stream of node '${node}' stopped.`));
      },
    });
  }

  #stepNames(): StepNames {
    const origin = this.#origin;
    origin.#names ??= new StepNames();
    return origin.#names;
  }
}

/** Whether an agent is a tool of another: then the plain path is that of its runs as a tool. */
export const isTool = ({ definition }: CompiledAgent, agent: AgentClass): boolean =>
  definition.options.tools?.some((tool) => typeof tool === 'object' && tool.agent === agent) ?? false;

const nothing = (): void => {};
