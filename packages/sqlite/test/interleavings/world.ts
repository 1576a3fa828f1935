import { setImmediate } from 'node:timers/promises';
import { type Espalier, EspalierError, type JournalRecord, type Lease, type Run, VirtualClock } from '@espalier/core';
import type { Action } from './actions.js';
import { type Backend, LEASE } from './backend.js';
import { KnownRun } from './known-run.js';
import { SimulatedProcess } from './simulated-process.js';
import { type Patience, workflow } from './subject.js';

/** In milliseconds of virtual time: how finely it passes. */
const TICK = 50;

/** Two processes on one journal, and what must hold whatever happens to them. */
export class World {
  readonly #backend: Backend;
  readonly #recovers: boolean;
  readonly #processes: SimulatedProcess[] = [];
  readonly #known = new Map<string, KnownRun>();
  readonly #problems: string[] = [];
  #born = 0;
  #answers = 0;
  #now = new VirtualClock().now();

  constructor(backend: Backend, recovers = false) {
    this.#backend = backend;
    this.#recovers = recovers;
    for (const at of [0, 1]) this.#spawn(at);
  }

  async play(action: Action): Promise<void> {
    if (action.kind === 'turns') for (const pick of action.picks) await this.#turn(pick);
    else if (action.kind === 'advance') await this.#advance(action.by);
    else if (action.kind === 'overtake') await this.#overtake(action);
    else await this.#happen(action, this.#processes[action.at] as SimulatedProcess);
    await setImmediate();
  }

  /**
   * What is still there comes to rest and is drained; a new process brings everything to its end.
   * @returns what did not hold
   */
  async end(): Promise<readonly string[]> {
    for (const process of this.#processes) await this.#wake(process);
    await this.#settle('what was under way', () => this.#alive.every((one) => one.isIdle));
    for (const process of this.#alive) this.#drain(process);
    await this.#settle('what is drained', () => this.#alive.every(({ drained }) => drained));
    for (const process of this.#alive) process.die();
    await this.#advance(2 * LEASE);
    const last = this.#spawn(0);
    for (const { runId, ended } of await this.#backend.journal.list()) if (!ended) this.#resume(last, runId);
    await this.#settle('the end', async () => {
      const left = (await this.#backend.journal.list()).filter(({ ended }) => !ended);
      for (const { runId } of left) if (patienceOf(runId) === 'endless') this.#signal(last, runId);
      return left.length === 0;
    });
    for (const [runId, known] of this.#known) {
      if ((await this.#backend.journal.find(runId)) === undefined) continue; // it was never begun
      this.#problems.push(...known.judge(await this.#backend.journal.read(runId)));
    }
    last.die();
    return this.#problems;
  }

  /** A process has begun with an effect. */
  began(process: SimulatedProcess, runId: string, key: string): void {
    const records = this.#backend.journal.read(runId) as readonly JournalRecord[];
    this.#knownRun(runId).began(process, key, records);
  }

  /** A call of the journal was made. */
  made(process: SimulatedProcess, call: string, args: readonly unknown[], result: unknown): void {
    if (call === 'create' || call === 'acquire') this.#knownRun((result as Lease).runId).taken(process);
    const isLast = call === 'append' && (args[1] as JournalRecord).type === 'run-end'; // gives the run back
    if (call === 'release' || isLast) this.#knownRun((args[0] as Lease).runId).givenBack(process);
  }

  get #alive(): readonly SimulatedProcess[] {
    return this.#processes.filter(({ state }) => state === 'alive');
  }

  #spawn(at: number): SimulatedProcess {
    this.#born += 1;
    const process = new SimulatedProcess(this, `p${this.#born}`, this.#backend, {
      now: this.#now,
      recovers: this.#recovers,
    });
    this.#processes[at] = process;
    return process;
  }

  #knownRun(runId: string): KnownRun {
    const known = this.#known.get(runId) ?? new KnownRun(runId);
    this.#known.set(runId, known);
    return known;
  }

  async #happen(
    action: Exclude<Action, { readonly kind: 'turns' | 'advance' | 'overtake' }>,
    process: SimulatedProcess,
  ): Promise<void> {
    if (action.kind === 'restart') {
      if (process.drained) process.die();
      if (process.state === 'dead') this.#spawn(action.at);
      return;
    }
    if (action.kind === 'wake') return this.#wake(process);
    if (process.state !== 'alive') return;
    if ('run' in action) this.#ask(action.kind, process, `r${action.run}`);
    else if (action.kind === 'stop') process.stop();
    else if (action.kind === 'drain') this.#drain(process);
    else if (action.kind === 'crash') await process.crash(action.unheard);
  }

  async #overtake({ at, run, picks }: Extract<Action, { readonly kind: 'overtake' }>): Promise<void> {
    const [stopped, other] = [this.#processes[at], this.#processes[1 - at]] as [SimulatedProcess, SimulatedProcess];
    if (stopped.state !== 'alive' || other.state !== 'alive') return;
    stopped.stop();
    await this.#advance(LEASE + TICK);
    this.#resume(other, `r${run}`);
    for (const pick of picks) await this.#turn(pick);
    await this.#wake(stopped);
  }

  #ask(kind: 'start' | 'resume' | 'cancel' | 'signal' | 'signals', process: SimulatedProcess, runId: string): void {
    if (kind === 'start') this.#start(process, runId);
    else if (kind === 'resume') this.#resume(process, runId);
    else if (kind === 'cancel') this.#cancel(process, runId);
    else for (let count = kind === 'signals' ? 2 : 1; count > 0; count--) this.#signal(process, runId);
  }

  #start(process: SimulatedProcess, runId: string): void {
    process.ask((espalier) => this.#follow(process, espalier.start(workflow, patienceOf(runId), { runId })));
  }

  #resume(process: SimulatedProcess, runId: string): void {
    process.ask(async (espalier) => this.#follow(process, await espalier.resume(runId)));
  }

  #follow(process: SimulatedProcess, run: Run): void {
    process.runs.set(run.id, run);
    run.outcome.catch((error: unknown) => {
      if (!EspalierError.is(error)) this.#problems.push(`${process.name}: ${String(error)}`);
    });
  }

  #cancel(process: SimulatedProcess, runId: string): void {
    this.#knownRun(runId).cancelAsked = true;
    process.ask((espalier) => espalier.cancel(runId, 'the test says so'));
  }

  #signal(process: SimulatedProcess, runId: string): void {
    this.#answers += 1;
    const text = `answer ${this.#answers}`;
    const known = this.#knownRun(runId);
    process.ask(async (espalier: Espalier) => {
      known.given.add(text);
      await espalier.signal(runId, 'question', { text });
      known.acknowledged.add(text);
    });
  }

  /** It gives everything back and is gone. */
  #drain(process: SimulatedProcess): void {
    process.ask(async (espalier) => {
      await espalier.drain({ timeout: 200, release: 10_000 });
      process.drained = true;
    });
  }

  async #wake(process: SimulatedProcess): Promise<void> {
    if (process.state !== 'stopped') return;
    process.state = 'alive';
    await process.clock.advance(this.#now - process.clock.now());
  }

  /** One of what is under way is done: of the calls of each process the first, of its effects any. */
  async #turn(pick: number): Promise<void> {
    const next = this.#alive.flatMap((process) => process.next());
    const op = next[pick % Math.max(1, next.length)];
    await op?.();
    await setImmediate();
  }

  async #advance(by: number): Promise<void> {
    for (let passed = 0; passed < by; passed += TICK) {
      this.#now += TICK;
      for (const { clock } of this.#alive) await clock.advance(this.#now - clock.now());
    }
  }

  /** Lets everything go on until something is true. */
  async #settle(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
    for (let round = 0; round < 300; round++) {
      for (let turn = 0; this.#alive.some((process) => !process.isIdle) && turn < 1000; turn++) await this.#turn(turn);
      if (await isTrue()) return;
      await this.#advance(TICK);
    }
    const stuck = this.#alive.map(
      ({ name, runs }) => `${name}: ${[...runs.values()].map(({ id, status }) => `${id} ${status}`)}`,
    );
    this.#problems.push(`it does not come to ${what}: ${stuck.join('; ')}`);
  }
}

const patienceOf = (runId: string): Patience => (runId === 'r0' ? 'some' : 'endless');
