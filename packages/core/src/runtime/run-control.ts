import type { Observable as ObservableType } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import type { CompiledWorkflow } from '../boot/compiled-workflow.js';
import type { Engine, EngineRun } from '../engine/engine.js';
import { deserializeError, EspalierError, serializeError } from '../errors/espalier-error.js';
import type { Event, RecordBody, RunEndEvent, RunEndStatus, RunStatus } from '../events/event.js';
import { Execution, type ExecutionListener } from '../execution/execution.js';
import type { RuntimeServices } from '../execution/runtime-services.js';
import { isPromise, type MaybePromise } from '../journal/maybe-promise.js';
import { BudgetLedger } from '../policies/budget-ledger.js';
import type { Json } from '../schema/json.js';
import { toPlain } from '../schema/plain.js';
import type { SchemaIssue, SchemaOf } from '../schema/schema.js';
import { iterateEvents } from './event-iterator.js';
import { failureOf, isRunBudgetSpent } from './failure.js';
import type { Run, Suspension } from './run.js';
import { finalStateConflict, outcomeOf, type RunOutcome } from './run-outcome.js';

export interface RunControlOptions {
  readonly runId: string;
  readonly identity: Json | undefined;
  readonly parent: { readonly runId: string; readonly node: string } | undefined;
  /** The budget that this run's is a part of. */
  readonly ledger: BudgetLedger | undefined;
  /** A run that was taken over; nothing for a new one. */
  readonly engineRun: EngineRun | undefined;
  readonly onEnd: () => void;
  /** Told when the run rests, and when it goes on. */
  readonly onRest?: (rests: boolean) => void;
}

/** One run from its first record to its last: opens it, watches its execution, and ends it exactly once. */
export class RunControl<Output = unknown> implements Run<Output>, ExecutionListener {
  readonly id: string;
  readonly #services: RuntimeServices;
  readonly #engine: Engine;
  readonly #workflow: CompiledWorkflow;
  readonly #options: RunControlOptions;
  #status: RunStatus = 'running';
  #engineRun: EngineRun | undefined;
  #execution: Execution | undefined;
  /** Made when asked for: nobody's promise is nobody's unhandled rejection. */
  #result: PromiseWithResolvers<Output> | undefined;
  #outcome: PromiseWithResolvers<RunOutcome<Output>> | undefined;
  #settlement: RunOutcome<Output> | { readonly fault: unknown } | undefined;
  /** Asked for before the run was open. */
  #early: { readonly status: RunEndStatus | 'parked'; readonly error: EspalierError } | undefined;
  #cancelDeadline: (() => void) | undefined;
  #ended = false;
  /** Who wants to know when the run is open. */
  #openWaiters: { readonly opened: () => void; readonly failed: (error: unknown) => void }[] | undefined;

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
    queueMicrotask(() => {
      this.#begin(input).catch((error: unknown) => this.broke(error));
    });
  }

  get status(): RunStatus {
    return this.#status;
  }

  get result(): Promise<Output> {
    if (this.#result === undefined) {
      this.#result = Promise.withResolvers();
      this.#tell();
    }
    return this.#result.promise;
  }

  get outcome(): Promise<RunOutcome<Output>> {
    if (this.#outcome === undefined) {
      this.#outcome = Promise.withResolvers();
      this.#tell();
    }
    return this.#outcome.promise;
  }

  get events$(): ObservableType<Event> {
    return new Observable((subscriber) => {
      const follow = (): void => {
        if (!subscriber.closed) subscriber.add(this.#engine.events(this.id).subscribe(subscriber));
      };
      if (this.#engineRun !== undefined) follow();
      else if (this.#ended) this.outcome.then(follow, (error: unknown) => subscriber.error(error));
      else {
        this.#openWaiters ??= [];
        this.#openWaiters.push({ opened: follow, failed: (error) => subscriber.error(error) });
      }
    });
  }

  get suspensions(): readonly Suspension[] {
    return [...(this.#execution?.suspensions ?? [])].map(({ node, signal, request }) => ({ node, signal, request }));
  }

  get execution(): Execution | undefined {
    return this.#execution;
  }

  [Symbol.asyncIterator](): AsyncIterator<Event> {
    return iterateEvents(this.events$);
  }

  cancel(reason = 'no reason given'): void {
    const message = `Run '${this.id}' of workflow '${this.#workflow.workflow.name}' was cancelled: ${reason}.`;
    this.#stop('cancelled', new EspalierError('run-cancelled', message, { where: { runId: this.id } }));
  }

  /** Lets what runs finish, starts nothing more, and then parks the run: another process may resume it. */
  drain(): void {
    if (this.#ended) return;
    if (this.#execution === undefined || this.#status === 'suspended') this.park();
    else this.#execution.pause();
  }

  /** Parks the run now: what runs is aborted without a trace and will run again. */
  park(): void {
    const message = `Run '${this.id}' was parked: its runtime was drained before the run ended.`;
    this.#stop(
      'parked',
      new EspalierError('run-parked', message, {
        hint: `Resume it: espalier.resume('${this.id}').`,
        where: { runId: this.id },
      }),
    );
  }

  // ExecutionListener

  settled(): void {
    const execution = this.#execution as Execution;
    const conflict = finalStateConflict(execution);
    const { graph } = this.#workflow;
    if (conflict !== undefined) {
      void this.#end('failed', undefined, conflict);
    } else if (execution.statuses[graph.output] === 'completed') {
      void this.#end('completed', execution.outputs[graph.output], undefined);
    } else {
      const { status, error } = failureOf(execution, this.#workflow);
      void this.#end(status, undefined, error);
    }
  }

  rested(resting: boolean): void {
    this.#status = resting ? 'suspended' : 'running';
    this.#execution?.note({ type: resting ? 'run-suspend' : 'run-resume' });
    this.#options.onRest?.(resting);
  }

  idle(): void {
    this.park();
  }

  nodeFailed(index: number, error: unknown): void {
    const { workflow, critical } = this.#workflow;
    const budgetSpent = isRunBudgetSpent(error, this.id);
    if (!budgetSpent && !(workflow.options.failFast === true && critical[index] === true)) return;
    const execution = this.#execution as Execution;
    const failure = failureOf(execution, this.#workflow);
    this.#stop(failure.status, failure.error);
  }

  broke(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#status = this.#execution === undefined ? 'failed' : 'parked'; // without an execution there is nothing to go on with
    this.#cancelDeadline?.();
    this.#execution?.stop(
      () =>
        EspalierError.is(error) ? error : new EspalierError('run-parked', 'The journal failed.', { cause: error }),
      true,
    );
    const tell = (): void => {
      for (const { failed } of this.#openWaiters ?? []) failed(error);
      this.#options.onEnd();
      this.#settle({ fault: error });
    };
    let closed: MaybePromise<void>;
    try {
      closed = this.#engineRun?.close();
    } catch {
      closed = undefined; // the first failure is the one to tell
    }
    if (isPromise(closed)) closed.then(tell, tell);
    else tell();
  }

  // Inside

  #settle(settlement: RunOutcome<Output> | { readonly fault: unknown }): void {
    this.#settlement = settlement;
    this.#tell();
  }

  /** Settles the promises that were asked for. Settling one again does nothing. */
  #tell(): void {
    const settlement = this.#settlement;
    if (settlement === undefined) return;
    if ('fault' in settlement) {
      this.#result?.reject(settlement.fault);
      this.#outcome?.reject(settlement.fault);
      return;
    }
    this.#outcome?.resolve(settlement);
    if (settlement.status === 'completed') this.#result?.resolve(settlement.output as Output);
    else this.#result?.reject(settlement.error);
  }

  async #begin(input: unknown): Promise<void> {
    const { engineRun } = this.#options;
    if (engineRun !== undefined) {
      this.#execute(engineRun, engineRun.history?.start.input);
      return;
    }
    const checked = this.#checkInput(input);
    const start = isPromise(checked) ? await checked : checked;
    if (this.#ended) return;
    const { workflow, fingerprint, shape } = this.#workflow;
    const { identity, parent } = this.#options;
    const opened = this.#engine.open({
      runId: this.id,
      workflow: workflow.name,
      version: workflow.version,
      fingerprint,
      graph: shape,
      ...(start === undefined ? {} : { input: start }),
      ...(identity === undefined ? {} : { identity }),
      ...(parent === undefined ? {} : { parent }),
    });
    this.#execute(isPromise(opened) ? await opened : opened, start);
  }

  #checkInput(input: unknown): MaybePromise<Json | undefined> {
    const { workflow, input: schema } = this.#workflow;
    const plain = toPlain(input, { what: `the input of workflow '${workflow.name}'` });
    return schema === undefined ? plain : this.#validate(plain, schema);
  }

  async #validate(plain: Json | undefined, schema: SchemaOf): Promise<Json | undefined> {
    const { workflow } = this.#workflow;
    const where = { workflow: workflow.name, runId: this.id };
    const result = await schema.validate(plain);
    if (result.valid) return toPlain(result.value, { what: `the input of workflow '${workflow.name}'` });
    const [first] = result.issues as readonly [SchemaIssue];
    const all = result.issues.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw new EspalierError(
      'input-invalid',
      `The input of workflow '${workflow.name}' is not a ${schema.name}: ${all}.`,
      {
        hint: `Correct the value at ${first.path}.`,
        where: { ...where, path: first.path },
        details: { issues: result.issues },
      },
    );
  }

  #execute(engineRun: EngineRun, input: unknown): void {
    this.#engineRun = engineRun;
    const { workflow, deadline } = this.#workflow;
    const { budget } = workflow.options;
    const ledger =
      budget === undefined
        ? this.#options.ledger
        : new BudgetLedger(budget, this.#options.ledger, { runId: this.id, workflow: workflow.name });
    const identity = engineRun.history === undefined ? this.#options.identity : engineRun.history.start.identity;
    const run = { input, identity, ledger };
    this.#execution = new Execution(this.#services, this.#workflow, engineRun, this, run);
    if (engineRun.history !== undefined) {
      const { own, all } = engineRun.history.spending;
      ledger?.charge(all);
      this.#execution.usage.restore(own);
      this.#execution.note({ type: 'run-resume' });
    }
    for (const { opened } of this.#openWaiters ?? []) opened();
    this.#openWaiters = undefined;
    if (deadline !== undefined) this.#armDeadline(engineRun, deadline);
    if (this.#early !== undefined) this.#stop(this.#early.status, this.#early.error);
    else this.#execution.pump();
  }

  #armDeadline(engineRun: EngineRun, deadline: number): void {
    const startedAt = engineRun.history?.start.time ?? engineRun.now();
    this.#cancelDeadline = engineRun.timer(startedAt + deadline, () => {
      const message = `Run '${this.id}' of workflow '${this.#workflow.workflow.name}' reached its deadline of ${deadline} ms.`;
      this.#stop('timed_out', new EspalierError('run-timed-out', message, { where: { runId: this.id } }));
    });
  }

  #stop(status: RunEndStatus | 'parked', error: EspalierError): void {
    if (this.#ended) return;
    if (this.#execution === undefined) {
      this.#early ??= { status, error };
      return;
    }
    this.#execution.stop(() => error, status === 'parked');
    void this.#end(status, undefined, error);
  }

  /** Records the end, unless the run is parked, and gives the run back whatever comes of it. @returns the first fault */
  async #recordEnd(
    engineRun: EngineRun,
    status: RunEndStatus | 'parked',
    output: unknown,
    error: unknown,
  ): Promise<{ readonly fault: unknown } | undefined> {
    let fault: { readonly fault: unknown } | undefined;
    try {
      const kept = status === 'parked' ? undefined : engineRun.record(endRecord(status, output, error));
      if (isPromise(kept)) await kept;
    } catch (reason) {
      fault = { fault: reason };
    }
    try {
      const closed = engineRun.close();
      if (isPromise(closed)) await closed;
    } catch (reason) {
      fault ??= { fault: reason };
    }
    return fault;
  }

  /** Records the end, gives the run back, and only then tells of it. */
  async #end(status: RunEndStatus | 'parked', output: unknown, error: unknown): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelDeadline?.();
    const engineRun = this.#engineRun as EngineRun;
    const execution = this.#execution as Execution;
    execution.stop(() => (EspalierError.is(error) ? error : runOver(this.id)), status === 'parked');
    const fault = await this.#recordEnd(engineRun, status, output, error);
    if (fault !== undefined) {
      this.#status = 'parked';
      this.#options.onEnd();
      this.#settle(fault);
      return;
    }
    this.#status = status;
    this.#options.onEnd();
    this.#settle(outcomeOf<Output>(execution, status, output as Output | undefined, error));
  }
}

function endRecord(status: RunEndStatus, output: unknown, error: unknown): RecordBody {
  return {
    type: 'run-end',
    status,
    ...(output === undefined ? {} : { output: output as Json }),
    ...(error === undefined ? {} : { error: serializeError(error) }),
  };
}

/** The output of a run that ended before, as it is on record. @throws the error that it ended with */
export function recordedResult(end: RunEndEvent): unknown {
  if (end.status === 'completed') return toPlain(end.output, {});
  throw end.error === undefined
    ? new EspalierError('run-failed', `Run '${end.runId}' ended ${end.status}.`)
    : deserializeError(end.error);
}

const runOver = (runId: string): EspalierError =>
  new EspalierError('run-settled', `Run '${runId}' has ended.`, { where: { runId } });
