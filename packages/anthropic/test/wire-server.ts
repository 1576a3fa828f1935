import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the server saw it. */
export interface Seen {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: bodies are looked at freely in expectations
  readonly body: any;
}

export type Answer = (response: ServerResponse, seen: Seen) => void | Promise<void>;

export interface WireServer {
  readonly url: string;
  readonly seen: Seen[];
  /** Resolves when a client has closed its connection before the answer was whole. */
  readonly closed: Promise<void>;
  /** What the next requests get, in order. */
  answer(...answers: readonly Answer[]): void;
  stop(): Promise<void>;
}

/** A server that says what a test wants, as it would come over the wire. */
export async function startWireServer(): Promise<WireServer> {
  const seen: Seen[] = [];
  const answers: Answer[] = [];
  const { promise: closed, resolve: sawClose } = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) sawClose();
    });
    let text = '';
    for await (const chunk of request) text += chunk;
    const entry = { path: String(request.url), headers: request.headers, body: JSON.parse(text) };
    seen.push(entry);
    const next = answers.shift();
    if (next === undefined)
      response.writeHead(500).end('{"type":"error","error":{"type":"api_error","message":"unscripted"}}');
    else await next(response, entry);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    closed,
    answer: (...more) => void answers.push(...more),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const json =
  (body: unknown, { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_1', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

export const failure = (
  status: number,
  type: string,
  message: string,
  headers: Record<string, string> = {},
  details?: object,
): Answer =>
  json({ type: 'error', error: { type, message, ...(details === undefined ? {} : { details }) } }, { status, headers });

/** An answer as it comes from the Messages API. */
export const message = (content: readonly object[], more: object = {}): object => ({
  id: 'msg_01',
  type: 'message',
  role: 'assistant',
  model: 'claude-haiku-4-5-20251001',
  content,
  stop_reason: 'end_turn',
  stop_sequence: null,
  stop_details: null,
  usage: { input_tokens: 10, output_tokens: 5, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
  ...more,
});

export const text = (value: string): object => ({ type: 'text', text: value, citations: null });

/** One event, as its lines. */
export const event = (data: { readonly type: string }): string =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

/** A stream of events; what is no event goes out as it is. Ends the answer, unless told to keep it open or to cut it. */
export const events =
  (parts: readonly ({ readonly type: string } | string)[], end: 'end' | 'open' | 'cut' = 'end'): Answer =>
  async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_2' });
    for (const part of parts) {
      response.write(typeof part === 'string' ? part : event(part));
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (end === 'end') response.end();
    if (end === 'cut') response.socket?.destroy();
  };

/** The events of an answer whose blocks come in these pieces. */
export function streamOf(
  blocks: readonly { readonly start: object; readonly deltas?: readonly object[] }[],
  {
    stop = 'end_turn',
    usage = { output_tokens: 15 },
    details = null,
  }: { stop?: string; usage?: object; details?: object | null } = {},
): { readonly type: string }[] {
  const start = message([], {
    stop_reason: null,
    usage: { input_tokens: 25, output_tokens: 1, cache_creation_input_tokens: 100, cache_read_input_tokens: 200 },
  });
  return [
    { type: 'message_start', message: start } as { type: string },
    { type: 'ping' },
    ...blocks.flatMap(({ start: content_block, deltas = [] }, index) => [
      { type: 'content_block_start', index, content_block },
      ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_delta', delta: { stop_reason: stop, stop_sequence: null, stop_details: details }, usage } as {
      type: string;
    },
    { type: 'message_stop' },
  ];
}
