import type { Clock } from '../clock/clock.js';
import type { Engine } from '../engine/engine.js';
import { EspalierError, serializeError } from '../errors/espalier-error.js';
import type { PostedRequest, RunRequest } from '../journal/run-requests.js';
import { toPlain } from '../schema/plain.js';
import { assertAwaited, signalRun } from '../suspension/signal-run.js';
import { askHolder } from './ask-holder.js';
import type { HeldRuns } from './held-runs.js';
import type { RunControl } from './run-control.js';
import { cancelled, closeRun, endRecord } from './run-end.js';

/** The runtime as requests see it. */
export interface RequestHost {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly held: Pick<HeldRuns, 'get' | 'taken' | 'during'>;
  /** Goes on with a run that nobody holds. @throws run-owned and what else `resume` throws */
  adopt(runId: string): Promise<unknown>;
}

/** An answer, as it was given to `signal`. */
export interface Signal {
  readonly name: string;
  readonly value: unknown;
  readonly node: string | undefined;
  readonly by: unknown;
}

/** Answers and cancellations of any run of the store: here, where nobody holds it, or by asking the process that does. */
export class Requests {
  readonly #host: RequestHost;

  constructor(host: RequestHost) {
    this.#host = host;
  }

  /** Serves what other processes ask of the runs that this one holds. @returns what ends it */
  serve(): () => void {
    return this.#host.engine.requests?.onRequest((posted) => void this.#serve(posted)) ?? (() => {});
  }

  async signal(runId: string, { name, value, node, by }: Signal): Promise<void> {
    const plain = toPlain(value, { what: `the answer to '${name}'` });
    const who = toPlain(by, { what: `who answers '${name}'` });
    const asked: RunRequest = {
      type: 'signal',
      name,
      ...(plain === undefined ? {} : { value: plain }),
      ...(node === undefined ? {} : { node }),
      ...(who === undefined ? {} : { by: who }),
    };
    await this.#ask(runId, asked, async () => {
      await assertAwaited(this.#host.engine, { runId, name, node }); // no run is taken over for a name that is misspelt
      await this.#host.adopt(runId);
      return false;
    });
  }

  async cancel(runId: string, reason: string): Promise<void> {
    await this.#ask(runId, { type: 'cancel', reason }, async (wasAsked) => {
      await this.#host.held.during(runId, () => this.#end(runId, reason, wasAsked));
      return true;
    });
  }

  /**
   * @param free what to do where nobody holds the run, and whether that was all. It is told whether somebody who held it was
   * asked, who may have done it without a reply.
   */
  async #ask(runId: string, request: RunRequest, free: (wasAsked: boolean) => Promise<boolean>): Promise<void> {
    let wasAsked = false;
    for (;;) {
      const run = this.#host.held.get(runId);
      if (run !== undefined) {
        if (await this.#perform(run, request)) return;
      } else if (await this.#isElsewhere(runId)) {
        wasAsked = true;
        if (await this.#askHolder(runId, request)) return;
      } else if (await whereFree(() => free(wasAsked))) {
        return;
      }
    }
  }

  async #isElsewhere(runId: string): Promise<boolean> {
    return (await this.#host.engine.find(runId))?.owned === true && this.#host.held.get(runId) === undefined;
  }

  #askHolder(runId: string, request: RunRequest): Promise<boolean> {
    const { engine, clock } = this.#host;
    if (engine.requests === undefined) throw unreachable(runId);
    return askHolder(engine, engine.requests, clock, { runId, request });
  }

  async #serve({ id, runId, request }: PostedRequest): Promise<void> {
    const run = this.#host.held.get(runId) ?? (await this.#host.held.taken(runId));
    if (run === undefined) return;
    try {
      const reply = await this.#perform(run, request).then(
        (done) => (done ? {} : undefined),
        (error: unknown) => ({ error: serializeError(error) }),
      );
      if (reply !== undefined) await this.#host.engine.requests?.reply(id, reply);
    } catch {
      // Who asked waits no longer than it takes to see that this process is not well.
    }
  }

  /** @returns false where the run has left this process before it was done */
  async #perform(run: RunControl, request: RunRequest): Promise<boolean> {
    if (request.type === 'signal') return this.#answer(run, request);
    run.cancel(request.reason);
    if (!(await run.exists())) return false;
    const { status } = await run.outcome;
    if (status === 'parked') return false;
    if (status !== 'cancelled') throw over(run.id);
    return true;
  }

  /** What is laid aside meanwhile is loaded again. @returns false where the run has left this process */
  async #answer(
    run: RunControl,
    { name, value, node, by }: RunRequest & { readonly type: 'signal' },
  ): Promise<boolean> {
    for (;;) {
      const execution = await run.opened();
      const isTaken = await signalRun(this.#host.engine, execution, { runId: run.id, name, value, node, by });
      if (isTaken) return true;
      if (execution?.isLaidAside === true) continue;
      await run.end.catch(() => {});
      return false;
    }
  }

  /** Nobody runs it: its end is all that is left to record. Its workflow need not be known here. */
  async #end(runId: string, reason: string, wasAsked: boolean): Promise<void> {
    const { engine } = this.#host;
    const run = await engine.reopen(runId);
    const { ended, start } = run.history as NonNullable<typeof run.history>;
    const { error } = cancelled(runId, start.workflow, reason);
    const fault = await closeRun(run, () => (ended ? undefined : endRecord('cancelled', undefined, error)));
    if (fault !== undefined) throw fault.fault;
    if (ended && !(wasAsked && (await engine.find(runId))?.status === 'cancelled')) throw over(runId);
    for (const child of await engine.list({ parent: runId, ended: false })) {
      await this.cancel(child.runId, 'its parent was cancelled');
    }
  }
}

/** @throws all errors but that somebody else was first */
async function whereFree(act: () => Promise<boolean>): Promise<boolean> {
  try {
    return await act();
  } catch (error) {
    if (EspalierError.is(error) && error.code === 'run-owned') return false;
    throw error;
  }
}

const over = (runId: string): EspalierError =>
  new EspalierError('run-settled', `Run '${runId}' has already ended.`, { where: { runId } });

const unreachable = (runId: string): EspalierError =>
  new EspalierError('run-owned', `Run '${runId}' is held by another process, and its store cannot ask that process.`, {
    hint: 'Ask in the process that holds the run, or use a store that has `requests`.',
    where: { runId },
  });
