import type {
  JournalRecord,
  ModelStartEvent,
  NodeEndEvent,
  NodeFallbackEvent,
  NodeFanOutEvent,
  NodeRetryEvent,
  NodeSkipEvent,
  NodeSuspendEvent,
  StepRecord,
  ToolStartEvent,
} from '../events/event.js';

/** How an attempt came out, by the record. */
export type Conclusion = NodeRetryEvent | NodeFallbackEvent | NodeEndEvent;

export type BegunStep = ModelStartEvent | ToolStartEvent | NodeSuspendEvent;

/** A step on record. */
export interface RecordedStep {
  readonly attempt: number;
  /** What was asked, where that is recorded: of a step that was made again after a crash, the newest time. */
  begun: BegunStep | undefined;
  result: StepRecord | undefined;
  /** `seq` of its first record. */
  readonly seq: number;
  /** The code has come to it. */
  asked: boolean;
  delivered: boolean;
  /** Whoever waits for its turn. */
  deliver: (() => void) | undefined;
}

/**
 * What is on record of one run of a node: of a node, an item, an iteration or a nested agent, with what agents did that it
 * handed its conversation to.
 */
export class RecordedPath {
  readonly path: string;
  /** Attempts that began: by number, the `seq` of the first start. */
  readonly starts = new Map<number, number>();
  readonly conclusions = new Map<number, Conclusion>();
  readonly steps = new Map<string, RecordedStep>();
  readonly modelStarts: ModelStartEvent[] = [];
  end: NodeEndEvent | NodeSkipEvent | undefined;
  fanOut: NodeFanOutEvent | undefined;
  /** The attempt that is made. */
  current = 0;
  /** The code waits in it for what has no result on record. */
  unanswered = false;
  /** Ends the attempt with the failure on record. */
  fail: ((conclusion: Conclusion) => void) | undefined;
  /** Index of the next result that is due. */
  next = 0;
  /** How many steps wait for their turn. */
  waiting = 0;
  isDelivering = false;
  #results: RecordedStep[] | undefined;
  #inside: Map<string, RecordedStep[]> | undefined;

  constructor(path: string) {
    this.path = path;
  }

  add(record: JournalRecord & { readonly node: string }): void {
    switch (record.type) {
      case 'node-start':
        if (!this.starts.has(record.attempt)) this.starts.set(record.attempt, record.seq);
        break;
      case 'node-fan-out':
        this.fanOut = record;
        break;
      case 'node-retry':
      case 'node-fallback':
        this.conclusions.set(record.attempt, record);
        break;
      case 'node-end':
        if (record.status === 'cancelled') break;
        this.end = record;
        if (!this.conclusions.has(record.attempt)) this.conclusions.set(record.attempt, record);
        break;
      case 'node-skip':
        this.end = record;
        break;
      case 'model-start':
        this.modelStarts.push(record);
        this.#step(record).begun = record;
        break;
      case 'tool-start':
      case 'node-suspend':
        this.#step(record).begun = record;
        break;
      case 'model-end':
        if (record.aborted !== true) this.#step(record).result = record;
        break;
      case 'tool-end':
      case 'step-end':
      case 'node-resume':
        this.#step(record).result = record;
        break;
      default:
        break;
    }
  }

  step(key: { readonly node: string; readonly attempt: number; readonly step: string }): RecordedStep | undefined {
    return this.steps.get(idOf(key));
  }

  /** Steps with results, in the order in which these came. */
  get results(): readonly RecordedStep[] {
    this.#results ??= [...this.steps.values()]
      .filter(({ result }) => result !== undefined)
      .sort((a, b) => (a.result as StepRecord).seq - (b.result as StepRecord).seq);
    return this.#results;
  }

  /** What a step has read and written of memories and notes: a tool call, however often it was tried, or a `ctx.step`. */
  inside(key: { readonly node: string; readonly attempt: number; readonly step: string }): readonly RecordedStep[] {
    this.#inside ??= this.#stepsInside();
    const steps = this.#inside.get(`${key.node}\n${key.step}`) ?? [];
    return key.attempt === 0 ? steps : steps.filter(({ attempt }) => attempt === key.attempt);
  }

  #stepsInside(): Map<string, RecordedStep[]> {
    const inside = new Map<string, RecordedStep[]>();
    for (const step of this.results) {
      const { node, step: name } = step.result as StepRecord;
      const [, outer] = /^(.*?)(?:~\d+)?\/(?:memory|notes):/s.exec(name) ?? [];
      if (outer === undefined) continue;
      const key = `${node}\n${outer}`;
      const others = inside.get(key);
      if (others === undefined) inside.set(key, [step]);
      else others.push(step);
    }
    return inside;
  }

  /** The steps of an attempt, and those for the node as a whole that it came to first. */
  stepsOf(attempt: number): readonly RecordedStep[] {
    const from = this.starts.get(attempt) ?? 0;
    const to = this.starts.get(attempt + 1) ?? Number.POSITIVE_INFINITY;
    return [...this.steps.values()].filter(
      (step) => step.attempt === attempt || (step.attempt === 0 && step.seq >= from && step.seq < to),
    );
  }

  /** The conclusion of the attempt that is made. */
  get conclusion(): Conclusion | undefined {
    return this.conclusions.get(this.current);
  }

  #step(
    record:
      | BegunStep
      | StepRecord
      | (JournalRecord & { readonly step: string; readonly node: string; readonly attempt: number }),
  ): RecordedStep {
    const id = idOf(record);
    let step = this.steps.get(id);
    if (step === undefined) {
      const { attempt, seq } = record;
      step = { attempt, seq, begun: undefined, result: undefined, asked: false, delivered: false, deliver: undefined };
      this.steps.set(id, step);
    }
    return step;
  }
}

const idOf = ({ node, attempt, step }: { readonly node: string; readonly attempt: number; readonly step: string }) =>
  `${node}\n${attempt}\n${step}`;
