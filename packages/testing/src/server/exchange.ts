import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '@espalier/core';
import { isBody } from './checks.js';
import type { Ids } from './ids.js';
import type { Asked, Body, Memory, Problem, ProviderApi } from './provider-api.js';
import { type RecordedRequest, withoutSecrets } from './recorded-request.js';
import type { Script } from './script.js';
import { sendEvents, sendJson } from './send-answer.js';
import { type ProviderError, type ProviderTurn, readTurn } from './turn.js';

/** What all requests of a server share. */
export interface Serving {
  readonly api: ProviderApi;
  readonly script: Script;
  readonly apiKey: string | undefined;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly memory: Memory;
  /** Aborts when the server closes. */
  readonly closing: AbortSignal;
  record(request: RecordedRequest): void;
}

/** One request and its answer. */
export class Exchange {
  readonly #requestId: string;

  constructor(
    private readonly serving: Serving,
    private readonly incoming: IncomingMessage,
    private readonly response: ServerResponse,
  ) {
    const { header, prefix } = serving.api.requestId;
    this.#requestId = serving.ids.next(prefix, 24);
    response.setHeader(header, this.#requestId);
    response.on('error', () => undefined);
  }

  async run(): Promise<void> {
    const aborted = this.#aborted();
    const text = await readText(this.incoming);
    if (text === undefined) return;
    const body = parsed(text);
    const { api, memory, script } = this.serving;
    const request: RecordedRequest = {
      method: this.incoming.method ?? '',
      path: this.#path(),
      headers: withoutSecrets(this.incoming.headers),
      body,
      aborted,
      requestId: this.#requestId,
      reasoningParts: isBody(body) ? api.reasoningIn(body, memory) : 0,
    };
    this.serving.record(request);
    const problem = this.#problem(body);
    if (problem !== undefined) return this.#refuse(problem);
    const reply = await script.next(request);
    if (reply === undefined) {
      return this.#refuse({ message: 'The test has scripted no reply for this request.', code: 'unscripted_request' });
    }
    if ('reason' in reply) return this.#refuse(api.refusals[reply.reason]);
    await ('status' in reply ? this.#fail(reply) : this.#answer(reply, body as Body, text.length));
  }

  #path = (): string => (this.incoming.url ?? '').replace(/\?.*$/, '');

  #header = (name: string): string | undefined => {
    const value = this.incoming.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };

  #aborted(): Promise<void> {
    return new Promise((resolve) => {
      this.response.once('close', () => {
        if (!this.response.writableEnded && !this.serving.closing.aborted && !this.#cut) resolve();
      });
    });
  }

  /** The server itself cut the connection. */
  #cut = false;

  /** What is wrong, in the order in which a real provider looks: place, key, form, content. */
  #problem(body: unknown): Problem | undefined {
    const { api, apiKey, memory } = this.serving;
    const { method } = this.incoming;
    if (method !== 'POST' || !api.paths.includes(this.#path())) {
      return { status: 404, message: `Invalid URL (${method} ${this.#path()})` };
    }
    const key = api.keyOf(this.#header);
    if (key === undefined || key === '') return { status: 401, message: "You didn't provide an API key." };
    if (apiKey !== undefined && key !== apiKey) return { status: 401, message: 'Incorrect API key provided.' };
    if (!isBody(body)) return { message: 'We could not parse the JSON body of your request.' };
    return api.check(body, this.#header, memory);
  }

  #refuse(problem: Problem): Promise<void> {
    const { api } = this.serving;
    return this.#json(problem.status ?? 400, api.error(problem, this.#requestId));
  }

  #json(status: number, body: unknown, turn: ProviderTurn = {}): Promise<void> {
    return sendJson(this.#sending(turn), status, body);
  }

  async #fail(error: ProviderError): Promise<void> {
    const { status, message = words(status), code, headers = {}, body } = error;
    if (body === undefined) {
      const failed = this.serving.api.error(
        { status, message, ...(code === undefined ? {} : { code }) },
        this.#requestId,
      );
      return this.#json(status, failed, { headers });
    }
    this.response.writeHead(status, { ...this.serving.api.headers, 'content-type': 'text/html', ...headers }).end(body);
  }

  async #answer(turn: ProviderTurn, body: Body, size: number): Promise<void> {
    const { api, clock, ids, memory } = this.serving;
    const { fault } = turn;
    const early = fault?.after === undefined;
    this.#cut = fault?.type === 'disconnect';
    if (!(await this.#pause(turn))) return;
    if (early && fault?.type === 'hang') return;
    if (early && fault?.type === 'disconnect') return void this.incoming.socket.destroy();
    const answer = readTurn(turn, String(body.model), size);
    const asked: Asked = { body, ids, memory, created: Math.floor(clock.now() / 1000) };
    if (body.stream === true) await sendEvents(this.#sending(turn), api.events(answer, asked));
    else await this.#json(200, api.body(answer, asked), turn);
  }

  #sending = (turn: ProviderTurn) => ({
    response: this.response,
    api: this.serving.api,
    requestId: this.#requestId,
    headers: { ...this.serving.api.headers, ...turn.headers },
    fault: turn.fault,
    pause: () => this.#pause(turn),
  });

  /** False when the client has gone meanwhile, or the server closes. */
  #pause({ delay = 0 }: ProviderTurn): Promise<boolean> {
    if (delay === 0) return Promise.resolve(!this.response.destroyed);
    return new Promise((resolve) => {
      const gone = (): void => {
        cancel();
        resolve(false);
      };
      const cancel = this.serving.clock.setTimer(delay, () => {
        this.response.off('close', gone);
        resolve(true);
      });
      this.response.once('close', gone);
    });
  }
}

/** What providers say with a status, roughly. */
function words(status: number): string {
  if (status === 401) return 'Incorrect API key provided.';
  if (status === 403) return 'Your API key does not have permission to use this resource.';
  if (status === 404) return 'The model does not exist or you do not have access to it.';
  if (status === 408 || status === 504) return 'The request timed out.';
  if (status === 413) return 'Request exceeds the maximum size.';
  if (status === 429) return 'Rate limit reached for requests.';
  if (status === 503 || status === 529) return 'Overloaded';
  return status >= 500 ? 'Internal server error' : 'Invalid request.';
}

/** The whole body; nothing where the client went before it was whole. */
async function readText(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
