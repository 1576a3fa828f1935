import { once } from 'node:events';
import { connect } from 'node:net';
import { VirtualClock } from '@espalier/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type ProviderApiName,
  type ProviderServer,
  type ProviderServerOptions,
  startProviderServer,
} from './start-provider-server.js';

/** The smallest request that each provider takes. */
const requests = {
  'openai-responses': { path: '/responses', body: { model: 'gpt-5.5', input: 'Hi' } },
  'openai-chat': { path: '/chat/completions', body: { model: 'gpt-5.5', messages: [{ role: 'user', content: 'Hi' }] } },
  anthropic: {
    path: '/v1/messages',
    body: { model: 'claude-haiku-4-5', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] },
  },
};
const all = Object.keys(requests) as readonly ProviderApiName[];
const keys = { authorization: 'Bearer sk-secret', 'x-api-key': 'sk-secret', 'anthropic-version': '2023-06-01' };

let open: ProviderServer[] = [];
afterEach(async () => {
  for (const server of open) await server.close();
  open = [];
});

async function start(options: ProviderServerOptions): Promise<ProviderServer> {
  const server = await startProviderServer(options);
  open.push(server);
  return server;
}

function ask(
  server: ProviderServer,
  api: ProviderApiName,
  more: object = {},
  init: RequestInit = {},
): Promise<Response> {
  const { path, body } = requests[api];
  const headers = { 'content-type': 'application/json', ...keys };
  return fetch(`${server.baseURL}${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ ...body, ...more }),
    ...init,
  });
}

describe.each(all)('a provider server that speaks %s', (api) => {
  it('answers in JSON, with the id of the request in a header', async () => {
    const server = await start({ api, replies: [{ text: 'Tides turn.' }] });
    const response = await ask(server, api);

    expect(response.status).toBe(200);
    expect(response.headers.get(api === 'anthropic' ? 'request-id' : 'x-request-id')).toMatch(/^req_\w{24}$/);
    expect(response.headers.get(api === 'anthropic' ? 'request-id' : 'x-request-id')).toBe(
      server.requests[0]?.requestId,
    );
    expect(JSON.stringify(await response.json())).toContain('"Tides turn."');
    server.assertDone();
  });

  it('streams the same answer in the given deltas', async () => {
    const server = await start({ api, replies: [{ deltas: ['Tid', 'es tu', 'rn.'] }] });
    const response = await ask(server, api, { stream: true });
    const text = await response.text();

    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    for (const delta of ['"Tid"', '"es tu"', '"rn."']) expect(text).toContain(delta);
  });

  it('keeps requests, without their secrets', async () => {
    const server = await start({ api, replies: [{ text: 'Yes.' }] });
    await ask(server, api);
    const [request] = server.requests;

    expect(request?.method).toBe('POST');
    expect(request?.path).toMatch(/\/(responses|completions|messages)$/);
    expect(request?.body).toEqual(requests[api].body);
    expect(request?.headers['content-type']).toBe('application/json');
    expect(JSON.stringify(request)).not.toContain('sk-secret');
    expect(request?.headers.authorization).toBe('[secret]');
  });

  it('answers with errors in the format of the provider', async () => {
    const server = await start({ api, replies: [{ status: 429, headers: { 'retry-after': '2' } }, { status: 529 }] });
    const limited = await ask(server, api);
    const { error } = (await limited.json()) as { error: { type: string; message: string } };

    expect(limited.status).toBe(429);
    expect(limited.headers.get('retry-after')).toBe('2');
    expect(error.type).toBe(api === 'anthropic' ? 'rate_limit_error' : 'requests');
    expect(error.message).toContain('Rate limit');
    expect((await ask(server, api)).status).toBe(529);
  });

  it('has the words of the provider for what has no status of its own', async () => {
    const server = await start({
      api,
      replies: [{ reason: 'context-length' }, { reason: 'quota' }, { reason: 'content-filter' }],
    });
    const said = [await ask(server, api), await ask(server, api), await ask(server, api)];
    const [long, spent, filtered] = await Promise.all(said.map((response) => response.text()));

    expect(said.map(({ status }) => status)).toEqual([400, api === 'anthropic' ? 400 : 429, 400]);
    expect(long).toMatch(/context_length_exceeded|prompt is too long/);
    expect(spent).toMatch(/insufficient_quota|credit balance is too low/);
    expect(filtered).toMatch(/content_filter|content filtering policy/);
  });

  it('gives the page of a proxy where the test says so', async () => {
    const server = await start({ api, replies: [{ status: 502, body: '<html>Bad gateway</html>' }] });
    const response = await ask(server, api);

    expect([response.status, await response.text()]).toEqual([502, '<html>Bad gateway</html>']);
  });

  it('wants a key, and the right one', async () => {
    const server = await start({ api, apiKey: 'right' });
    const without = await ask(server, api, {}, { headers: { 'content-type': 'application/json' } });
    const wrong = await ask(server, api);

    expect([without.status, wrong.status]).toEqual([401, 401]);
  });

  it('does not know other paths and methods', async () => {
    const server = await start({ api });

    expect((await fetch(`${server.url}/v1/nothing`, { method: 'POST', headers: keys })).status).toBe(404);
    expect((await fetch(`${server.baseURL}${requests[api].path}`, { headers: keys })).status).toBe(404);
  });

  it('refuses a body that is no JSON, a field that it does not know and one that is missing', async () => {
    const server = await start({ api });
    const unread = await ask(server, api, {}, { body: '{' });
    const unknown = await ask(server, api, { sead: 1 });
    const missing = await ask(server, api, { model: undefined });

    expect([unread.status, unknown.status, missing.status]).toEqual([400, 400, 400]);
    expect(await unknown.text()).toContain('sead');
    expect(await missing.text()).toContain('model');
  });

  it('refuses a request for which nothing is scripted', async () => {
    const server = await start({ api });
    const response = await ask(server, api);

    expect(response.status).toBe(400);
    expect(await response.text()).toContain('The test has scripted no reply for this request.');
  });

  it('says when replies are left', async () => {
    const server = await start({ api, replies: [{ text: 'One' }, { text: 'Two' }] });
    await ask(server, api);

    expect(server.repliesLeft).toBe(1);
    expect(() => server.assertDone()).toThrow('The provider server has 1 more scripted reply; it got 1 request.');
  });

  it('answers concurrent requests by what they hold', async () => {
    const server = await start({ api });
    server.reply(({ body }) => ({ text: `It says ${(body as { metadata: { user_id: string } }).metadata.user_id}.` }));
    const texts = await Promise.all(
      ['a', 'b', 'c'].map(async (user_id) => (await ask(server, api, { metadata: { user_id } })).text()),
    );

    for (const [index, name] of ['a', 'b', 'c'].entries()) expect(texts[index]).toContain(`It says ${name}.`);
  });

  it('knows when its client hangs up', async () => {
    const server = await start({ api, replies: [{ fault: { type: 'hang' } }] });
    const controller = new AbortController();
    const call = ask(server, api, {}, { signal: controller.signal }).catch((error: Error) => error.name);
    const request = await server.request(0);
    controller.abort();

    expect(await call).toBe('AbortError');
    await request.aborted;
  });

  describe('breaks', () => {
    const deltas = ['one ', 'two ', 'three ', 'four'];

    it('the connection before the answer', async () => {
      const server = await start({ api, replies: [{ text: 'x', fault: { type: 'disconnect' } }] });

      await expect(ask(server, api)).rejects.toThrow('fetch failed');
    });

    it('the connection in the middle of a stream, after the deltas that it was told', async () => {
      const server = await start({ api, replies: [{ deltas, fault: { type: 'disconnect', after: 2 } }] });
      const [text, error] = await readAll(await ask(server, api, { stream: true }));

      expect(text).toContain('"two "');
      expect(text).not.toContain('"three "');
      expect(error).toBe('terminated');
    });

    it('the connection in the middle of a JSON answer', async () => {
      const server = await start({ api, replies: [{ text: 'x', fault: { type: 'disconnect', after: 0 } }] });
      const [text, error] = await readAll(await ask(server, api));

      expect(text.length).toBeGreaterThan(10);
      expect(() => JSON.parse(text)).toThrow();
      expect(error).toBe('terminated');
    });

    it('off a stream before its last event, well for HTTP', async () => {
      const server = await start({ api, replies: [{ deltas, fault: { type: 'truncate' } }] });
      const [text, error] = await readAll(await ask(server, api, { stream: true }));

      expect(error).toBeUndefined();
      expect(text).toContain('"four"');
      expect(text).not.toMatch(/response\.completed|\[DONE\]|message_stop|"finish_reason":"stop"/);
    });

    it('off a JSON answer in its middle, well for HTTP', async () => {
      const server = await start({ api, replies: [{ deltas, fault: { type: 'truncate' } }] });
      const [text, error] = await readAll(await ask(server, api));

      expect(error).toBeUndefined();
      expect(() => JSON.parse(text)).toThrow();
    });

    it('into what is no JSON', async () => {
      const fault = { type: 'garbage', after: 1 } as const;
      const server = await start({
        api,
        replies: [
          { deltas, fault },
          { deltas, fault },
        ],
      });

      expect(await (await ask(server, api)).text()).toBe('<html>Bad gateway</html>');
      const [text] = await readAll(await ask(server, api, { stream: true }));
      expect(text).toContain('"one "');
      expect(text).not.toContain('"two "');
      expect(text).toMatch(/data: \{"type": <html>/);
    });

    it('with an error in the middle of the stream', async () => {
      const fault = { type: 'error-event', after: 1, message: 'Too much', code: 'overloaded_error' } as const;
      const server = await start({
        api,
        replies: [
          { deltas, fault },
          { deltas, fault },
        ],
      });
      const [text] = await readAll(await ask(server, api, { stream: true }));

      expect(text).toMatch(/"one "[\s\S]*overloaded_error/);
      expect(text).toContain('Too much');
      expect((await ask(server, api)).status).toBe(500);
    });

    it('off in silence', async () => {
      const server = await start({ api, replies: [{ deltas, fault: { type: 'hang', after: 1 } }] });
      const controller = new AbortController();
      const response = await ask(server, api, { stream: true }, { signal: controller.signal });
      const reader = response.body?.getReader();
      let text = '';
      while (!text.includes('"one "')) text += new TextDecoder().decode((await reader?.read())?.value);
      controller.abort();

      expect(text).not.toContain('"two "');
      await (await server.request(0)).aborted;
    });
  });

  it('is slow by the clock that it is given', async () => {
    const clock = new VirtualClock();
    const server = await start({ api, clock, replies: [{ deltas: ['a', 'b'], delay: 60_000 }] });
    const call = ask(server, api, { stream: true }).then((response) => response.text());
    await server.request(0);
    // The first wait is before the answer, then one for each delta.
    for (let waits = 0; waits < 3; waits += 1) {
      while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
      await clock.advance(60_000);
    }

    expect(await call).toContain('"b"');
  });

  it('leaves nothing running when it closes in the middle of an answer', async () => {
    const clock = new VirtualClock();
    const server = await start({ api, clock, replies: [{ text: 'x', delay: 1000 }] });
    const call = ask(server, api).catch((error: Error) => error.message);
    await server.request(0);
    while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
    await server.close();

    expect(await call).toBe('fetch failed');
    expect(clock.pending).toBe(0);
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const [error] = await once(socket, 'error');
    expect((error as NodeJS.ErrnoException).code).toBe('ECONNREFUSED');
  });
});

describe('startProviderServer', () => {
  it('refuses an API that it does not speak', async () => {
    await expect(startProviderServer({ api: 'gemini' as never })).rejects.toThrow(
      "startProviderServer(): api: expected 'openai-responses', 'openai-chat' or 'anthropic', got \"gemini\".",
    );
  });

  it('leaves no handle, and closes once only', async () => {
    const sockets = () => process.getActiveResourcesInfo().filter((resource) => resource.startsWith('TCP')).length;
    const before = sockets();
    const server = await start({
      api: 'anthropic',
      replies: [{ text: 'Hi.' }, { text: 'x', fault: { type: 'hang', after: 0 } }],
    });
    await (await ask(server, 'anthropic')).text();
    const hanging = ask(server, 'anthropic', { stream: true }).then((response) => response.text());
    await server.request(1);
    await Promise.all([server.close(), expect(hanging).rejects.toThrow()]);
    await server.close();

    expect(sockets()).toBe(before);
  });

  it('listens on this machine only', async () => {
    const server = await start({ api: 'anthropic' });

    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});

/** What came, and what broke it off. */
async function readAll(response: Response): Promise<readonly [text: string, error: string | undefined]> {
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
    return [text, undefined];
  } catch (error) {
    return [text, (error as Error).message];
  }
}
