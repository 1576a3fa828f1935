import assert from 'node:assert/strict';
import type { Json, ScopedStore } from '@espalier/core';
import { hostile, note, type ScopedCase } from './cases.js';

/** What a store should hold, as simply as it can be said. */
class Model {
  readonly values = new Map<string, { version: number; value: Json | undefined }>();
  readonly notes = new Map<string, string[]>();
  /** The highest version of a memory that was forgotten. */
  forgotten = 0;

  forget(scope: string): void {
    const isGone = (id: string): boolean => (JSON.parse(id) as [string])[0].startsWith(scope);
    for (const [id, { version }] of this.values) {
      if (!isGone(id)) continue;
      this.forgotten = Math.max(this.forgotten, version);
      this.values.delete(id);
    }
    for (const id of [...this.notes.keys()].filter(isGone)) this.notes.delete(id);
  }
}

const RUNS = 10;
const ACTIONS = 60;
const MAX = 4;

/** Random actions on a few scopes with hostile names, against a model. A failure names the seed. */
export const randomCase: ScopedCase = {
  name: 'K1 to K7: random actions in several scopes do what a simple model does',
  run: async (store) => {
    const model = new Model();
    for (let seed = 1; seed <= RUNS; seed++) {
      await store.forget('');
      model.forget('');
      await actAtRandom(store, model, seed);
    }
  },
};

async function actAtRandom(store: ScopedStore, model: Model, seed: number): Promise<void> {
  const random = randomNumbers(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const scopes = Array.from({ length: 5 }, () => `${pick(hostile)}${pick(hostile)}`);
  const names = [pick(hostile), pick(hostile)];
  for (let action = 0; action < ACTIONS; action++) {
    const place = { scope: pick(scopes), name: pick(names) };
    const id = JSON.stringify([place.scope, place.name]);
    const at = `seed ${seed}, action ${action}, place ${id}`;
    const kept = model.values.get(id) ?? { version: 0, value: undefined };
    const keys = model.notes.get(id) ?? [];
    const chance = random();
    if (chance < 0.4) {
      const replaces = random() < 0.8 ? kept.version : kept.version + Math.floor(random() * 3) - 1;
      const value = random() < 0.1 ? undefined : { action };
      const write = { replaces, key: `${seed}.${action}`, time: action, ...(value === undefined ? {} : { value }) };
      const made = await store.write(place, write);
      if (replaces !== kept.version) assert.equal(made, undefined, at);
      else if (kept.version > 0) assert.equal(made, replaces + 1, at);
      else assert.ok((made as number) > model.forgotten, at);
      if (made !== undefined) model.values.set(id, { version: made, value });
    } else if (chance < 0.75) {
      const key = pick(hostile.slice(0, 6));
      await store.keep(place, [note(key, 0)], MAX);
      model.notes.set(id, [...keys.filter((one) => one !== key), key].slice(-MAX));
    } else if (chance < 0.9) {
      const key = pick(hostile.slice(0, 6));
      await store.drop(place, [key]);
      model.notes.set(
        id,
        keys.filter((one) => one !== key),
      );
    } else if (chance < 0.93) {
      await store.forget(place.scope);
      model.forget(place.scope);
    }
    await compare(store, model, place, at);
  }
  for (const scope of scopes) for (const name of names) await compare(store, model, { scope, name }, `seed ${seed}`);
}

async function compare(
  store: ScopedStore,
  model: Model,
  place: { readonly scope: string; readonly name: string },
  at: string,
): Promise<void> {
  const id = JSON.stringify([place.scope, place.name]);
  const kept = await store.read(place);
  const expected = model.values.get(id);
  assert.deepEqual([kept?.version, kept?.value], [expected?.version, expected?.value], at);
  const { model: by, vector } = note('', 0);
  const { notes } = await store.find(place, { model: by, vector, limit: 100, minScore: -1 });
  assert.deepEqual(
    notes.map(({ key }) => key),
    model.notes.get(id) ?? [],
    at,
  );
}

/** Numbers in [0, 1), the same for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
