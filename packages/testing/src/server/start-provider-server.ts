import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, EspalierError, systemClock } from '@espalier/core';
import { anthropicMessages } from './anthropic-messages.js';
import { Exchange, type Serving } from './exchange.js';
import { Ids } from './ids.js';
import { openaiChat } from './openai-chat.js';
import { openaiResponses } from './openai-responses.js';
import type { ProviderApi } from './provider-api.js';
import type { RecordedRequest } from './recorded-request.js';
import { type ReplyTo, Script } from './script.js';
import type { ProviderReply } from './turn.js';

const apis = { 'openai-responses': openaiResponses, 'openai-chat': openaiChat, anthropic: anthropicMessages };

/** The wire format that a {@link ProviderServer} speaks. */
export type ProviderApiName = keyof typeof apis;

/** @since 0.1.0 */
export interface ProviderServerOptions {
  readonly api: ProviderApiName;
  /** What it answers, in order, as {@link ProviderServer.reply} adds it. */
  readonly replies?: readonly (ProviderReply | ReplyTo)[];
  /** The only key that it accepts. @default any key, but not none */
  readonly apiKey?: string;
  /** What the `delay` of turns is measured by: a `VirtualClock` makes them pass when a test says so. @default the system's */
  readonly clock?: Clock;
}

/** A provider on this machine, scripted. @since 0.1.0 */
export interface ProviderServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string;
  /** What the provider's SDK takes as its `baseURL`. */
  readonly baseURL: string;
  /** Every request since the start, also those that it refused. */
  readonly requests: readonly RecordedRequest[];
  /** Scripted replies that no request has taken. */
  readonly repliesLeft: number;
  /** Adds replies, one a request; a function is asked first, for each request. A request that finds none is refused. */
  reply(...replies: readonly (ProviderReply | ReplyTo)[]): void;
  /** Resolves with the request of this index (0 is the first), at once where it has come already. */
  request(index: number): Promise<RecordedRequest>;
  /** @throws script-unfinished when replies are left: the client asked less often than the test thinks */
  assertDone(): void;
  /** Cuts all connections and frees the port. Leaves nothing running. */
  close(): Promise<void>;
}

/**
 * Starts an HTTP server on 127.0.0.1 that speaks a provider's wire format, as JSON and as a stream, and says what a test
 * has scripted. It refuses what the real provider would refuse, in the provider's words, so that an adapter that passes
 * against it writes well-formed requests.
 *
 * Use it to test an adapter, an SDK's settings or a whole workflow over HTTP. Where only agents are to be tested, a
 * scripted model is simpler and faster.
 *
 * @throws option-invalid when `api` is unknown
 * @example
 * const server = await startProviderServer({ api: 'openai-responses', replies: [{ text: 'Hello.' }] });
 * const model = openai('gpt-5.5', { baseURL: server.baseURL, apiKey: 'test' });
 * // … use the model …
 * await server.close();
 * @since 0.1.0
 */
export async function startProviderServer(options: ProviderServerOptions): Promise<ProviderServer> {
  const api: ProviderApi | undefined = Object.hasOwn(apis, options.api) ? apis[options.api] : undefined;
  if (api === undefined) throw unknownApi(options.api);
  const script = new Script();
  script.add(options.replies ?? []);
  const requests: RecordedRequest[] = [];
  const waiting: (() => void)[] = [];
  const closing = new AbortController();
  const serving: Serving = {
    api,
    script,
    apiKey: options.apiKey,
    clock: options.clock ?? systemClock,
    ids: new Ids(),
    memory: { reasoning: new Map(), calls: new Map() },
    closing: closing.signal,
    record: (request) => {
      requests.push(request);
      for (const check of waiting.splice(0)) check();
    },
  };
  const http = createServer((incoming, response) => void new Exchange(serving, incoming, response).run());
  const url = await listen(http);
  const close = async (): Promise<void> => {
    closing.abort();
    await stop(http);
  };
  return {
    url,
    baseURL: `${url}${api.basePath}`,
    requests,
    get repliesLeft() {
      return script.left;
    },
    reply: (...replies) => script.add(replies),
    request: async (index) => {
      for (;;) {
        const request = requests[index];
        if (request !== undefined) return request;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    assertDone: () => script.assertDone(requests.length),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function unknownApi(api: unknown): EspalierError {
  const names = Object.keys(apis).map((name) => `'${name}'`);
  return new EspalierError(
    'option-invalid',
    `startProviderServer(): api: expected ${names.slice(0, -1).join(', ')} or ${names.at(-1)}, got ${JSON.stringify(api)}.`,
  );
}

async function listen(http: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

async function stop(http: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    http.close(() => resolve());
    http.closeAllConnections();
  });
  // Handles are gone, and clients in this process see their ends, some turns of the event loop later.
  for (let turns = 0; turns < 3; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}
