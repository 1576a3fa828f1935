import type { Observable } from 'rxjs';
import type { AuditOptions, RunAudit } from '../audit/audit.js';
import { workflowKey } from '../boot/boot.js';
import type { CompiledWorkflow } from '../boot/compiled-workflow.js';
import { milliseconds } from '../clock/duration.js';
import type { Engine, EngineRun } from '../engine/engine.js';
import { EspalierError } from '../errors/espalier-error.js';
import type { Event } from '../events/event.js';
import type { RuntimeServices } from '../execution/runtime-services.js';
import type { ModelWidths } from '../graph/node-bounds.js';
import type { ForkOptions } from '../fork/fork-options.js';
import { planFork } from '../fork/plan-fork.js';
import { describeGraph, type WorkflowPlan } from '../graph/plan.js';
import type { Workflow } from '../graph/workflow.js';
import type { Memories } from '../memory/memories.js';
import type { RunSummary } from '../journal/journal.js';
import type { AgentClass } from '../metadata/agent-class.js';
import { migrateHeld } from '../migration/migrate-held.js';
import { migratedRecords } from '../migration/migrated-records.js';
import { ownVersionOf, versionOf } from '../migration/version-of.js';
import type { RequestPreview } from '../preview/preview.js';
import type { ReplayOptions, ReplayReport } from '../replay/replay-report.js';
import { toPlain } from '../schema/plain.js';
import { signalRun } from '../suspension/signal-run.js';
import { checkedThread } from '../thread/thread-options.js';
import type { ThreadEntry } from '../thread/thread-store.js';
import { type ChildHost, type ChildOptions, callChild } from './child-runs.js';
import { drainRuns } from './drain-runs.js';
import type { DrainOptions, Espalier, SignalOptions } from './espalier.js';
import type { Run, StartOptions } from './run.js';
import { RunControl, type RunControlOptions } from './run-control.js';

import { StoredMemories } from './stored-memories.js';
/** What a runtime is given besides workflows and an engine. */
interface Surroundings extends Pick<RuntimeServices, 'clock' | 'random' | 'threads' | 'memory'> {
  readonly modelWidths: ModelWidths;
  /** Ends what was made for the workflows, once no run needs it any more. */
  readonly dispose: () => Promise<void>;
}

/** The runs of one process. */
export class Runtime implements Espalier {
  readonly #workflows: ReadonlyMap<string, CompiledWorkflow>;
  readonly memories: Memories;
  readonly #engine: Engine;
  readonly #services: RuntimeServices;
  readonly #runs = new Map<string, RunControl>();
  readonly #shared = new WeakMap<object, unknown>();
  readonly #modelWidths: ModelWidths;
  readonly #dispose: () => Promise<void>;
  #disposed: Promise<void> | undefined;
  #closed = false;

  constructor(
    workflows: ReadonlyMap<string, CompiledWorkflow>,
    engine: Engine,
    { dispose, modelWidths, ...services }: Surroundings,
  ) {
    this.#workflows = workflows;
    this.#engine = engine;
    this.#modelWidths = modelWidths;
    this.#dispose = dispose;
    const host = this.#childHost();
    const { memory, threads, clock } = services;
    this.memories = new StoredMemories({ ...memory, threads, now: () => clock.now(), uuid });
    this.#services = {
      ...services,
      uuid,
      shared: (key, create) => this.#share(key, create),
      callChild: (attempt, call) => callChild(host, attempt, call),
    };
  }

  start<I, O>(workflow: Workflow<I, O>, input: I, options: StartOptions = {}): Run<O> {
    const compiled = this.#compiled(workflow);
    if (this.#closed) {
      throw new EspalierError(
        'runtime-closed',
        `start('${workflow.name}'): the runtime is drained and takes no new runs.`,
      );
    }
    return this.#control<O>(compiled, input, {
      runId: options.runId ?? this.#services.uuid(),
      identity: toPlain(options.identity, { what: 'the identity given to start' }),
      threadId: checkedThread(options.threadId),
      parent: undefined,
      ledger: undefined,
      engineRun: undefined,
    });
  }

  run<I, O>(workflow: Workflow<I, O>, input: I, options?: StartOptions): Promise<O> {
    return this.start(workflow, input, options).result;
  }

  async resume<O = unknown>(runId: string): Promise<Run<O>> {
    if (this.#closed) throw new EspalierError('runtime-closed', `resume('${runId}'): the runtime is drained.`);
    return this.#adopt<O>(runId, { identity: undefined, parent: undefined, ledger: undefined });
  }

  async fork<O = unknown>(runId: string, options: ForkOptions): Promise<Run<O>> {
    this.#assertOpen(`fork('${runId}')`);
    const id = options.runId ?? this.#services.uuid();
    const { compiled, start, records } = await planFork(this.#workflows, await this.#engine.read(runId), options, id);
    this.#assertOpen(`fork('${runId}')`);
    const engineRun = await this.#engine.openWith(start, records);
    try {
      this.#assertOpen(`fork('${runId}')`);
      const alone = { identity: undefined, parent: undefined, ledger: undefined };
      return this.#control<O>(compiled, undefined, { runId: id, ...alone, engineRun });
    } catch (error) {
      await closeQuietly(engineRun);
      throw error;
    }
  }

  async replay(runId: string, { patience = '1s' }: ReplayOptions = {}): Promise<ReplayReport> {
    const most = milliseconds(patience, 'replay({ patience })');
    const records = await this.#engine.read(runId);
    const compiled = ownVersionOf(this.#workflows, migratedRecords(records).start);
    const { replay } = await import('../replay/replay.js');
    return replay(compiled, records, this.#services, most);
  }

  async signal(runId: string, name: string, value: unknown, { node }: SignalOptions = {}): Promise<void> {
    const execution = await this.#runs.get(runId)?.opened();
    return signalRun(this.#engine, execution, { runId, name, value, node });
  }

  events(runId: string, from?: number): Observable<Event> {
    return this.#engine.events(runId, from);
  }

  describe(workflow: Workflow): WorkflowPlan {
    return describeGraph(this.#compiled(workflow).graph, this.#modelWidths);
  }

  async preview(agent: AgentClass, ...args: readonly unknown[]): Promise<RequestPreview> {
    const { previewAgent } = await import('../preview/preview-agent.js');
    return previewAgent(this.#workflows.values(), agent, args);
  }

  async audit(runId: string, options?: AuditOptions): Promise<RunAudit> {
    const { auditRun } = await import('../audit/audit-run.js');
    return auditRun(this.#engine, runId, options);
  }

  async thread(threadId: string): Promise<readonly ThreadEntry[]> {
    return this.#services.threads.read(threadId);
  }

  async list(): Promise<readonly RunSummary[]> {
    return this.#engine.list();
  }

  async drain({ timeout = '30s', release = '5s' }: DrainOptions = {}): Promise<readonly string[]> {
    const times = {
      timeout: milliseconds(timeout, 'drain({ timeout })'),
      release: milliseconds(release, 'drain({ release })'),
    };
    this.#closed = true;
    try {
      return await drainRuns(this.#runs, this.#services.clock, times);
    } finally {
      this.#disposed ??= this.#dispose();
      await this.#disposed;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain();
  }

  #assertOpen(what: string): void {
    if (this.#closed) throw new EspalierError('runtime-closed', `${what}: the runtime is drained.`);
  }

  #compiled(workflow: Workflow<never, unknown> | Workflow): CompiledWorkflow {
    const compiled = this.#workflows.get(workflowKey(workflow));
    if (compiled?.workflow === workflow) return compiled;
    const known = [...this.#workflows.keys()].join(', ') || 'none';
    throw new EspalierError(
      'workflow-unknown',
      `Workflow '${workflow.name}' version ${workflow.version} is not registered; registered: ${known}.`,
      { hint: 'Add it to `workflows` of createEspalier.', where: { workflow: workflow.name } },
    );
  }

  #control<O>(compiled: CompiledWorkflow, input: unknown, options: Omit<RunControlOptions, 'onEnd'>): RunControl<O> {
    const { runId } = options;
    if (this.#runs.has(runId)) {
      throw new EspalierError('run-exists', `Run '${runId}' is running in this process already.`, { where: { runId } });
    }
    const onEnd = (): void => {
      this.#runs.delete(runId);
    };
    const run = new RunControl<O>(this.#services, this.#engine, compiled, input, { ...options, onEnd });
    this.#runs.set(runId, run as RunControl);
    return run;
  }

  async #adopt<O>(runId: string, options: ChildOptions): Promise<RunControl<O>> {
    const engineRun = await this.#engine.reopen(runId);
    try {
      const history = engineRun.history as NonNullable<typeof engineRun.history>;
      if (this.#closed) throw new EspalierError('runtime-closed', `resume('${runId}'): the runtime is drained.`);
      if (history.ended)
        throw new EspalierError('run-settled', `Run '${runId}' has already ended.`, { where: { runId } });
      const { compiled, migrates } = versionOf(this.#workflows, history.start);
      if (migrates) await migrateHeld(this.#engine, engineRun, compiled);
      return this.#control<O>(compiled, undefined, { runId, ...options, engineRun });
    } catch (error) {
      await closeQuietly(engineRun);
      throw error;
    }
  }

  #childHost(): ChildHost {
    const closed = (): boolean => this.#closed;
    return {
      engine: this.#engine,
      get closed() {
        return closed();
      },
      compiled: (workflow) => this.#compiled(workflow),
      control: (compiled, input, options) => this.#control(compiled, input, options),
      adopt: (runId, options) => this.#adopt(runId, options),
    };
  }

  #share<T>(key: object, create: () => T): T {
    if (!this.#shared.has(key)) this.#shared.set(key, create());
    return this.#shared.get(key) as T;
  }
}

/** Gives a run back where something else has failed, which is what to tell. */
async function closeQuietly(engineRun: EngineRun): Promise<void> {
  try {
    await engineRun.close();
  } catch {
    // Its lease ends by itself, or by hand.
  }
}

/** A random UUID. V8 keeps it as the twenty pieces that it was put together from, 500 bytes of them, until it is searched. */
function uuid(): string {
  const id = globalThis.crypto.randomUUID();
  id.indexOf('.');
  return id;
}
