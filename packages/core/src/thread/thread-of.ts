import type { RunStartEvent } from '../events/event.js';
import { type MemoryScope, scopeText } from '../memory/memory-scope.js';
import type { ThreadStore } from './thread-store.js';

/** Where threads are kept, and whose they are. */
export interface ThreadServices {
  readonly threads: ThreadStore;
  /** Nobody's in particular without it. */
  readonly threadScope: MemoryScope | undefined;
}

/**
 * A thread as it is when a run begins.
 * @throws memory-scope-missing
 */
export async function threadOf(
  { threads, threadScope }: ThreadServices,
  id: string,
  identity: unknown,
): Promise<NonNullable<RunStartEvent['thread']>> {
  const scope = threadScope === undefined ? undefined : scopeText(threadScope, identity, `Thread '${id}'`);
  const length = await threads.length((scope ?? '') + id);
  return scope === undefined ? { id, length } : { id, length, scope };
}
