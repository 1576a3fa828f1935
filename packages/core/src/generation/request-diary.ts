import type { ModelStartEvent } from '../events/event.js';
import type { ChatRequest } from '../model/chat-model.js';

/** What `model-start` tells of a request. */
export type RequestEntry = Pick<ModelStartEvent, 'request' | 'after'>;

/**
 * Tells of each request of one conversation only what no request before it had: a turn of the tool loop adds a few
 * messages to what may be a long list, and its tools stay. A journal grows with a conversation, not with its square.
 *
 * What is the same is told by identity, so a part that is made anew is told anew. A request that does not go on from the
 * one before it is told whole: the first one, also after a run was taken over, and the first one after a hand-off.
 * @see requestOf, which puts a request together again
 */
export class RequestDiary {
  #last: { readonly node: string; readonly step: string; readonly request: ChatRequest } | undefined;

  entry(node: string, step: string, request: ChatRequest): RequestEntry {
    const last = this.#last;
    this.#last = { node, step, request };
    if (last?.node !== node || !goesOn(request, last.request)) return { request };
    return { request: whatIsNew(request, last.request), after: last.step };
  }
}

type Part = keyof ChatRequest;
const partsOf = (request: ChatRequest) => Object.keys(request) as Part[];

function goesOn(request: ChatRequest, before: ChatRequest): boolean {
  const { messages } = request;
  return (
    before.messages.every((message, place) => message === messages[place]) &&
    partsOf(before).every((part) => request[part] !== undefined)
  );
}

function whatIsNew(request: ChatRequest, before: ChatRequest): ChatRequest {
  const parts: Partial<Record<Part, unknown>> = { messages: request.messages.slice(before.messages.length) };
  for (const part of partsOf(request)) {
    if (part !== 'messages' && request[part] !== before[part]) parts[part] = request[part];
  }
  return parts as unknown as ChatRequest;
}
