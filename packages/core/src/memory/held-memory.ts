import { EspalierError } from '../errors/espalier-error.js';
import type { Json } from '../schema/json.js';
import { toPlain } from '../schema/plain.js';
import { readSchema } from '../schema/read-schema.js';
import type { SchemaIssue } from '../schema/schema.js';
import { learnKept, markKept } from '../sensitive/kept-marks.js';
import { learn, type Marks } from '../sensitive/learn.js';
import type { Memory, MemoryChange } from './memory.js';
import type { MemoryEffects, MemoryStep } from './memory-effects.js';
import { scopeText } from './memory-scope.js';
import type { KeptMemory, MemoryPlace } from './scoped-store.js';

/** No memory has this version: a write that replaces it is made only where it was made before. */
const NEVER = -1;

/** How often a change is made again because others were faster. */
const TRIES = 10;

/**
 * A memory in the hands of an attempt, or of the application.
 *
 * H1 Each read and each write is a step of its own: what it gave is on record before it is used.
 * H2 A write replaces the version that this one saw last, or none.
 */
export class HeldMemory<T> {
  readonly #memory: Memory<T>;
  readonly #effects: MemoryEffects;
  readonly #place: MemoryPlace;
  /** The version that was read or written last. */
  #seen: number | undefined;

  /** @throws memory-scope-missing */
  constructor(memory: Memory<T>, effects: MemoryEffects) {
    const { name, scope } = memory;
    this.#memory = memory;
    this.#effects = effects;
    this.#place = { scope: scopeText(scope, effects.identity, `Memory '${name}'`), name };
  }

  async read(): Promise<T | undefined> {
    const { version, value } = await this.#read();
    this.#seen = version;
    return value === undefined ? undefined : await this.#checked(value, 'holds');
  }

  async write(value: T): Promise<void> {
    await this.#replace('write', await this.#checked(value, 'would hold'));
  }

  async clear(): Promise<void> {
    await this.#replace('clear', undefined);
  }

  async update(change: MemoryChange<T>): Promise<T> {
    const kept = await this.#step('update', async ({ key }) => {
      for (let tries = 1; tries <= TRIES; tries++) {
        const before: KeptMemory = (await this.#effects.store.read(this.#place)) ?? { version: 0 };
        learnKept(this.#effects.learner, before, []); // so that what stays of it is marked
        const value = await this.#changed(change, before.value).catch(async (error: unknown) => {
          if ((await this.#write(NEVER, key, undefined)) === undefined) throw error;
          return undefined; // what it could not change is its own change
        });
        const version = value === undefined ? 0 : await this.#write(before.version, key, value);
        if (version === undefined) continue;
        if (version > before.version) return { version, value: value as Json };
        return (await this.#effects.store.read(this.#place)) ?? before; // this step was performed before
      }
      throw this.#conflict(`others changed it ${TRIES} times while it was to be changed`);
    });
    this.#seen = kept.version;
    return (await this.#checked(kept.value, 'holds')) as T;
  }

  #read(): Promise<KeptMemory> {
    return this.#step('read', async () => (await this.#effects.store.read(this.#place)) ?? { version: 0 });
  }

  async #replace(what: string, value: Json | undefined): Promise<void> {
    const replaces = this.#seen ?? (await this.#read()).version;
    const { version } = await this.#step(what, async ({ key }) => {
      const version = await this.#write(replaces, key, value);
      if (version === undefined) throw this.#conflict('others have changed it since it was read');
      return { version };
    });
    this.#seen = version;
  }

  async #step(what: string, perform: (step: MemoryStep) => Promise<KeptMemory>): Promise<KeptMemory> {
    const kind = `memory:${this.#memory.name}/${what}`;
    const step = `${kind}[${this.#effects.count(kind)}]`;
    const schema = await readSchema(this.#memory.schema, {});
    const { learner } = this.#effects;
    const kept = await this.#effects.task(step, async (about) => {
      const { version, value, sensitive } = await perform(about);
      if (value === undefined) return { version };
      about.mark(learnKept(learner, { value, sensitive } as Marks, ['value']));
      if (learner !== undefined) about.mark(learn(learner, schema, value, ['value', 'value']));
      return { version, value };
    });
    return kept as unknown as KeptMemory;
  }

  async #write(replaces: number, key: string, value: Json | undefined): Promise<number | undefined> {
    const time = this.#effects.now();
    const kept = value === undefined ? {} : markKept({ value }, this.#effects.learner);
    return this.#effects.store.write(this.#place, { replaces, key, time, ...kept });
  }

  async #changed(change: MemoryChange<T>, before: Json | undefined): Promise<Json> {
    if (typeof change !== 'function') {
      return this.#checked(
        { ...(before as object | undefined), ...plainFields(change) },
        'would hold',
      ) as Promise<Json>;
    }
    const current = before === undefined ? undefined : await this.#checked(before, 'holds');
    return this.#checked(change(current), 'would hold') as Promise<Json>;
  }

  /** @throws memory-invalid, not-plain-data */
  async #checked<V extends T & Json>(value: unknown, verb: string): Promise<V> {
    const what = `Memory '${this.#memory.name}'`;
    const schema = await readSchema(this.#memory.schema, {});
    const result = await schema.validate(toPlain(value, { what }));
    if (result.valid) {
      const plain = toPlain(result.value, { what }) as V;
      if (this.#effects.learner !== undefined) learn(this.#effects.learner, schema, plain);
      return plain;
    }
    const [{ path, message }] = result.issues as readonly [SchemaIssue];
    throw new EspalierError('memory-invalid', `${what} ${verb} what is no ${schema.name}: ${path}: ${message}.`, {
      where: { path },
      details: { memory: this.#memory.name, issues: result.issues },
    });
  }

  #conflict(why: string): EspalierError {
    const { name } = this.#memory;
    return new EspalierError('memory-conflict', `Memory '${name}' was not written: ${why}.`, {
      details: { memory: name },
    });
  }
}

/** A field that is given as `undefined` is none. */
const plainFields = (change: object): object => (toPlain(change, { what: 'the change of a memory' }) ?? {}) as object;
