// `await using` needs a library that TypeScript does not load by itself for any target before ESNext.
/// <reference lib="esnext.disposable" preserve="true" />
import type { Observable } from 'rxjs';
import type { AuditOptions, RunAudit } from '../audit/audit.js';
import type { Duration } from '../clock/duration.js';
import type { Event } from '../events/event.js';
import type { ForkOptions } from '../fork/fork-options.js';
import type { WorkflowPlan } from '../graph/plan.js';
import type { Workflow } from '../graph/workflow.js';
import type { RunSummary } from '../journal/journal.js';
import type { RunFilter } from '../journal/run-filter.js';
import type { Memories } from '../memory/memories.js';
import type { AgentClass } from '../metadata/agent-class.js';
import type { InputsOf, PreviewOptions, RequestPreview } from '../preview/preview.js';
import type { EngineHost } from '../remote/engine-host.js';
import type { ReplayOptions, ReplayReport } from '../replay/replay-report.js';
import type { OpenQuestion, QuestionFilter } from '../suspension/open-questions.js';
import type { ThreadEntry } from '../thread/thread-store.js';
import type { Run, StartOptions } from './run.js';

export interface DrainOptions {
  /** How long running nodes may take to finish before they are parked too. @default '30s' */
  readonly timeout?: Duration;
  /** How long the journal may take after that to keep what is under way and to take the runs back. @default '5s' */
  readonly release?: Duration;
}

export interface SignalOptions {
  /** Path of the node that waits, where several wait for signals of one name. */
  readonly node?: string;
  /** Who answers: plain data that is recorded with the answer. */
  readonly by?: unknown;
}

/** The runtime: proven workflows, ready to run. */
export interface Espalier extends AsyncDisposable {
  /** For engines that make attempts of nodes in other processes than the one that holds their run. */
  readonly engineHost: EngineHost;
  /**
   * Starts a run. It goes on whether or not anybody looks at it.
   * @throws workflow-unknown, runtime-closed
   */
  start<I, O>(workflow: Workflow<I, O>, input: NoInfer<I>, options?: StartOptions): Run<O>;
  /** Starts a run and waits for its result. */
  run<I, O>(workflow: Workflow<I, O>, input: NoInfer<I>, options?: StartOptions): Promise<O>;
  /**
   * Goes on with a run that nobody holds: what is on record is not done again. Of a run that goes on here already, it gives
   * the handle. Runs are recovered by themselves, see `recovery` of `createEspalier`: this is for those that were not.
   * @throws run-unknown, run-owned, run-settled, run-changed, workflow-unknown, migration-failed, migration-invalid
   */
  resume<O = unknown>(runId: string): Promise<Run<O>>;
  /**
   * Starts a new run that goes another way from one node on: what is on record of all that does not depend on it is kept. The
   * run that it is forked from is only read, whether it runs, rests or has ended.
   * @throws fork-invalid, run-unknown, run-exists, input-invalid, not-plain-data; run-changed, workflow-unknown,
   * migration-failed and migration-invalid, as in `resume`; runtime-closed, and then nothing has begun
   * @example
   * const run = await espalier.fork<Report>(runId, { from: Writer, outputs: [override(Researcher, findings)] });
   */
  fork<O = unknown>(runId: string, options: ForkOptions): Promise<Run<O>>;
  /**
   * Does a run again from its record, to find where the code does something else now. No model, tool or step is performed and
   * nothing is written; time and randomness are those on record. A run that has not ended is replayed as far as it came.
   * @throws run-unknown, run-changed, workflow-unknown
   * @example
   * const { diverged } = await espalier.replay(runId);
   * if (diverged !== undefined) console.log(diverged.message);
   */
  replay(runId: string, options?: ReplayOptions): Promise<ReplayReport>;
  /**
   * Answers what a node of a run waits for, at most once. The run need not be held by this process: one that does is asked, and
   * a run that nobody holds goes on here.
   * @param name the name given to `ctx.waitFor`, or the step of a tool call that waits for approval
   * @throws signal-unknown, signal-invalid, signal-answered, run-unknown, request-unanswered; where the run has to go on here,
   * run-changed, workflow-unknown, migration-failed, migration-invalid and runtime-closed, as in `resume`; run-owned where the
   * store cannot ask the process that holds the run
   */
  signal(runId: string, name: string, value: unknown, options?: SignalOptions): Promise<void>;
  /**
   * Cancels a run, whoever holds it. Resolves when its end is recorded.
   * @param reason told in the run's error
   * @throws run-unknown, run-settled where it has ended otherwise, request-unanswered
   */
  cancel(runId: string, reason?: string): Promise<void>;
  /**
   * The events of any run in the journal, from a position on. They complete after its end; when this runtime is drained, with
   * what is on record then.
   */
  events(runId: string, from?: number): Observable<Event>;
  /**
   * What is on record of any run in the journal, from a position on, with sensitive data masked: read once, not followed.
   * @throws run-unknown
   */
  history(runId: string, from?: number): Promise<readonly Event[]>;
  /** What the proof knows of a workflow: nodes, edges, policies and the worst case. */
  describe(workflow: Workflow): WorkflowPlan;
  /**
   * The exact request that an agent would send to its model first. Nothing is sent: its `run()` is called up to there.
   * @param inputs what the agent depends on, in declared order, and then options
   * @throws preview-blocked where `run()` comes to an effect first; agent-unknown, model-not-declared
   * @example
   * const { request } = await espalier.preview(Writer, findings, verdict);
   * console.log(String(await espalier.preview(Writer, findings, verdict))); // to read
   */
  preview<A extends AgentClass>(
    agent: A,
    ...inputs: readonly [...InputsOf<A>, PreviewOptions?]
  ): Promise<RequestPreview>;
  /** Memories and notes outside of runs. */
  readonly memories: Memories;
  /**
   * What the journal knows of a run, whether it runs, rests or has ended: who started and answered what, which model said
   * what, what tools did, what failed, what was spent; and whether the records are as they were written, where the store
   * keeps a chain of hashes. Sensitive data is masked, unless it is asked for.
   * @throws run-unknown
   * @example
   * const audit = await espalier.audit(runId);
   * console.log(String(audit)); // to read
   */
  audit(runId: string, options?: AuditOptions): Promise<RunAudit>;
  /**
   * What was said in a thread, oldest first: turns, and summaries of those before them.
   * @param options.identity whose thread it is, where `threadScope` says that threads are somebody's
   * @throws memory-scope-missing
   */
  thread(threadId: string, options?: { readonly identity?: unknown }): Promise<readonly ThreadEntry[]>;
  /**
   * The runs in the journal, without reading them: all, or those that a filter names.
   * @throws option-invalid, run-unknown for `after`
   * @example const stuck = await espalier.list({ ended: false, newest: true, limit: 20 });
   */
  list(filter?: RunFilter): Promise<readonly RunSummary[]>;
  /**
   * What runs of the journal wait for an answer to, whoever holds them, in the order in which the runs began: for a page on
   * which people answer. Runs are read one after another, as the loop goes on. Damaged ones are left out.
   * @example
   * for await (const { runId, signal, request } of espalier.questions({ workflow: 'refund' })) show(runId, signal, request);
   */
  questions(filter?: QuestionFilter): AsyncIterable<OpenQuestion>;
  /**
   * Takes no new runs, lets running nodes finish, parks what is left and gives all runs back. What is under way, such as a
   * `resume`, is waited for.
   * Then ends what was injected: `@preDestroy` methods and `Symbol.asyncDispose` of what Espalier has made.
   * `await using espalier = await createEspalier(…)` does the same at the end of its block.
   * @returns the ids of the runs that were parked
   * @throws drain-incomplete when the journal does not answer in time; dispose-failed when something could not be ended
   */
  drain(options?: DrainOptions): Promise<readonly string[]>;
}
