import { EspalierError } from '../errors/espalier-error.js';
import type { ScopedStore } from './scoped-store.js';

function refuse(): never {
  throw new EspalierError('option-invalid', 'createEspalier({ engine }): there is no `memory`.', {
    hint: 'Memories and notes of runs on many machines need a store that all of them share: createEspalier({ memory }).',
  });
}

/** Where nothing is kept, and nobody is left to believe that it were. */
export const noScopedStore: ScopedStore = {
  read: refuse,
  write: refuse,
  keep: refuse,
  drop: refuse,
  find: refuse,
  notes: refuse,
  revise: refuse,
  list: refuse,
  forget: refuse,
};
