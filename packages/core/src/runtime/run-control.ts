import type { Observable as ObservableType } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import type { CompiledWorkflow } from '../boot/compiled-workflow.js';
import type { Engine, EngineRun } from '../engine/engine.js';
import { EspalierError } from '../errors/espalier-error.js';
import type { Event, RunStatus } from '../events/event.js';
import type { Execution } from '../execution/execution.js';
import type { ExecutionListener } from '../execution/execution-listener.js';
import type { RuntimeServices } from '../execution/runtime-services.js';
import { isPromise } from '../journal/maybe-promise.js';
import { threadOf } from '../thread/thread-of.js';
import { iterateEvents } from './event-iterator.js';
import { failureOf, isRunBudgetSpent } from './failure.js';
import { openRun } from './open-run.js';
import { recordedOutcome } from './recorded-outcome.js';
import { Residence } from './residence.js';
import type { Run, Suspension } from './run.js';
import type { RunControlOptions } from './run-control-options.js';
import { cancelled, closeRun, lastRecord, parked, runOver, type Stop, type StopStatus, timedOut } from './run-end.js';
import { checkInput } from './run-input.js';
import { RunOpening } from './run-opening.js';
import { finalStateConflict, outcomeOf, type RunOutcome } from './run-outcome.js';
import { RunPromises } from './run-promises.js';

/** One run from its first record to its last: opens it, watches its execution, and ends it exactly once. */
export class RunControl<Output = unknown> implements Run<Output>, ExecutionListener {
  readonly id: string;
  readonly #services: RuntimeServices;
  readonly #engine: Engine;
  readonly #workflow: CompiledWorkflow;
  readonly #options: RunControlOptions;
  #status: RunStatus = 'running';
  readonly #promises = new RunPromises<Output>();
  /** Asked for before the run was open. */
  #early: Stop | undefined;
  #ended = false;
  readonly #opening = new RunOpening();
  readonly #residence: Residence;

  constructor(
    services: RuntimeServices,
    engine: Engine,
    workflow: CompiledWorkflow,
    input: unknown,
    options: RunControlOptions,
  ) {
    this.id = options.runId;
    this.#services = services;
    this.#engine = engine;
    this.#workflow = workflow;
    this.#options = options;
    this.#residence = new Residence(services, workflow, options, this);
    queueMicrotask(() => {
      this.#begin(input).catch((error: unknown) => this.broke(error));
    });
  }

  get status(): RunStatus {
    return this.#status;
  }

  get result(): Promise<Output> {
    return this.#promises.result;
  }

  get outcome(): Promise<RunOutcome<Output>> {
    return this.#promises.outcome;
  }

  get events$(): ObservableType<Event> {
    return new Observable((subscriber) => {
      const follow = (): void => {
        if (!subscriber.closed) subscriber.add(this.#engine.events(this.id).subscribe(subscriber));
      };
      if (this.#residence.engineRun !== undefined) follow();
      else if (this.#ended) this.outcome.then(follow, (error: unknown) => subscriber.error(error));
      else this.#opening.wait(follow, (error) => subscriber.error(error));
    });
  }

  get suspensions(): readonly Suspension[] {
    return this.#residence.suspensions;
  }

  get execution(): Execution | undefined {
    return this.#residence.execution;
  }

  /** Whether the run was parked, once it has left this process. Rejects when its journal failed. */
  get end(): Promise<boolean> {
    return this.#promises.end;
  }

  /** Whether there is such a run, once that is known: one that is new may not begin, as there is another one of its id. */
  async exists(): Promise<boolean> {
    if (this.#isThere) return true;
    if (this.#ended) return false;
    return new Promise((resolve) => {
      this.#opening.wait(
        () => resolve(true),
        () => resolve(false),
      );
    });
  }

  /** The execution, once the run is open; nothing when it never will be. */
  async opened(): Promise<Execution | undefined> {
    await this.#residence.wake();
    if (this.execution !== undefined || this.#ended) return this.execution;
    return new Promise((resolve) => {
      this.#opening.wait(
        () => resolve(this.execution),
        () => resolve(undefined),
      );
    });
  }

  [Symbol.asyncIterator](): AsyncIterator<Event> {
    return iterateEvents(this.events$);
  }

  cancel(reason = 'no reason given'): void {
    this.#stop(cancelled(this.id, this.#workflow.workflow.name, reason));
  }

  /** Lets what runs finish, starts nothing more, and then parks the run: another process may resume it. */
  drain(): void {
    if (this.#ended) return;
    if (this.execution === undefined || this.#status === 'suspended') this.park();
    else this.execution.pause();
  }

  /** Parks the run now: what runs is aborted without a trace and will run again. */
  park(): void {
    this.#stop(parked(this.id));
  }

  // ExecutionListener

  settled(): void {
    const execution = this.execution as Execution;
    const conflict = finalStateConflict(execution);
    const { graph } = this.#workflow;
    if (conflict !== undefined) void this.#end('failed', undefined, conflict);
    else if (execution.statuses[graph.output] === 'completed') {
      void this.#end('completed', execution.outputs[graph.output], undefined);
    } else this.#stop(failureOf(execution, this.#workflow));
  }

  rested(resting: boolean): void {
    this.#status = resting ? 'suspended' : 'running';
    if (resting) this.#services.idle.enter(this);
    else this.#services.idle.leave(this);
    this.execution?.note({ type: resting ? 'run-suspend' : 'run-resume' });
    this.#options.onRest?.(resting);
  }

  idle(): void {
    this.park();
  }

  nodeFailed(index: number, error: unknown): void {
    const { workflow, critical } = this.#workflow;
    const budgetSpent = isRunBudgetSpent(error, this.id);
    if (!budgetSpent && !(workflow.options.failFast === true && critical[index] === true)) return;
    const execution = this.execution as Execution;
    this.#stop(failureOf(execution, this.#workflow));
  }

  broke(error: unknown): void {
    if (this.#ended) return;
    this.#status = this.#isThere ? 'parked' : 'failed'; // what has not begun is nothing to go on with
    this.#leave();
    this.execution?.stop(
      () =>
        EspalierError.is(error) ? error : new EspalierError('run-parked', 'The journal failed.', { cause: error }),
      true,
    );
    void this.#giveBack(error);
  }

  /** Keeps only what is needed to go on when an answer or a time has come. */
  layAside(): boolean {
    return this.#residence.layAside();
  }

  // What its residence tells

  loaded(isFirst: boolean): void {
    this.#opening.opened();
    if (this.#early === undefined) return;
    if (!isFirst) this.execution?.pump(); // the outcome shows what has settled
    this.#stop(this.#early);
  }

  woken(): void {
    this.#status = 'running';
    this.#options.onRest?.(false);
  }

  late(deadline: number): void {
    this.#stop(timedOut(this.id, this.#workflow.workflow.name, deadline));
  }

  // Inside

  get #isThere(): boolean {
    return this.#residence.engineRun !== undefined || this.#options.engineRun !== undefined;
  }

  /** Nothing is to happen any more. */
  #leave(): void {
    this.#ended = true;
    this.#residence.leave();
    this.#services.idle.leave(this);
  }

  async #begin(input: unknown): Promise<void> {
    const { engineRun } = this.#options;
    if (engineRun !== undefined) {
      const { input: before, thread } = engineRun.history?.start ?? {};
      // On record before anything is done: whoever dies of what comes next has left a trace.
      const kept = engineRun.record({ type: 'run-resume', ...takenOverBy(engineRun) });
      if (isPromise(kept)) await kept;
      this.#residence.load(engineRun, before, thread);
      return;
    }
    const checked = checkInput(this.#workflow, this.id, input);
    const start = isPromise(checked) ? await checked : checked;
    const { threadId } = this.#options;
    const thread =
      threadId === undefined ? undefined : await threadOf(this.#services, threadId, this.#options.identity);
    const opened = openRun(this.#engine, this.#workflow, this.#options, start, thread);
    this.#residence.load(isPromise(opened) ? await opened : opened, start, thread);
  }

  #stop(stop: Stop): void {
    if (this.#ended) return;
    const { status, error } = stop;
    const parksAside = status === 'parked' && this.#residence.isLaidAside;
    if (this.execution === undefined && !parksAside) {
      this.#early ??= stop;
      void this.#residence.wake();
      return;
    }
    this.execution?.stop(() => error, status === 'parked');
    void this.#end(status, undefined, error);
  }

  /** The run cannot go on here: the first failure is the one to tell. */
  async #giveBack(error: unknown): Promise<void> {
    const engineRun = this.#residence.engineRun ?? this.#options.engineRun;
    if (engineRun !== undefined) await closeRun(engineRun, () => undefined);
    this.#opening.failed(error);
    this.#options.onEnd();
    this.#promises.settle({ fault: error });
  }

  /** Records the end, gives the run back, and only then tells of it. */
  async #end(status: StopStatus, output: unknown, error: unknown): Promise<void> {
    if (this.#ended) return;
    this.#leave();
    const engineRun = this.#residence.engineRun as EngineRun;
    const execution = this.execution;
    execution?.stop(() => (EspalierError.is(error) ? error : runOver(this.id)), status === 'parked');
    const fault = await closeRun(engineRun, () =>
      status === 'parked' ? undefined : lastRecord(this.#workflow, engineRun, { status, output, error }),
    );
    if (fault !== undefined) {
      this.#status = 'parked';
      this.#options.onEnd();
      this.#promises.settle(fault);
      return;
    }
    this.#status = status;
    this.#options.onEnd();
    if (execution === undefined) this.#promises.settle({ parked: error, read: () => this.#recorded(error) });
    else this.#promises.settle(outcomeOf<Output>(execution, status, output as Output | undefined, error));
  }

  #recorded(error: unknown): Promise<RunOutcome<Output>> {
    const run = { runId: this.id, workflow: this.#workflow, waiting: this.#residence.waiting };
    return recordedOutcome<Output>(this.#services, this.#engine, run, error);
  }
}

const takenOverBy = ({ owner, expired }: EngineRun) => ({ owner, ...(expired ? { expired } : {}) });
