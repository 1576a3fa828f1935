import type { ScopedStore } from '../memory/scoped-store.js';
import type { ThreadStore } from '../thread/thread-store.js';
import type { Journal } from './journal.js';

/** A journal that may keep threads, memories and notes as well. */
export interface Store extends Journal {
  /** Kept here, unless `threads` of `createEspalier` names another place. */
  readonly threads?: ThreadStore;
  /** Kept here, unless `memory` of `createEspalier` names another place. */
  readonly memory?: ScopedStore;
}
