import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChatChunk, ChatModel, ChatOptions, ChatRequest, ChatResponse, EspalierError } from '@espalier/core';
import { userText } from '@espalier/core';

export const call = (signal: AbortSignal = new AbortController().signal): ChatOptions => ({
  signal,
  idempotencyKey: 'run/node#1/model:1',
});

export const ask = (more: Partial<ChatRequest> = {}): ChatRequest => ({ messages: [userText('Q')], ...more });

/** Everything that a stream gives, and its answer. */
export async function readAll(
  model: ChatModel,
  request: ChatRequest,
): Promise<{ readonly chunks: readonly ChatChunk[]; readonly response: ChatResponse }> {
  const chunks: ChatChunk[] = [];
  if (model.stream === undefined) throw new Error('the model does not stream');
  for await (const chunk of model.stream(request, call())) {
    if (chunk.type === 'response') return { chunks, response: chunk.response };
    chunks.push(chunk);
  }
  throw new Error('the stream had no answer');
}

export async function failureOf(promise: Promise<unknown>): Promise<EspalierError> {
  try {
    await promise;
  } catch (error) {
    return error as EspalierError;
  }
  throw new Error('nothing was thrown');
}

/** What a server that nobody speaks for answers: a body, or the data of server-sent events. */
export interface RawReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly events?: readonly unknown[];
}

export interface RawServer extends AsyncDisposable {
  readonly baseURL: string;
  readonly requests: { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: RawBody }[];
}

// biome-ignore lint/suspicious/noExplicitAny: tests read whatever was sent.
type RawBody = any;

/** A server that gives these answers, in order, whatever it is asked. */
export async function rawServer(...replies: readonly RawReply[]): Promise<RawServer> {
  const requests: RawServer['requests'] = [];
  const http = createServer(async (incoming, outgoing) => {
    let text = '';
    for await (const part of incoming) text += String(part);
    const reply = replies[requests.length] ?? { status: 500, body: { error: { message: 'nothing is left' } } };
    requests.push({ path: incoming.url ?? '', headers: incoming.headers, body: JSON.parse(text) });
    const type = reply.events === undefined ? 'application/json' : 'text/event-stream';
    outgoing.writeHead(reply.status ?? 200, { 'content-type': type, ...reply.headers });
    if (reply.events === undefined) {
      outgoing.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
      return;
    }
    for (const event of reply.events) outgoing.write(`data: ${JSON.stringify(event)}\n\n`);
    outgoing.end('data: [DONE]\n\n');
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    baseURL: `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1`,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}
