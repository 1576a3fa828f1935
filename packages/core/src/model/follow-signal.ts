/** The signal of one call, which follows another. */
export interface CallSignal {
  readonly signal: AbortSignal;
  /** Ends what still runs of the call. */
  abort(): void;
  /** Lets go of the signal that it follows. */
  release(): void;
}

/**
 * A signal of its own for each call: what listens to it goes with it. `fetch` and SDKs leave their listeners on a signal,
 * and the signal of a run may see a thousand calls.
 *
 * @example
 * const { signal, release } = followSignal(options.signal);
 * try { return await fetch(url, { signal }); } finally { release(); }
 */
export function followSignal(outer: AbortSignal): CallSignal {
  const controller = new AbortController();
  const follow = (): void => controller.abort(outer.reason);
  if (outer.aborted) follow();
  else outer.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    abort: () => controller.abort(),
    release: () => outer.removeEventListener('abort', follow),
  };
}
