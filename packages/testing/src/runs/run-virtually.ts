import {
  type Espalier,
  EspalierError,
  type Event,
  type Run,
  type RunOutcome,
  type StartOptions,
  type VirtualClock,
  type Workflow,
} from '@espalier/core';
import { type AutoAdvanceOptions, autoAdvance } from './auto-advance.js';
import { OpenWork } from './open-work.js';
import { silent, unanswered } from './stuck.js';

/** An answer to a signal: the value, or what gives it for what is asked. */
export type SignalAnswer = unknown | ((request: unknown, node: string) => unknown);

export interface VirtualRunOptions extends StartOptions, Pick<AutoAdvanceOptions, 'limit' | 'mayAdvance'> {
  /** Answers to what the run waits for, by the name of the signal: given as soon as it is asked. */
  readonly answers?: Readonly<Record<string, SignalAnswer>>;
  /**
   * Real milliseconds in which nothing happens before time moves on, while an agent or a tool runs code of its own: what
   * it does (a request, a timer of the platform) takes real time, and no timeout may strike meanwhile. @default 50
   */
  readonly settle?: number;
  /** Real milliseconds in which nothing happens before the test fails. @default no limit */
  readonly patience?: number;
}

/** A run that has ended: its outcome, with all that happened. */
export interface TestRun<Output = unknown> extends RunOutcome<Output> {
  /** Everything that happened, in order. */
  readonly events: readonly Event[];
  /** How long it took, in milliseconds of virtual time. */
  readonly elapsed: number;
}

/**
 * Runs a workflow on a virtual clock to its end, moving time on by itself: backoffs, timeouts and sleeps of days take
 * milliseconds. It does not throw when the run fails: what became of it is in the outcome.
 *
 * @example
 * const clock = new VirtualClock();
 * const espalier = await createEspalier({ workflows: [report], clock });
 * const { status, output, elapsed } = await runVirtually(espalier, clock, report, input);
 * @throws run-stuck when the run waits for something that the clock does not bring
 * @since 0.1.0
 */
export async function runVirtually<I, O>(
  espalier: Espalier,
  clock: VirtualClock,
  workflow: Workflow<I, O>,
  input: NoInfer<I>,
  options: VirtualRunOptions = {},
): Promise<TestRun<O>> {
  const { answers = {}, patience = Number.POSITIVE_INFINITY, settle = 50, limit, mayAdvance, ...start } = options;
  const begun = clock.now();
  const run = espalier.start(workflow, input, start);
  const watch = new Watch(espalier, run, answers, patience);
  try {
    const outcome = await autoAdvance(clock, run.outcome, {
      ...(limit === undefined ? {} : { limit }),
      mayAdvance: () => watch.answered() && watch.settled(settle) && (mayAdvance?.() ?? true),
      onIdle: () => watch.idle(),
    });
    return { ...outcome, events: await watch.all, elapsed: clock.now() - begun };
  } catch (error) {
    run.cancel('the test gave up');
    throw error;
  }
}

/** Follows a run: keeps its events, answers its signals, and tells when it is stuck. */
class Watch {
  readonly all: Promise<readonly Event[]>;
  readonly #events: Event[] = [];
  readonly #work = new OpenWork();
  /** Waits that were answered once. */
  readonly #given = new Set<string>();
  #lastSign = performance.now();
  #answering: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly espalier: Espalier,
    private readonly run: Run<unknown>,
    private readonly answers: Readonly<Record<string, SignalAnswer>>,
    private readonly patience: number,
  ) {
    this.all = this.#read();
    this.all.catch(() => {}); // who awaits the outcome hears of it
  }

  async #read(): Promise<readonly Event[]> {
    for await (const event of this.run) {
      this.#events.push(event);
      this.#work.see(event);
      this.#lastSign = performance.now();
    }
    return this.#events;
  }

  /** Gives the answers that are asked for. False while one is on its way. */
  answered(): boolean {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#answering !== undefined) return false;
    const asked = this.run.suspensions.find(({ signal }) => Object.hasOwn(this.answers, signal));
    if (asked === undefined) return true;
    const { node, signal, request } = asked;
    const answer = this.answers[signal];
    this.#answering = this.#give(signal, node, () => (typeof answer === 'function' ? answer(request, node) : answer));
    return false;
  }

  async #give(signal: string, node: string, answer: () => unknown): Promise<void> {
    const wait = `${node} ${signal}`;
    try {
      await this.espalier.signal(this.run.id, signal, await answer(), { node });
    } catch (error) {
      // It was answered a moment ago, and the run has not gone on yet.
      const late = EspalierError.is(error, 'signal-answered') || EspalierError.is(error, 'signal-unknown');
      if (!(late && this.#given.has(wait))) this.#failure = { error };
    } finally {
      this.#given.add(wait);
      this.#answering = undefined;
    }
  }

  /** Whether code that runs has had time enough to go on. */
  settled(settle: number): boolean {
    return !this.#work.runsCode || performance.now() - this.#lastSign >= settle;
  }

  idle(): void {
    if (this.run.status === 'suspended' && this.run.suspensions.length > 0) throw unanswered(this.run);
    if (performance.now() - this.#lastSign > this.patience) throw silent(this.#work, this.patience / 1000);
  }
}
