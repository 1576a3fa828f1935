import { type MemoryPlace, MemoryScopedStore, type ScopedStore } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { scopedStoreConformance } from './scoped-store-conformance.js';

scopedStoreConformance({ name: 'MemoryScopedStore', create: () => new MemoryScopedStore() });

/** Puts two scopes together. */
const merging = (merge: (place: MemoryPlace) => MemoryPlace) =>
  class extends MemoryScopedStore {
    override read(place: MemoryPlace) {
      return super.read(merge(place));
    }

    override write(place: MemoryPlace, write: Parameters<ScopedStore['write']>[1]) {
      return super.write(merge(place), write);
    }

    override keep(place: MemoryPlace, ...rest: [Parameters<ScopedStore['keep']>[1], number]) {
      super.keep(merge(place), ...rest);
    }

    override find(place: MemoryPlace, search: Parameters<ScopedStore['find']>[1]) {
      return super.find(merge(place), search);
    }
  };

const CaseBlind = merging(({ scope, name }) => ({ scope: scope.toLowerCase(), name }));
const Normalising = merging(({ scope, name }) => ({ scope: scope.normalize('NFC'), name }));
const ManyAsOne = merging(({ name }) => ({ scope: '', name }));

class LastWins extends MemoryScopedStore {
  override write(place: MemoryPlace, write: Parameters<ScopedStore['write']>[1]) {
    return super.write(place, { ...write, replaces: this.read(place)?.version ?? 0 });
  }
}

class Repeating extends MemoryScopedStore {
  #count = 0;

  override write(place: MemoryPlace, write: Parameters<ScopedStore['write']>[1]) {
    this.#count += 1;
    return super.write(place, { ...write, key: `${write.key} ${this.#count}` });
  }
}

class Comparing extends MemoryScopedStore {
  override keep(place: MemoryPlace, notes: Parameters<ScopedStore['keep']>[1], max: number) {
    super.keep(
      place,
      notes.map((note) => ({ ...note, model: 'm' })),
      max,
    );
  }
}

class Hoarding extends MemoryScopedStore {
  override keep(place: MemoryPlace, notes: Parameters<ScopedStore['keep']>[1]) {
    super.keep(place, notes, 1000);
  }
}

class Forgetful extends MemoryScopedStore {
  override forget() {
    super.forget('');
  }
}

class Unforgetting extends MemoryScopedStore {
  override forget() {}
}

/** Counts from 1 again after it has forgotten. */
class Restarting extends MemoryScopedStore {
  #fresh = new MemoryScopedStore();

  override read(place: MemoryPlace) {
    return this.#fresh.read(place);
  }

  override write(place: MemoryPlace, write: Parameters<ScopedStore['write']>[1]) {
    return this.#fresh.write(place, write);
  }

  override forget() {
    this.#fresh = new MemoryScopedStore();
  }
}

/** What the suite registers, not run. */
function registered(create: () => ScopedStore): ReadonlyMap<string, () => Promise<void>> {
  const tests = new Map<string, () => Promise<void>>();
  const add = (name: string, body: () => Promise<void>): unknown => tests.set(name, body);
  const it = Object.assign(add, { skip: () => undefined });
  scopedStoreConformance({ name: 'broken', create, describe: (_name, body) => body(), it });
  return tests;
}

const forgets = 'K6: what is forgotten is the scopes that begin with the text, and nothing else';

describe('the suite finds a store that', () => {
  it.each<[string, new () => ScopedStore, string]>([
    [
      'does not tell scopes from each other',
      ManyAsOne,
      'K1: memories are kept apart, whatever their scopes and names are',
    ],
    [
      'takes large letters for small ones',
      CaseBlind,
      'K1: memories are kept apart, whatever their scopes and names are',
    ],
    ['normalises scopes', Normalising, 'K1: memories are kept apart, whatever their scopes and names are'],
    ['lets the last write win', LastWins, 'K2: a write of another version is not made'],
    ['lets each of several writes win', LastWins, 'K2: of several writes at once one is made'],
    ['makes a write again', Repeating, 'K3: a write of a known key is made once, however much was written since'],
    [
      'compares vectors of two models',
      Comparing,
      'K5: vectors of another model, or of another length, are counted and not compared',
    ],
    ['keeps all notes', Hoarding, 'K4: of more notes than the place may have the oldest go, of this place alone'],
    ['forgets all', Forgetful, forgets],
    ['forgets nothing', Unforgetting, forgets],
    [
      'gives a version twice',
      Restarting,
      'K7: a memory that was forgotten begins behind all versions that it had, also when the store is opened anew',
    ],
    ['differs from the model', LastWins, 'K1 to K7: random actions in several scopes do what a simple model does'],
  ])('%s', async (_what, Store, test) => {
    const run = registered(() => new Store()).get(test);
    expect(run).toBeDefined();
    await expect(run?.()).rejects.toThrow();
  });
});
