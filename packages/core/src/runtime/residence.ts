import type { CompiledWorkflow } from '../boot/compiled-workflow.js';
import type { EngineRun } from '../engine/engine.js';
import type { RunStartEvent } from '../events/event.js';
import { Execution } from '../execution/execution.js';
import type { ExecutionListener } from '../execution/execution-listener.js';
import type { RuntimeServices } from '../execution/runtime-services.js';
import { BudgetLedger } from '../policies/budget-ledger.js';
import { learnAll } from '../sensitive/learn.js';
import { ThreadSession } from '../thread/thread-session.js';
import { type LaidAside, restOf } from './laid-aside.js';
import type { Suspension } from './run.js';
import type { RunControlOptions } from './run-control-options.js';
import { laidAside } from './run-end.js';

/** Whose run it is. */
interface Host extends ExecutionListener {
  /** The run is there, for the first time or again; nothing goes on in it yet. */
  loaded(isFirst: boolean): void;
  /** It is about to be loaded again. */
  woken(): void;
  /** Its time is up. @param deadline what it had, in milliseconds */
  late(deadline: number): void;
}

/**
 * A run as it is in memory: as an execution, or, while it rests, as no more than what it needs to go on when an answer or a
 * time has come. It can be laid aside and loaded again any number of times.
 */
export class Residence {
  readonly #services: RuntimeServices;
  readonly #workflow: CompiledWorkflow;
  readonly #options: RunControlOptions;
  readonly #host: Host;
  #engineRun: EngineRun | undefined;
  #execution: Execution | undefined;
  #laidAside: LaidAside | undefined;
  #loading: Promise<void> | undefined;
  #ledger: BudgetLedger | undefined;
  /** In milliseconds since the Unix epoch. */
  #deadline: number | undefined;
  #cancelDeadline: (() => void) | undefined;
  #left = false;

  constructor(services: RuntimeServices, workflow: CompiledWorkflow, options: RunControlOptions, host: Host) {
    this.#services = services;
    this.#workflow = workflow;
    this.#options = options;
    this.#host = host;
  }

  get engineRun(): EngineRun | undefined {
    return this.#engineRun;
  }

  get execution(): Execution | undefined {
    return this.#execution;
  }

  get isLaidAside(): boolean {
    return this.#laidAside !== undefined;
  }

  /** Paths of what waits in a run that is laid aside. */
  get waiting(): readonly string[] {
    return this.#laidAside?.waiting ?? [];
  }

  get suspensions(): readonly Suspension[] {
    if (this.#laidAside !== undefined) return this.#laidAside.suspensions;
    return (this.#execution?.suspensions.signals() ?? []).map(({ node, signal, request }) => ({
      node,
      signal,
      request,
    }));
  }

  /** Executes the run, from its beginning or from where its record stops. */
  load(engineRun: EngineRun, input: unknown, about: RunStartEvent['thread']): void {
    const isFirst = this.#engineRun === undefined; // or else it was laid aside
    this.#engineRun = engineRun;
    learnAll(engineRun, this.#options.sensitive);
    if (isFirst) this.#ledger = this.#makeLedger(engineRun.runId);
    const ledger = this.#ledger;
    const identity = engineRun.history === undefined ? this.#options.identity : engineRun.history.start.identity;
    const thread = about === undefined ? undefined : new ThreadSession(this.#services.threads, about);
    const run = { input, identity, ledger, thread };
    const execution = new Execution(this.#services, this.#workflow, engineRun, this.#host, run);
    this.#execution = execution;
    if (engineRun.history !== undefined) {
      const { own, all } = engineRun.history.spending;
      if (isFirst) ledger?.charge(all);
      execution.usage.restore(own);
      if (!isFirst) execution.note({ type: 'run-resume' });
    }
    this.#host.loaded(isFirst);
    if (this.#left) return; // so it was asked, by a reader of its events too, or its journal has failed already
    this.#armDeadline(engineRun);
    execution.pump();
  }

  /** @returns whether it need not be asked again: the run is not here, or is at rest now */
  layAside(): boolean {
    const execution = this.#execution;
    if (execution === undefined || this.#left) return true;
    if (!execution.isDormant) return false;
    const waits = execution.suspensions.all();
    const { suspensions } = this;
    const rest = restOf(waits, this.#deadline);
    const engineRun = this.#engineRun as EngineRun;
    if (rest.until !== undefined && rest.until <= engineRun.now()) return false; // its time is up: it is about to go on
    const stop = engineRun.rest(
      rest,
      () => void this.wake(),
      (error) => this.#host.broke(error),
    );
    if (this.#left) stop(); // that could not be noted
    if (this.#left) return true;
    this.#laidAside = { suspensions, waiting: waits.map(({ node }) => node), stop };
    this.#cancelDeadline?.();
    this.#execution = undefined;
    execution.layAside(() => laidAside(engineRun.runId));
    return true;
  }

  /** Loads what was laid aside. */
  wake(): Promise<void> | undefined {
    if (this.#laidAside !== undefined) {
      this.#laidAside.stop();
      this.#laidAside = undefined;
      this.#host.woken();
      this.#loading = this.#reload()
        .catch((error: unknown) => this.#host.broke(error))
        .finally(() => {
          this.#loading = undefined;
        });
    }
    return this.#loading;
  }

  /** Nothing is to happen in the run any more. What is known of it stays. */
  leave(): void {
    this.#left = true;
    this.#cancelDeadline?.();
    this.#laidAside?.stop();
  }

  async #reload(): Promise<void> {
    const engineRun = this.#engineRun as EngineRun;
    await engineRun.reload();
    if (this.#left) return;
    const { input, thread } = (engineRun.history as NonNullable<typeof engineRun.history>).start;
    this.load(engineRun, input, thread);
  }

  #makeLedger(runId: string): BudgetLedger | undefined {
    const { workflow } = this.#workflow;
    const { budget } = workflow.options;
    if (budget === undefined) return this.#options.ledger;
    return new BudgetLedger(budget, this.#options.ledger, { runId, workflow: workflow.name });
  }

  #armDeadline(engineRun: EngineRun): void {
    const { deadline } = this.#workflow;
    if (deadline === undefined) return;
    this.#deadline = (engineRun.history?.start.time ?? engineRun.now()) + deadline;
    this.#cancelDeadline = engineRun.timer(this.#deadline, () => this.#host.late(deadline));
  }
}
