import type { SerializedError } from '../errors/espalier-error.js';
import type { Json } from '../schema/json.js';
import type { MaybePromise } from './maybe-promise.js';

/** What a process asks of the one that holds a run. */
export type RunRequest =
  | {
      readonly type: 'signal';
      readonly name: string;
      readonly value?: Json;
      readonly node?: string;
      readonly by?: Json;
    }
  | { readonly type: 'cancel'; readonly reason: string };

/** A request as it reaches the holder of its run. */
export interface PostedRequest {
  readonly id: string;
  readonly runId: string;
  readonly request: RunRequest;
}

/** What became of a request: done, or refused with an error. */
export interface RunReply {
  readonly error?: SerializedError;
}

/**
 * How a process asks the one that holds a run for something that only that one can do. The part of a store that several
 * processes share.
 *
 * R1 A request is told to listeners of the store that holds its run, also where it was posted before they listened, or
 *    before their store took the run over. Every listener is told of it once, unless it has its reply by then.
 * R2 The first reply counts. It is told to whoever listens for it, also where it came before they listened.
 * R3 A request that was withdrawn is told to nobody any more. It may have been told before.
 */
export interface RunRequests {
  /** @returns the request's id @throws run-unknown */
  post(runId: string, request: RunRequest): MaybePromise<string>;
  /** Tells of requests to runs that are held through this store. @returns what ends it */
  onRequest(listener: (posted: PostedRequest) => void): () => void;
  reply(id: string, reply: RunReply): MaybePromise<void>;
  /** Calls back once, with the reply. @returns what ends it */
  onReply(id: string, listener: (reply: RunReply) => void): () => void;
  /** Whoever asked waits no longer, or has the reply: both can be forgotten. */
  withdraw(id: string): MaybePromise<void>;
}
