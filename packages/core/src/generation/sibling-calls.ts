import { EspalierError } from '../errors/espalier-error.js';

type Stop = (reason: Error) => void;

/**
 * The tool calls of one answer, which run at the same time. Where one of them ends the node, such as by its budget, the
 * others end with it: nobody would read their results, and the node need not wait for them.
 */
export class SiblingCalls {
  readonly #stops = new Set<Stop>();
  #ended: Error | undefined;

  /** Calls back when another call has ended the node. @returns what forgets it */
  onEnd(stop: Stop): () => void {
    if (this.#ended !== undefined) stop(this.#ended);
    else this.#stops.add(stop);
    return () => this.#stops.delete(stop);
  }

  /** Waits for all. The first failure counts. */
  async all<R>(calls: readonly Promise<R>[]): Promise<readonly R[]> {
    try {
      return await Promise.all(calls);
    } catch (error) {
      this.#ended = new EspalierError('run-cancelled', 'Another tool call of the same answer has ended the node.');
      for (const stop of this.#stops) stop(this.#ended);
      throw error;
    }
  }
}
