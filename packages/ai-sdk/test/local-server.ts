import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came over the wire. */
export interface WireRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into bodies of three providers
  readonly body: any;
  /** Settles when the client has closed the connection before the answer was whole. */
  readonly aborted: Promise<void>;
}

type Answer = (response: ServerResponse, request: WireRequest) => void | Promise<void>;

/** A local HTTP server that gives the answers in order. */
export interface LocalServer {
  readonly url: string;
  readonly requests: readonly WireRequest[];
  /** The next answer. */
  answer(answer: Answer): void;
  close(): Promise<void>;
}

export async function startLocalServer(): Promise<LocalServer> {
  const answers: Answer[] = [];
  const requests: WireRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const aborted = new Promise<void>((resolve) => {
      response.once('close', () => (response.writableFinished ? undefined : resolve()));
    });
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
    const request: WireRequest = { path: incoming.url ?? '', headers: incoming.headers, body, aborted };
    requests.push(request);
    const next = answers.shift();
    if (next === undefined) response.writeHead(500).end('no answer is left');
    else await next(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: (answer) => void answers.push(answer),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const json =
  (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

/** Server-sent events; an event of a type has its name before it. */
export const events =
  (parts: readonly object[], { cut = false, headers = {} } = {}): Answer =>
  async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
    for (const part of parts) {
      const name = 'type' in part ? `event: ${String(part.type)}\n` : '';
      response.write(`${name}data: ${JSON.stringify(part)}\n\n`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (cut) response.destroy();
    else response.end();
  };

/** Begins to answer with the events, and never ends. */
export const hang =
  (parts: readonly object[] = []): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    for (const part of parts) response.write(`data: ${JSON.stringify(part)}\n\n`);
  };
