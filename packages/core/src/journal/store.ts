import type { ThreadStore } from '../thread/thread-store.js';
import type { Journal } from './journal.js';

/** A journal that may keep threads as well. */
export interface Store extends Journal {
  /** Kept here, unless `threads` of `createEspalier` names another place. */
  readonly threads?: ThreadStore;
}
