import type { Observable } from 'rxjs';
import type { AuditOptions, RunAudit } from '../audit/audit.js';
import { workflowKey } from '../boot/boot.js';
import type { CompiledWorkflow } from '../boot/compiled-workflow.js';
import { milliseconds } from '../clock/duration.js';
import type { Engine } from '../engine/engine.js';
import { migratedRecords } from '../engine/migrated-records.js';
import { EspalierError } from '../errors/espalier-error.js';
import type { Event } from '../events/event.js';
import type { RuntimeServices } from '../execution/runtime-services.js';
import type { ForkOptions } from '../fork/fork-options.js';
import { planFork } from '../fork/plan-fork.js';
import type { ModelWidths } from '../graph/node-bounds.js';
import { describeGraph, type WorkflowPlan } from '../graph/plan.js';
import type { Workflow } from '../graph/workflow.js';
import type { RunSummary } from '../journal/journal.js';
import { checkedFilter, type RunFilter } from '../journal/run-filter.js';
import type { Memories } from '../memory/memories.js';
import type { AgentClass } from '../metadata/agent-class.js';
import { ownVersionOf } from '../migration/version-of.js';
import type { RequestPreview } from '../preview/preview.js';
import type { EngineHost } from '../remote/engine-host.js';
import { workflowOf } from '../remote/workflow-of.js';
import type { ReplayOptions, ReplayReport } from '../replay/replay-report.js';
import { toPlain } from '../schema/plain.js';
import { maskRecord } from '../sensitive/mask-record.js';
import { type OpenQuestion, openQuestions, type QuestionFilter } from '../suspension/open-questions.js';
import { threadOf } from '../thread/thread-of.js';
import { checkedThread } from '../thread/thread-options.js';
import type { ThreadEntry } from '../thread/thread-store.js';
import { type ChildHost, callChild } from './child-runs.js';
import { drainRuns } from './drain-runs.js';
import type { DrainOptions, Espalier, SignalOptions } from './espalier.js';
import { HeldRuns } from './held-runs.js';
import { IdleRuns } from './idle-runs.js';
import { assertNoLoop, type RecoveredRun, Recovery, type RecoveryHost } from './recovery.js';
import type { RecoveryPlan } from './recovery-options.js';
import { Requests } from './requests.js';
import type { Run, StartOptions } from './run.js';
import { RunControl } from './run-control.js';
import { checkedRunId } from './run-id.js';
import { StoredMemories } from './stored-memories.js';

/** What a runtime is given besides workflows and an engine. */
interface Surroundings extends Pick<RuntimeServices, 'clock' | 'random' | 'threads' | 'threadScope' | 'memory'> {
  /** Nothing where no run is to be recovered. */
  readonly recovery: RecoveryPlan | undefined;
  /** In milliseconds. */
  readonly layAsideAfter: number;
  readonly modelWidths: ModelWidths;
  /** Ends what was made for the workflows, once no run needs it any more. */
  readonly dispose: () => Promise<void>;
}

/** The runs of one process. */
export class Runtime implements Espalier {
  readonly memories: Memories;
  readonly engineHost: EngineHost;
  readonly #workflows: ReadonlyMap<string, CompiledWorkflow>;
  readonly #engine: Engine;
  readonly #services: RuntimeServices;
  readonly #held: HeldRuns;
  readonly #shared = new WeakMap<object, unknown>();
  readonly #modelWidths: ModelWidths;
  readonly #dispose: () => Promise<void>;
  readonly #requests: Requests;
  readonly #stopServing: () => void;
  readonly #recovery: Recovery | undefined;
  #disposed: Promise<void> | undefined;

  constructor(
    workflows: ReadonlyMap<string, CompiledWorkflow>,
    engine: Engine,
    { dispose, modelWidths, recovery, layAsideAfter, ...services }: Surroundings,
  ) {
    this.#workflows = workflows;
    this.#engine = engine;
    this.#modelWidths = modelWidths;
    this.#dispose = dispose;
    const { memory, threads, clock } = services;
    this.memories = new StoredMemories({ ...memory, threads, now: () => clock.now(), uuid });
    const host = this.#childHost();
    this.#services = {
      ...services,
      uuid,
      idle: new IdleRuns(clock, layAsideAfter),
      shared: (key, create) => this.#share(key, create),
      callChild: (attempt, call) => callChild(host, attempt, call),
    };
    this.#held = new HeldRuns(workflows, engine, this.#services);
    this.engineHost = {
      performAttempt: async (request, place) => {
        const { performAttempt } = await import('../remote/perform-attempt.js');
        return performAttempt(this.#services, workflowOf(workflows, request), request, place);
      },
    };
    this.#requests = new Requests({
      engine,
      clock,
      held: this.#held,
      adopt: (runId) => this.resume(runId),
    });
    this.#stopServing = this.#requests.serve();
    this.#recovery = recovery === undefined ? undefined : new Recovery(this.#recoveryHost(), recovery);
    this.#recovery?.begin();
  }

  start<I, O>(workflow: Workflow<I, O>, input: I, options: StartOptions = {}): Run<O> {
    const compiled = this.#compiled(workflow);
    if (this.#held.closed) {
      throw new EspalierError(
        'runtime-closed',
        `start('${workflow.name}'): the runtime is drained and takes no new runs.`,
      );
    }
    return this.#held.begin<O>(compiled, input, {
      runId: checkedRunId(options.runId ?? this.#services.uuid(), 'start({ runId })'),
      identity: toPlain(options.identity, { what: 'the identity given to start' }),
      threadId: checkedThread(options.threadId),
      parent: undefined,
      ledger: undefined,
      engineRun: undefined,
    });
  }

  async run<I, O>(workflow: Workflow<I, O>, input: I, options?: StartOptions): Promise<O> {
    return this.start(workflow, input, options).result;
  }

  async resume<O = unknown>(runId: string): Promise<Run<O>> {
    checkedRunId(runId, 'resume(runId)');
    this.#held.assertOpen(`resume('${runId}')`);
    return (await this.#held.resume(runId)) as RunControl<O>;
  }

  async fork<O = unknown>(runId: string, options: ForkOptions): Promise<Run<O>> {
    checkedRunId(runId, 'fork(runId)');
    this.#held.assertOpen(`fork('${runId}')`);
    const id = checkedRunId(options.runId ?? this.#services.uuid(), 'fork({ runId })');
    return this.#held.beginWith<O>(id, async () => {
      const { compiled, start, records } = await planFork(this.#workflows, await this.#engine.read(runId), options, id);
      this.#held.assertOpen(`fork('${runId}')`);
      return { compiled, engineRun: await this.#engine.openWith(start, records) };
    });
  }

  async replay(runId: string, { patience = '1s' }: ReplayOptions = {}): Promise<ReplayReport> {
    const most = milliseconds(patience, 'replay({ patience })');
    const records = await this.#engine.read(checkedRunId(runId, 'replay(runId)'));
    const compiled = ownVersionOf(this.#workflows, migratedRecords(records).start);
    const { replay } = await import('../replay/replay.js');
    return replay(compiled, records, this.#services, most);
  }

  async signal(runId: string, name: string, value: unknown, { node, by }: SignalOptions = {}): Promise<void> {
    return this.#requests.signal(checkedRunId(runId, 'signal(runId)'), { name, value, node, by });
  }

  async cancel(runId: string, reason = 'no reason given'): Promise<void> {
    return this.#requests.cancel(checkedRunId(runId, 'cancel(runId)'), reason);
  }

  events(runId: string, from?: number): Observable<Event> {
    return this.#engine.events(checkedRunId(runId, 'events(runId)'), from);
  }

  async history(runId: string, from = 0): Promise<readonly Event[]> {
    const records = await this.#engine.read(checkedRunId(runId, 'history(runId)'));
    return records.slice(Math.max(0, from)).map((record) => maskRecord(record));
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
    return auditRun(this.#engine, checkedRunId(runId, 'audit(runId)'), options);
  }

  async thread(threadId: string, { identity }: { readonly identity?: unknown } = {}): Promise<readonly ThreadEntry[]> {
    const { id, length, scope = '' } = await threadOf(this.#services, checkedThread(threadId) ?? '', identity);
    return this.#services.threads.read(scope + id, length);
  }

  async list(filter: RunFilter = {}): Promise<readonly RunSummary[]> {
    return this.#engine.list(checkedFilter(filter));
  }

  questions(filter: QuestionFilter = {}): AsyncIterable<OpenQuestion> {
    return openQuestions(this.#engine, checkedFilter(filter, 'questions'));
  }

  async drain({ timeout = '30s', release = '5s' }: DrainOptions = {}): Promise<readonly string[]> {
    const times = {
      timeout: milliseconds(timeout, 'drain({ timeout })'),
      release: milliseconds(release, 'drain({ release })'),
    };
    this.#held.close();
    try {
      const recovered = this.#recovery?.stop();
      return await drainRuns(this.#held, recovered, this.#services.clock, times);
    } finally {
      this.#stopServing();
      this.#engine.stopFollowing();
      this.#disposed ??= this.#dispose();
      await this.#disposed;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain();
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

  #recoveryHost(): RecoveryHost {
    const workflows = new Set([...this.#workflows.values()].map(({ workflow }) => workflow.name));
    return {
      engine: this.#engine,
      clock: this.#services.clock,
      random: () => this.#services.random(),
      knows: (workflow) => workflows.has(workflow),
      holds: (runId) => this.#held.has(runId),
      recover: (runId) => this.#recover(runId),
      cancel: (runId, reason) => this.#requests.cancel(runId, reason),
    };
  }

  async #recover(runId: string): Promise<RecoveredRun> {
    const rests = Promise.withResolvers<void>();
    const onRest = (resting: boolean): void => {
      if (resting) rests.resolve();
    };
    const { end } = await this.#held.take(runId, { onRest }, ({ crashes }) => assertNoLoop(runId, crashes));
    return { underWay: Promise.race([rests.promise, end]).then(() => {}) };
  }

  #childHost(): ChildHost {
    const held = (): HeldRuns => this.#held;
    return {
      engine: this.#engine,
      get closed() {
        return held().closed;
      },
      compiled: (workflow) => this.#compiled(workflow),
      control: (compiled, input, options) => held().begin(compiled, input, options),
      adopt: (runId, options) => held().take(runId, options),
    };
  }

  #share<T>(key: object, create: () => T): T {
    if (!this.#shared.has(key)) this.#shared.set(key, create());
    return this.#shared.get(key) as T;
  }
}

/** A random UUID. V8 keeps it as the twenty pieces that it was put together from, 500 bytes of them, until it is searched. */
function uuid(): string {
  const id = globalThis.crypto.randomUUID();
  id.indexOf('.');
  return id;
}
