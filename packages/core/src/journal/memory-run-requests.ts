import type { PostedRequest, RunReply, RunRequest, RunRequests } from './run-requests.js';

/** What the requests have to know of the runs. */
export interface RunsOfRequests {
  /** One that was forgotten is not. */
  isHeld(runId: string): boolean;
  /** @throws run-unknown */
  assertKnown(runId: string): void;
}

interface Pending {
  readonly posted: PostedRequest;
  reply: RunReply | undefined;
  onReply: ((reply: RunReply) => void) | undefined;
}

/** Requests between runtimes that share a journal in memory. */
export class MemoryRunRequests implements RunRequests {
  readonly #runs: RunsOfRequests;
  readonly #pending = new Map<string, Pending>();
  readonly #listeners = new Set<(posted: PostedRequest) => void>();
  #last = 0;

  constructor(runs: RunsOfRequests) {
    this.#runs = runs;
  }

  post(runId: string, request: RunRequest): string {
    this.#runs.assertKnown(runId);
    this.#last += 1;
    const id = String(this.#last);
    const posted = { id, runId, request };
    this.#pending.set(id, { posted, reply: undefined, onReply: undefined });
    if (this.#runs.isHeld(runId)) this.#tell(posted);
    return id;
  }

  onRequest(listener: (posted: PostedRequest) => void): () => void {
    this.#listeners.add(listener);
    for (const { posted, reply } of [...this.#pending.values()]) {
      if (reply === undefined && this.#runs.isHeld(posted.runId)) listener(posted);
    }
    return () => this.#listeners.delete(listener);
  }

  reply(id: string, reply: RunReply): void {
    const pending = this.#pending.get(id);
    if (pending === undefined || pending.reply !== undefined) return;
    pending.reply = reply;
    pending.onReply?.(reply);
  }

  onReply(id: string, listener: (reply: RunReply) => void): () => void {
    const pending = this.#pending.get(id);
    if (pending?.reply !== undefined) listener(pending.reply);
    else if (pending !== undefined) pending.onReply = listener;
    return () => {
      if (pending?.onReply === listener) pending.onReply = undefined;
    };
  }

  withdraw(id: string): void {
    this.#pending.delete(id);
  }

  /** A run was taken over: its new holder is told of what was asked before. */
  taken(runId: string): void {
    if (this.#pending.size === 0) return;
    for (const { posted, reply } of [...this.#pending.values()]) {
      if (reply === undefined && posted.runId === runId) this.#tell(posted);
    }
  }

  #tell(posted: PostedRequest): void {
    for (const listener of [...this.#listeners]) listener(posted);
  }
}
