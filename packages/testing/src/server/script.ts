import { EspalierError } from '@espalier/core';
import type { RecordedRequest } from './recorded-request.js';
import type { ProviderReply } from './turn.js';

/** Answers a request by what it holds. Nothing: the next scripted reply. */
export type ReplyTo = (request: RecordedRequest) => ProviderReply | undefined | Promise<ProviderReply | undefined>;

/** What a server has still to say. */
export class Script {
  readonly #replies: ProviderReply[] = [];
  #replyTo: ReplyTo | undefined;

  add(replies: readonly (ProviderReply | ReplyTo)[]): void {
    for (const reply of replies) {
      if (typeof reply === 'function') this.#replyTo = reply;
      else this.#replies.push(reply);
    }
  }

  async next(request: RecordedRequest): Promise<ProviderReply | undefined> {
    return (await this.#replyTo?.(request)) ?? this.#replies.shift();
  }

  get left(): number {
    return this.#replies.length;
  }

  /** @throws script-unfinished, which says how many replies nobody asked for */
  assertDone(asked: number): void {
    if (this.left === 0) return;
    const message = `The provider server has ${this.left} more scripted ${this.left === 1 ? 'reply' : 'replies'}; it got ${asked} ${asked === 1 ? 'request' : 'requests'}.`;
    throw new EspalierError('script-unfinished', message);
  }
}
