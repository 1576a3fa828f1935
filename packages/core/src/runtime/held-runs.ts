import type { CompiledWorkflow } from '../boot/compiled-workflow.js';
import type { Engine, EngineRun } from '../engine/engine.js';
import type { RecordedHistory } from '../engine/recorded-history.js';
import { EspalierError } from '../errors/espalier-error.js';
import type { RuntimeServices } from '../execution/runtime-services.js';
import { migrateHeld } from '../migration/migrate-held.js';
import { versionOf } from '../migration/version-of.js';
import type { ChildOptions } from './child-runs.js';
import { RunControl } from './run-control.js';
import type { RunControlOptions } from './run-control-options.js';

type Options = Omit<RunControlOptions, 'onEnd'>;

/** A run that is about to be held. */
export interface Opened {
  readonly compiled: CompiledWorkflow;
  readonly engineRun: EngineRun;
}

/**
 * The runs that this process holds, and those that it is about to hold or to end.
 *
 * H1 One run is held once, and one thing at a time is done with a run that is not held.
 * H2 Once this is closed nothing is taken over any more. What has begun in the journal by then is held, and drained: no call
 *    that was refused leaves a run behind.
 */
export class HeldRuns {
  readonly #workflows: ReadonlyMap<string, CompiledWorkflow>;
  readonly #engine: Engine;
  readonly #services: RuntimeServices;
  readonly #runs = new Map<string, RunControl>();
  /** What is under way with runs that are not held. */
  readonly #underWay = new Map<string, Promise<unknown>>();
  #closed = false;

  constructor(workflows: ReadonlyMap<string, CompiledWorkflow>, engine: Engine, services: RuntimeServices) {
    this.#workflows = workflows;
    this.#engine = engine;
    this.#services = services;
  }

  /** By their ids; an ended one leaves them. */
  get all(): ReadonlyMap<string, RunControl> {
    return this.#runs;
  }

  get underWay(): ReadonlyMap<string, Promise<unknown>> {
    return this.#underWay;
  }

  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
  }

  /** @throws runtime-closed */
  assertOpen(what: string): void {
    if (this.#closed) throw new EspalierError('runtime-closed', `${what}: the runtime is drained.`);
  }

  /** Whether a run is held, or something is under way with it. */
  has(runId: string): boolean {
    return this.#runs.has(runId) || this.#underWay.has(runId);
  }

  get(runId: string): RunControl | undefined {
    return this.#runs.get(runId);
  }

  /** The same, once it has been taken over where that is under way: then its store may ask for it already. */
  async taken(runId: string): Promise<RunControl | undefined> {
    await undefined; // whoever takes it over is about to say so
    await this.#whenFree(runId);
    return this.#runs.get(runId);
  }

  /** Begins a run. @throws run-exists */
  begin<O>(compiled: CompiledWorkflow, input: unknown, options: Options): RunControl<O> {
    if (this.#underWay.has(options.runId)) throw exists(options.runId);
    return this.#hold(compiled, input, options);
  }

  /** Begins a run that has records already. @param open keeps them, or throws @throws run-exists */
  async beginWith<O>(runId: string, open: () => Promise<Opened>): Promise<RunControl<O>> {
    if (this.has(runId)) throw exists(runId);
    return this.during(runId, async () => {
      const { compiled, engineRun } = await open();
      const run = this.#hold<O>(compiled, undefined, { runId, ...alone, engineRun });
      if (this.#closed) run.drain();
      return run;
    });
  }

  /** A run that is held, or that is taken over. */
  async resume(runId: string): Promise<RunControl> {
    for (;;) {
      while (this.#underWay.has(runId)) await this.#whenFree(runId);
      const run = this.#runs.get(runId);
      if (run === undefined) return this.take(runId);
      if (await run.exists()) return run;
    }
  }

  /**
   * Takes over a run.
   * @param options what its parent gives it, where a run of this process has called it
   * @param check looks at the history first, and may refuse the run
   */
  take(
    runId: string,
    options: Partial<ChildOptions> = {},
    check: (history: RecordedHistory) => void = () => {},
  ): Promise<RunControl> {
    return this.during(runId, () => this.#adopt(runId, { ...alone, ...options }, check));
  }

  /** Does something with a run that is not held, alone. */
  async during<T>(runId: string, act: () => Promise<T>): Promise<T> {
    while (this.#underWay.has(runId)) await this.#whenFree(runId);
    const done = act();
    this.#underWay.set(runId, done);
    try {
      return await done;
    } finally {
      this.#underWay.delete(runId);
    }
  }

  /** What became of it is told to whoever did it. */
  async #whenFree(runId: string): Promise<void> {
    await this.#underWay.get(runId)?.catch(() => {});
  }

  async #adopt(runId: string, options: ChildOptions, check: (history: RecordedHistory) => void): Promise<RunControl> {
    this.assertOpen(`resume('${runId}')`);
    const engineRun = await this.#engine.reopen(runId);
    try {
      const history = engineRun.history as NonNullable<typeof engineRun.history>;
      this.assertOpen(`resume('${runId}')`);
      if (history.ended)
        throw new EspalierError('run-settled', `Run '${runId}' has already ended.`, { where: { runId } });
      check(history);
      const { compiled, migrates } = versionOf(this.#workflows, history.start);
      if (migrates) await migrateHeld(this.#engine, engineRun, compiled);
      this.assertOpen(`resume('${runId}')`);
      return this.#hold(compiled, undefined, { runId, ...options, engineRun });
    } catch (error) {
      await closeQuietly(engineRun);
      throw error;
    }
  }

  #hold<O>(compiled: CompiledWorkflow, input: unknown, options: Options): RunControl<O> {
    const { runId } = options;
    if (this.#runs.has(runId)) throw exists(runId);
    const onEnd = (): void => {
      this.#runs.delete(runId);
    };
    const run = new RunControl<O>(this.#services, this.#engine, compiled, input, { ...options, onEnd });
    this.#runs.set(runId, run as RunControl);
    return run;
  }
}

const alone = { identity: undefined, parent: undefined, ledger: undefined };

const exists = (runId: string): EspalierError =>
  new EspalierError('run-exists', `Run '${runId}' is running in this process already.`, { where: { runId } });

/** Gives a run back where something else has failed, which is what to tell. */
async function closeQuietly(engineRun: EngineRun): Promise<void> {
  try {
    await engineRun.close();
  } catch {
    // Its lease ends by itself, or by hand.
  }
}
