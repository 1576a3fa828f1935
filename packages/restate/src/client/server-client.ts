import { EspalierError } from '@espalier/core';

/** Where a Restate server is, and what it is called in messages. */
export interface ServerAddress {
  readonly url: string;
  /** The option that holds it. */
  readonly option: 'ingress' | 'admin';
}

/** What the server has answered. */
export interface ServerAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Asks a Restate server over HTTP. What is no answer of its own is an error. */
export class ServerClient {
  readonly #address: ServerAddress;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(address: ServerAddress, headers: Readonly<Record<string, string>> = {}) {
    this.#address = address;
    this.#headers = headers;
  }

  /** @throws restate-unreachable, restate-refused */
  async ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<ServerAnswer> {
    const { url, option } = this.#address;
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${url.replace(/\/+$/, '')}/${path}`, {
        method,
        headers: {
          ...this.#headers,
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      text = await response.text();
    } catch (cause) {
      throw new EspalierError('restate-unreachable', `No Restate server answers at ${url} (${option}).`, {
        hint: `See whether the server runs, and whether \`${option}\` of restate({ … }) is its address.`,
        details: { url },
        cause,
      });
    }
    return { status: response.status, body: read(text) };
  }

  /** @throws restate-unreachable, restate-refused */
  async call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    const answer = await this.ask(method, path, body);
    if (answer.status < 300) return answer.body;
    throw this.refused(path, answer);
  }

  refused(path: string, { status, body }: ServerAnswer): EspalierError {
    const said = messageOf(body);
    const isUnknown = status === 404 && /service|handler/i.test(said);
    const hint = isUnknown
      ? 'Register the address of a worker: engine.register(url), with the same `namespace`.'
      : `See whether \`${this.#address.option}\` of restate({ … }) is the address of a Restate server.`;
    const message = `The Restate server at ${this.#address.url} answered ${status} to ${path}: ${said}`;
    return new EspalierError('restate-refused', message, { hint, details: { status }, retryable: status >= 500 });
  }
}

function read(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function messageOf(body: unknown): string {
  const { message } = (typeof body === 'object' && body !== null ? body : {}) as { message?: unknown };
  const said = typeof message === 'string' ? message : typeof body === 'string' ? body : 'nothing more';
  return said.slice(0, 300);
}
