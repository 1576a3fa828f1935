import type {
  JournalRecord,
  NodeResumeEvent,
  NodeSuspendEvent,
  RunEndEvent,
  RunStartEvent,
  StepEndEvent,
  ToolEndEvent,
  ToolStartEvent,
} from '../events/event.js';
import type { RunSummary } from '../journal/journal.js';
import type {
  AuditedChild,
  AuditedFailure,
  AuditedHolder,
  AuditedMigration,
  AuditedQuestion,
  AuditedStep,
  AuditedToolCall,
  RunAudit,
} from './audit.js';
import { ModelAudit } from './audited-models.js';
import { SpendingAudit } from './audited-spending.js';
import { placeOf, stepKey, type Writable } from './place-of.js';

/** Reads the records of a run once, in order, and puts together what is told of it. */
export class RunAuditor {
  readonly #run: RunSummary;
  /** Nothing where the first record is not as it was written. */
  #start: RunStartEvent | undefined;
  #end: RunEndEvent | undefined;
  readonly #holders: AuditedHolder[] = [];
  readonly #migrations: AuditedMigration[] = [];
  readonly #models = new ModelAudit();
  readonly #spending = new SpendingAudit();
  readonly #steps: AuditedStep[] = [];
  readonly #children: AuditedChild[] = [];
  readonly #failures: AuditedFailure[] = [];
  /** By step: the newest of it. */
  readonly #tools = new Map<string, Writable<AuditedToolCall>>();
  readonly #toolCalls: AuditedToolCall[] = [];
  readonly #asked = new Map<string, Writable<AuditedQuestion>>();
  readonly #questions: AuditedQuestion[] = [];

  constructor(run: RunSummary) {
    this.#run = run;
  }

  add(record: JournalRecord): void {
    let model: string | undefined;
    switch (record.type) {
      case 'run-start':
        this.#start = record;
        this.#hold(record);
        break;
      case 'run-resume':
        this.#hold(record);
        break;
      case 'run-migrate': {
        const { seq, time, version, fingerprint } = record;
        this.#migrations.push({ seq, time, version, fingerprint });
        break;
      }
      case 'run-end':
        this.#end = record;
        break;
      case 'model-start':
        this.#models.start(record);
        break;
      case 'model-end':
        model = this.#models.end(record);
        break;
      default:
        this.#addOfNode(record);
    }
    this.#spending.add(record, model);
  }

  #addOfNode(record: JournalRecord): void {
    switch (record.type) {
      case 'tool-start':
        this.#toolStart(record);
        break;
      case 'tool-end':
        this.#toolEnd(record);
        break;
      case 'node-suspend':
        this.#suspend(record);
        break;
      case 'node-resume':
        this.#resume(record);
        break;
      case 'step-end':
        this.#step(record);
        break;
      case 'node-retry':
        this.#failures.push({ ...placeOf(record), kind: 'retry', error: record.error });
        break;
      case 'node-fallback': {
        const { error, fallback } = record;
        this.#failures.push({ ...placeOf(record), kind: 'fallback', error, fallback });
        break;
      }
      case 'node-end':
        if (record.error !== undefined) {
          this.#failures.push({ ...placeOf(record), kind: 'failed', error: record.error });
        }
        break;
      default:
    }
  }

  #hold({ seq, time, owner, ...rest }: { seq: number; time: number; owner?: string; expired?: true }): void {
    if (owner === undefined) return;
    this.#holders.push({ seq, time, owner, ...(rest.expired === true ? { expired: true } : {}) });
  }

  #toolStart(record: ToolStartEvent): void {
    const open = this.#tools.get(stepKey(record));
    if (open !== undefined && open.duration === undefined) {
      open.begun += 1;
      return;
    }
    const { tool, callId, arguments: args } = record;
    const call = { ...placeOf(record), begun: 1, tool, callId, arguments: args };
    this.#toolCalls.push(call);
    this.#tools.set(stepKey(record), call);
  }

  #toolEnd(record: ToolEndEvent): void {
    const call = this.#tools.get(stepKey(record));
    if (call === undefined) return;
    if (record.value !== undefined) call.outcome = record.value;
    if (record.error !== undefined) call.error = record.error;
    call.duration = record.time - call.time;
  }

  /** A wait for a time asks nobody. */
  #suspend(record: NodeSuspendEvent): void {
    const { signal, request, until, step } = record;
    if (signal === undefined) return;
    const ofTool = /^(.+)\/approval(?:#\d+)?$/.exec(step)?.[1];
    const call = ofTool === undefined ? undefined : this.#tools.get(stepKey({ ...record, step: ofTool }));
    const question: Writable<AuditedQuestion> = {
      ...placeOf(record),
      kind: call === undefined ? 'signal' : 'approval',
      signal,
      ...(request === undefined ? {} : { request }),
      ...(until === undefined ? {} : { until }),
    };
    if (call !== undefined) call.approval = question;
    this.#questions.push(question);
    this.#asked.set(stepKey(record), question);
  }

  #resume(record: NodeResumeEvent): void {
    const question = this.#asked.get(stepKey(record));
    if (question === undefined) return;
    const { seq, time, by, value, error } = record;
    question.answer = {
      seq,
      time,
      ...(by === undefined ? {} : { by }),
      ...(value === undefined ? {} : { value }),
      ...(error === undefined ? {} : { error }),
    };
  }

  #step(record: StepEndEvent): void {
    const { runId, node, attempt, step, value, error, spent = {} } = record;
    if (step.startsWith('step:')) {
      const name = step.slice('step:'.length);
      this.#steps.push({ ...placeOf(record), name, ...present({ value, error }) });
    } else if (step.startsWith('call:')) {
      const caller = attempt === 1 ? node : `${node}#${attempt}`;
      this.#children.push({
        ...placeOf(record),
        runId: `${runId}/${caller}/${step}`,
        ...(value === undefined ? {} : { output: value }),
        ...(error === undefined ? {} : { error }),
        spent: { tokens: 0, modelCalls: 0, toolCalls: 0, cost: 0, ...spent },
      });
    }
  }

  get audit(): Omit<RunAudit, 'toString' | 'chain'> {
    const { runId, workflow, version, startedAt } = this.#run;
    const { fingerprint, identity, input, thread, parent, fork }: Partial<RunStartEvent> = this.#start ?? {};
    const end = this.#end;
    return {
      runId,
      workflow: { name: workflow, version, ...present({ fingerprint }) },
      migrations: this.#migrations,
      startedAt,
      ...present({ identity, input, thread: thread?.id, parent, fork }),
      ...present({ status: end?.status, endedAt: end?.time, output: end?.output, error: end?.error }),
      holders: this.#holders,
      questions: this.#questions,
      modelCalls: this.#models.calls,
      toolCalls: this.#toolCalls,
      steps: this.#steps,
      children: this.#children,
      failures: this.#failures,
      spent: this.#spending.spent,
    };
  }
}

type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Only the fields that have a value. */
function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
}
