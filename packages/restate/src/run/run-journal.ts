import {
  type Answer,
  EspalierError,
  type Journal,
  type JournalRecord,
  type Lease,
  type PostedRequest,
  type RunEndEvent,
  type RunReply,
  type RunRequests,
  type RunStartEvent,
  type RunSummary,
} from '@espalier/core';
import type { CommandLoop } from '../loop/command-loop.js';
import type { KeptSummary, TimedRequest } from '../wire.js';
import type { RunClock } from './run-clock.js';
import { names } from './state-names.js';

/**
 * The journal of the one run that an invocation holds. Records go into the state of the run's key, those of a turn together.
 * On a replay, nobody reads them there: Restate's journal makes the run come to the same records again.
 */
export class RunJournal implements Journal {
  readonly requests: RunRequests;
  readonly #loop: CommandLoop;
  readonly #clock: RunClock;
  readonly #runId: string;
  readonly #answers = new Map<string, Answer>();
  readonly #answerListeners = new Set<(answer: Answer) => void>();
  #requestListener: ((posted: PostedRequest) => void) | undefined;
  readonly #records: JournalRecord[] = [];
  /** How many of them are written. */
  #written = 0;
  #summary: KeptSummary | undefined;
  #isSummaryNew = false;
  #ended = false;

  constructor(loop: CommandLoop, clock: RunClock, runId: string) {
    this.#loop = loop;
    this.#clock = clock;
    this.#runId = runId;
    this.requests = {
      post: notHere,
      onReply: notHere,
      withdraw: notHere,
      onRequest: (listener) => {
        this.#requestListener = listener;
        return () => {};
      },
      reply: (id, reply) => this.#reply(id, reply),
    };
  }

  get ended(): boolean {
    return this.#ended;
  }

  create(start: RunStartEvent, owner: string, taken: readonly JournalRecord[] = []): Lease {
    const { runId, workflow, version, time, parent, fork } = start;
    this.#summary = {
      ...{ runId, workflow, version, startedAt: time },
      ...(parent === undefined ? {} : { parent: parent.runId }),
      ...(fork === undefined ? {} : { forkedFrom: fork.runId }),
    };
    this.#isSummaryNew = true;
    this.#records.push(start, ...taken);
    this.#listen(1);
    return { runId, owner, token: 1 };
  }

  append(_lease: Lease, record: JournalRecord): void {
    if (this.#ended) throw settled(this.#runId);
    this.#records.push(record);
    if (record.type === 'run-end') this.#end(record);
  }

  answer(_runId: string, answer: Answer): boolean {
    const key = answerKey(answer);
    if (this.#answers.has(key)) return false;
    this.#answers.set(key, answer);
    for (const listener of [...this.#answerListeners]) listener(answer);
    return true;
  }

  answered(_runId: string, node: string, step: string): Answer | undefined {
    return this.#answers.get(answerKey({ node, step }));
  }

  onAnswer(_runId: string, listener: (answer: Answer) => void): () => void {
    this.#answerListeners.add(listener);
    return () => this.#answerListeners.delete(listener);
  }

  rest(): void {}

  release(): void {}

  acquire(runId: string): never {
    throw new EspalierError('run-owned', `Run '${runId}' is held by an invocation.`, { where: { runId } });
  }

  read(_runId: string, from = 0): readonly JournalRecord[] {
    return this.#records.slice(from);
  }

  find(): RunSummary | undefined {
    const owned = !this.#ended;
    return this.#summary === undefined ? undefined : { ...this.#summary, ended: this.#ended, owned };
  }

  list = notHere;

  /** Writes what was recorded since the last turn. */
  flush(): void {
    const records = this.#records.slice(this.#written);
    const [first] = records;
    if (first === undefined) return;
    this.#written = this.#records.length;
    this.#loop.send((context) => context.set(names.records(first.seq), records));
    const summary = this.#summary;
    if (!this.#isSummaryNew || summary === undefined) return;
    this.#isSummaryNew = false;
    this.#loop.send((context) => context.set(names.summary, summary));
  }

  #end({ status }: RunEndEvent): void {
    this.#ended = true;
    this.#isSummaryNew = true;
    this.#summary = { ...(this.#summary as KeptSummary), status };
  }

  /** Takes what is asked of the run, one after another: the next place is free once this one is taken. */
  #listen(number: number): void {
    this.#loop.issue(
      (context) => context.promise<TimedRequest>(names.request(number)).get(),
      ({ request, time }) => {
        this.#loop.send((context) => context.set(names.asked, number));
        this.#clock.reach(time);
        this.#listen(number + 1);
        this.#requestListener?.({ id: String(number), runId: this.#runId, request });
      },
      () => {},
    );
  }

  #reply(id: string, reply: RunReply): void {
    this.#loop.send((context) => void context.promise<RunReply>(names.reply(Number(id))).resolve(reply));
  }
}

const answerKey = ({ node, step }: Pick<Answer, 'node' | 'step'>): string => JSON.stringify([node, step]);

const settled = (runId: string): EspalierError =>
  new EspalierError('run-settled', `Run '${runId}' has ended: nothing can be appended to it.`, { where: { runId } });

/** Whoever holds a run asks this of nobody. */
function notHere(): never {
  throw new EspalierError('run-unknown', 'The invocation that holds a run knows no other.');
}
