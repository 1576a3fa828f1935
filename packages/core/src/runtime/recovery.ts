import type { CancelTimer, Clock } from '../clock/clock.js';
import type { Engine } from '../engine/engine.js';
import { EspalierError } from '../errors/espalier-error.js';
import type { RunSummary } from '../journal/journal.js';
import { RecoveryFailures } from './recovery-failures.js';
import type { RecoveryPlan } from './recovery-options.js';

/** How many runs one look reads of. */
const PAGE = 100;

/** How many processes may die with a run, one after the other, before it is left alone. */
const MOST_CRASHES = 3;

/** After how long a store that could not be asked is asked again, in milliseconds. */
const PAUSE = 1000;

/** What is normal where several processes look for the same runs, and no reason to say anything. */
const normal: ReadonlySet<string> = new Set([
  'run-owned',
  'run-settled',
  'run-unknown',
  'run-fenced',
  'runtime-closed',
]);

/** A run that was taken over. */
export interface RecoveredRun {
  /** Settles when the run rests for the first time, has ended, or cannot go on here: then it rejects with the reason. */
  readonly underWay: Promise<void>;
}

/** The runtime as recovery sees it. */
export interface RecoveryHost {
  readonly engine: Engine;
  readonly clock: Clock;
  random(): number;
  /** Whether some version of a workflow is registered. */
  knows(workflow: string): boolean;
  /** Whether a run goes on here. */
  holds(runId: string): boolean;
  /** Takes a run over. @throws what `resume` throws, and `run-crash-loop` */
  recover(runId: string): Promise<RecoveredRun>;
  cancel(runId: string, reason: string): Promise<void>;
}

/**
 * Goes on with the runs that have not ended and that nobody holds: their process died, or gave them back.
 *
 * R1 A run at rest is left where it is until it is answered or its time has come: nothing of it is loaded.
 * R2 A look costs one query of {@link PAGE} runs, whatever the store holds. Where nothing could be done about a page, the
 *    next look goes on behind it, so that runs which cannot be recovered keep none from it that can.
 * R3 Several processes share: each tries in an order of its own, and `run-owned` is no fault.
 * R4 What cannot go on here is told of once, and left alone.
 * R5 A child run goes on with its parent. One whose parent has ended is cancelled.
 * R6 A run that fails here is tried again after pauses that grow, three times. What the journal did not take back then is
 *    given back first.
 * R7 A store that cannot be asked is asked again soon, and told of once until it can be.
 */
export class Recovery {
  readonly #host: RecoveryHost;
  readonly #plan: RecoveryPlan;
  readonly #failures: RecoveryFailures;
  /** Runs that take part in `concurrency`. */
  readonly #underWay = new Set<string>();
  /** The last run of the page before. */
  #after: string | undefined;
  #looking: Promise<void> | undefined;
  /** Runs were left because there was no room for them. */
  #crowded = false;
  #cancelTimer: CancelTimer | undefined;
  /** The first look goes through all pages, and is not over before it has. */
  #isFirst = true;
  /** The store could not be asked, and that was told. */
  #isCutOff = false;
  #stopped = false;

  constructor(host: RecoveryHost, plan: RecoveryPlan) {
    this.#host = host;
    this.#plan = plan;
    this.#failures = new RecoveryFailures(host.clock, plan.onRefused);
  }

  /** The first look, which goes through all pages; then it looks from time to time. */
  begin(): void {
    this.#look();
  }

  /** Looks no more. Resolves when what was under way has come to an end. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer?.();
    await this.#looking;
  }

  #look(): void {
    this.#cancelTimer?.();
    this.#looking = this.#pages()
      .then(
        (next) => {
          this.#isFirst = false;
          this.#isCutOff = false;
          return this.#hasRoomAgain ? 0 : Math.min(this.#plan.every, Math.max(0, next - this.#host.clock.now()));
        },
        (error: unknown) => {
          this.#tellOf(error);
          return Math.min(this.#plan.every, PAUSE);
        },
      )
      .then((delay) => {
        this.#looking = undefined;
        if (this.#stopped || !Number.isFinite(delay)) return;
        this.#cancelTimer = this.#host.clock.setTimer(delay, () => this.#look(), true);
      });
  }

  #tellOf(error: unknown): void {
    if (this.#isCutOff || this.#stopped) return;
    this.#isCutOff = true;
    try {
      this.#plan.onStoreFailed(error);
    } catch {
      // Whoever listens has failed: that is no reason to look no more.
    }
  }

  /** @returns when the first run is due that rests now */
  async #pages(): Promise<number> {
    await this.#host.engine.giveBack();
    for (;;) {
      const { helped, isLast, next } = await this.#page();
      if (this.#stopped || this.#crowded || isLast || !(helped || this.#isFirst)) return next;
    }
  }

  async #page() {
    const { clock, engine } = this.#host;
    const after = this.#after;
    this.#after = undefined; // where this fails, or that run is gone, it begins from the front
    const now = clock.now();
    const due = Math.min(now + this.#plan.every, Number.MAX_SAFE_INTEGER);
    const place = { due, limit: PAGE, ...(after === undefined ? {} : { after }) };
    const page = await engine.list({ ended: false, owned: false, ...place });
    const sleeping = page.find(({ rest }) => (rest?.until ?? now) > now);
    const wanted = page.filter((run) => (run.rest?.until ?? now) <= now && this.#mayTry(run));
    const called = wanted.filter(({ parent }) => parent !== undefined);
    const others = this.#shuffled(wanted.filter(({ parent }) => parent === undefined));
    const room = this.#plan.concurrency - this.#underWay.size;
    this.#crowded = others.length > room;
    const tries = await Promise.all([...called, ...others.slice(0, room)].map((run) => this.#try(run)));
    const isLast = page.length < PAGE || sleeping !== undefined; // those that sleep longest are behind all others
    if (this.#crowded) this.#after = after;
    else if (!isLast) this.#after = page.at(-1)?.runId;
    return { helped: tries.includes(true), isLast, next: sleeping?.rest?.until ?? Number.POSITIVE_INFINITY };
  }

  get #hasRoomAgain(): boolean {
    return this.#crowded && this.#underWay.size <= this.#plan.concurrency / 2;
  }

  #mayTry({ runId, workflow, version, damaged }: RunSummary): boolean {
    if (this.#underWay.has(runId) || this.#host.holds(runId) || !this.#failures.mayTry(runId)) return false;
    if (damaged === true) {
      this.#failures.refuse({ runId, workflow, version, error: damagedRun(runId) });
      return false;
    }
    if (this.#host.knows(workflow)) return true;
    this.#failures.refuse({ runId, workflow, version, error: unknownWorkflow(runId, workflow) }, `of ${workflow}`);
    return false;
  }

  /** @returns whether the run needs no further look */
  async #try(run: RunSummary): Promise<boolean> {
    try {
      if (run.parent !== undefined) return await this.#cancelOrphan(run.runId, run.parent);
      this.#follow(run, await this.#host.recover(run.runId));
      return true;
    } catch (error) {
      this.#failed(run, error);
      return false;
    }
  }

  /** @throws run-owned where another process cancels it */
  async #cancelOrphan(runId: string, parent: string): Promise<boolean> {
    const above = await this.#host.engine.find(parent);
    if (above?.ended === false) return false;
    await this.#host.cancel(runId, `its parent '${parent}' has ended`);
    return true;
  }

  #follow(run: RunSummary, { underWay }: RecoveredRun): void {
    this.#underWay.add(run.runId);
    const leave = (): void => {
      this.#underWay.delete(run.runId);
      if (!this.#stopped && this.#looking === undefined && this.#hasRoomAgain) this.#look();
    };
    underWay.then(leave, (error: unknown) => {
      this.#failed(run, error);
      leave();
    });
  }

  #failed({ runId, workflow, version }: RunSummary, error: unknown): void {
    if (this.#stopped || (EspalierError.is(error) && normal.has(error.code))) return;
    this.#failures.note({ runId, workflow, version }, error);
  }

  /** In an order of this process, so that several do not all begin with the same run. */
  #shuffled<T>(items: readonly T[]): readonly T[] {
    return items
      .map((item) => ({ item, place: this.#host.random() }))
      .sort((a, b) => a.place - b.place)
      .map(({ item }) => item);
  }
}

const damagedRun = (runId: string): EspalierError =>
  new EspalierError('store-failed', `What the store says of run '${runId}' is damaged.`, {
    hint: 'Something else has changed it. Restore a copy of the store, or cancel the run.',
    where: { runId },
    retryable: false,
  });

const unknownWorkflow = (runId: string, workflow: string): EspalierError =>
  new EspalierError('workflow-unknown', `Run '${runId}' is of workflow '${workflow}', which is not registered.`, {
    hint: 'Register the workflow, or leave the run to a process that knows it.',
    where: { runId, workflow },
  });

/** @throws run-crash-loop where processes have died with the run, one after the other, and none has got further */
export function assertNoLoop(runId: string, crashes: number): void {
  if (crashes < MOST_CRASHES) return;
  const message = `Run '${runId}' was taken over ${crashes} times from a process that died with it, and got no further.`;
  throw new EspalierError('run-crash-loop', message, {
    hint: `Find out why. Then go on with it by hand: espalier.resume('${runId}').`,
    where: { runId },
    details: { crashes },
  });
}
