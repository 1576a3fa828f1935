import { createEspalier, type Espalier, EspalierError, type Run, type Store, VirtualClock } from '@espalier/core';
import type { Backend } from './backend.js';
import { type Home, madeAt, workflow } from './subject.js';
import type { World } from './world.js';

/** Something that is under way: done when it is its turn. */
type Op = () => Promise<void>;

/**
 * One process, simulated: a runtime with a clock and a store of its own. All that it asks of the outside waits for its turn,
 * so that a test chooses how things fall out; and once it is dead, nothing that it waits for ever comes.
 */
export class SimulatedProcess implements Home {
  readonly name: string;
  readonly clock: VirtualClock;
  /** `stopped`: nothing happens in it until it is woken. `dead`: nothing ever happens in it again. */
  state: 'alive' | 'stopped' | 'dead' = 'alive';
  /** It was stopped once, and may believe that it holds what others have taken over. */
  wasStopped = false;
  drained = false;
  readonly runs = new Map<string, Run>();
  readonly #world: World;
  readonly #espalier: Promise<Espalier>;
  readonly #calls: Op[] = [];
  #effects: Op[] = [];
  #hears = true;

  /** @param recovers whether it goes on with runs by itself, and lets those that wait leave memory */
  constructor(world: World, name: string, backend: Backend, { now, recovers }: { now: number; recovers: boolean }) {
    this.#world = world;
    this.name = name;
    this.clock = new VirtualClock(now);
    const store = this.#inLine<Store>(backend.open(this.clock, () => this.state === 'alive'));
    const { clock } = this;
    this.#espalier = createEspalier({
      ...{ workflows: [workflow], store, clock, owner: name, resolver: madeAt(this) },
      ...(recovers ? { recovery: { every: 50 }, layAsideAfter: 50 } : { recovery: false }),
    });
  }

  /** Asks its runtime for something. What it refuses is no fault of it. */
  ask(what: (espalier: Espalier) => void | Promise<void>): void {
    this.#espalier.then(what).catch((error: unknown) => {
      if (!EspalierError.is(error)) throw error;
    });
  }

  get isIdle(): boolean {
    return this.#calls.length + this.#effects.length === 0;
  }

  /** What may be done next: the first of its calls, in their order, and any of its effects. */
  next(): readonly Op[] {
    const calls: Op[] = this.#calls.length === 0 ? [] : [async () => this.#calls.shift()?.()];
    const effects = this.#effects.map(
      (effect): Op =>
        async () => {
          this.#effects = this.#effects.filter((one) => one !== effect);
          await effect();
        },
    );
    return [...calls, ...effects];
  }

  stop(): void {
    this.state = 'stopped';
    this.wasStopped = true;
  }

  /** @param unheard its next call is still made, and it dies before it hears what came of it */
  async crash(unheard: boolean): Promise<void> {
    this.#hears = false;
    if (unheard) await this.#calls.shift()?.();
    this.die();
  }

  die(): void {
    this.state = 'dead';
    this.#hears = false;
    this.#calls.length = 0;
    this.#effects.length = 0;
  }

  effect(runId: string, key: string): Promise<void> {
    if (this.state === 'dead') return never();
    this.#world.began(this, runId, key);
    return new Promise((resolve) => {
      this.#effects.push(async () => resolve());
    });
  }

  /** Calls wait in line, and news come while the process runs. */
  #inLine<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (from, name) => {
        if (name === 'threads') return undefined;
        const member = Reflect.get(from, name, from) as unknown;
        if (name === 'requests') return member === undefined ? undefined : this.#inLine(member as object);
        if (typeof member !== 'function') return member;
        if (!/^on[A-Z]/.test(String(name))) {
          return (...args: readonly unknown[]) => this.#call(String(name), args, () => member.apply(from, args));
        }
        return (...args: readonly unknown[]) => {
          const listener = args.at(-1) as (news: unknown) => void;
          return member.apply(from, [...args.slice(0, -1), (news: unknown) => this.#hear(() => listener(news))]);
        };
      },
    });
  }

  #call(name: string, args: readonly unknown[], make: () => unknown): Promise<unknown> {
    if (this.state === 'dead') return never();
    return new Promise((resolve, reject) => {
      this.#calls.push(async () => {
        try {
          const result = await make();
          this.#world.made(this, name, args, result);
          if (this.#hears) resolve(result);
        } catch (error) {
          if (this.#hears) reject(error);
        }
      });
    });
  }

  #hear(listen: () => void): void {
    if (this.state === 'alive') listen();
    else if (this.state === 'stopped') this.#calls.push(async () => listen());
  }
}

const never = <T>(): Promise<T> => new Promise(() => {});
