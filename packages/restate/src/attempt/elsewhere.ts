import {
  type Answer,
  type AttemptControl,
  type AttemptRequest,
  type AttemptResult,
  deserializeError,
  type EngineRun,
  EspalierError,
  type SentSuspension,
  serializeError,
} from '@espalier/core';
import {
  type InvocationId,
  type InvocationPromise,
  type RestatePromise,
  type Serde,
  serde,
  TerminalError,
} from '@restatedev/restate-sdk';
import type { CommandLoop } from '../loop/command-loop.js';
import type { RunClock } from '../run/run-clock.js';
import type { RunJournal } from '../run/run-journal.js';
import { ATTEMPT, nodeService } from '../services/service-names.js';
import type { AttemptOrder, AttemptReply, TimedRecord } from '../wire.js';
import type { Gate } from './gate.js';

/** What the attempts of a run are made with. */
export interface AttemptsOfRun {
  readonly loop: CommandLoop;
  readonly clock: RunClock;
  readonly journal: RunJournal;
  readonly namespace: string;
  readonly gate: Gate;
  /** The run, once it has begun. */
  run(): EngineRun;
  /** Counts what must be issued before the invocation may end. */
  busy(by: 1 | -1): void;
}

/**
 * One attempt of a node, as invocations of its own. Where nothing is left in it but waits, its invocation ends, and the run
 * waits in its place: the attempt then is made again, from what it has recorded and the answer.
 */
export class AttemptElsewhere {
  readonly #of: AttemptsOfRun;
  readonly #request: AttemptRequest;
  readonly #control: AttemptControl;
  readonly #records: TimedRecord[] = [];
  readonly #result = Promise.withResolvers<AttemptResult>();
  readonly #answers = new Map<string, Answer>();
  /** What it waits for. */
  #stopWaiting: (() => void)[] = [];
  #invocation: InvocationPromise<AttemptReply> | undefined;
  #calls = 0;
  #leaveQueue: () => boolean = () => false;
  /** Takes back a call that has been left to the loop and is not issued yet. */
  #withdraw: (() => void) | undefined;

  constructor(of: AttemptsOfRun, request: AttemptRequest, control: AttemptControl) {
    this.#of = of;
    this.#request = request;
    this.#control = control;
  }

  /** @throws what kept it from being made */
  make(): Promise<AttemptResult> {
    const { signal } = this.#control;
    signal.addEventListener('abort', this.#abort, { once: true });
    this.#enter();
    return this.#result.promise.finally(() => signal.removeEventListener('abort', this.#abort));
  }

  #enter(): void {
    this.#leaveQueue = this.#of.gate.enter(() => this.#call());
  }

  #call(): void {
    const { loop, namespace } = this.#of;
    const { runId, node, attempt } = this.#request;
    this.#calls += 1;
    const order: AttemptOrder = {
      request: this.#request,
      records: this.#records,
      answers: [...this.#answers.values()],
    };
    const again = this.#calls === 1 ? '' : `+${this.#calls - 1}`;
    this.#withdraw = loop.issue(
      (context) => {
        this.#withdraw = undefined;
        this.#invocation = context.genericCall<AttemptOrder, AttemptReply>({
          service: nodeService(namespace),
          method: ATTEMPT,
          parameter: order,
          inputSerde: orders,
          outputSerde: replies,
          name: `${runId}/${node}#${attempt}${again}`,
        });
        return this.#invocation;
      },
      (reply) => this.#take(reply),
      (error) => this.#lose(error),
    );
  }

  #take({ time, records, result, refused, waits }: AttemptReply): void {
    const { clock, journal } = this.#of;
    clock.reach(time);
    this.#invocation = undefined;
    this.#of.gate.leave();
    this.#records.push(...records);
    if (!journal.ended) {
      const run = this.#of.run();
      for (const record of records) clock.at(record.time, () => void run.record(record.body));
    }
    if (result !== undefined) this.#result.resolve(result);
    else if (refused !== undefined) this.#result.reject(deserializeError(refused));
    else if (waits !== undefined) {
      void this.#control.receive(waits);
      this.#wait(waits.open);
    }
  }

  /** Where its worker died just after it was done, and had recorded nothing, it is made again. */
  #lose(error: Error): void {
    this.#invocation = undefined;
    this.#of.gate.leave();
    const isUnfinished = error instanceof TerminalError && error.code === JOURNAL_MISMATCH;
    if (isUnfinished && !this.#control.signal.aborted) this.#enter();
    else this.#result.reject(error);
  }

  /** Waits in its place. What was answered meanwhile counts at once. */
  #wait(open: readonly SentSuspension[]): void {
    const { journal, clock } = this.#of;
    if (this.#control.signal.aborted) {
      this.#abort();
      return;
    }
    const { runId } = this.#request;
    const news = open
      .flatMap(({ node, step }) => journal.answered(runId, node, step) ?? [])
      .filter((answer) => this.#isNew(answer));
    if (news.length > 0) {
      this.#goOn(news);
      return;
    }
    const wanted = new Set(open.map(keyOf));
    this.#stopWaiting.push(
      journal.onAnswer(runId, (answer) => {
        if (wanted.has(keyOf(answer))) this.#goOn([answer]);
      }),
    );
    for (const { node, step, until, signal } of open) {
      if (until === undefined) continue;
      const due = (): void => {
        if (signal === undefined) this.#goOn([]);
        else journal.answer(runId, { node, step, value: undefined, timedOut: true });
      };
      this.#stopWaiting.push(clock.setTimer(Math.max(0, until - clock.now()), due));
    }
  }

  #isNew(answer: Answer): boolean {
    return !this.#answers.has(keyOf(answer));
  }

  #goOn(answers: readonly Answer[]): void {
    this.#leave();
    for (const answer of answers) this.#answers.set(keyOf(answer), answer);
    void this.#control.receive({ open: [], waits: 0 }).then(() => {
      if (!this.#control.signal.aborted) this.#enter(); // it has a slot of the run again
    });
  }

  #leave(): void {
    const stops = this.#stopWaiting;
    this.#stopWaiting = [];
    for (const stop of stops) stop();
  }

  /** Nobody waits for it any more. Its invocation is told, and gives what it has used. */
  readonly #abort = (): void => {
    const invocation = this.#invocation;
    this.#leave();
    this.#leaveQueue();
    if (this.#withdraw !== undefined) {
      this.#withdraw();
      this.#withdraw = undefined;
      this.#of.gate.leave();
    }
    if (invocation === undefined) {
      const { reason } = this.#control.signal;
      this.#result.resolve({ error: serializeError(EspalierError.is(reason) ? reason : over(this.#request)) });
      return;
    }
    this.#of.busy(1);
    this.#of.loop.issue(
      () => invocation.invocationId as RestatePromise<InvocationId>,
      (id) => {
        this.#of.loop.send((context) => context.cancel(id));
        this.#of.busy(-1);
      },
      () => this.#of.busy(-1),
    );
  };
}

/** What Restate says of an invocation that cannot be replayed. */
const JOURNAL_MISMATCH = 570;

const orders = serde.json as Serde<AttemptOrder>;
const replies = serde.json as Serde<AttemptReply>;

const keyOf = ({ node, step }: { readonly node: string; readonly step: string }): string => `${node}\n${step}`;

const over = ({ node }: AttemptRequest): EspalierError =>
  new EspalierError('run-cancelled', `The attempt of node '${node}' is over.`, { where: { node } });
