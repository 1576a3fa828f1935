import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { openai } from '../src/index.js';
import { ask, call } from './harness.js';

/** A server that begins an answer and never ends it. It tells when it has begun, and when the client has gone. */
async function endless() {
  let begun = (): void => {};
  let gone = (): void => {};
  const beginning = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const left = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const http = createServer((_incoming, outgoing) => {
    outgoing.on('close', gone);
    outgoing.writeHead(200, { 'content-type': 'application/json' });
    outgoing.write('{"choices":', () => begun());
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const baseURL = `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1`;
  return {
    baseURL,
    beginning,
    left,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}

describe.each([['chat'], ['responses']] as const)('a call by the %s API', (api) => {
  it.each([['a client of its own'], ["the user's client"]])(
    'hangs up when it is aborted in the middle of the answer: %s',
    async (whose) => {
      await using server = await endless();
      const { baseURL } = server;
      const address =
        whose === 'a client of its own'
          ? { apiKey: 'any-key', baseURL }
          : { client: new OpenAI({ apiKey: 'any-key', baseURL }) };
      const controller = new AbortController();
      const asked = openai('gpt-5.5', { api, ...address }).generate(ask(), call(controller.signal));
      asked.catch(() => undefined);
      await server.beginning;
      controller.abort(new Error('enough'));

      await expect(asked).rejects.toThrow('enough');
      await server.left;
    },
  );
});
