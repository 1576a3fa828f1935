import {
  type ChatRequest,
  type JsonSchema,
  type Message,
  type ToolDefinition,
  textOf,
  toolCallsOf,
} from '@espalier/core';
import { offline } from '@espalier/offline';
import { type ProviderReply, type ProviderServer, type RecordedRequest, startProviderServer } from '@espalier/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { briefingOf, build, folderOf, removeFolders, run } from './run-program.js';

const documents = {
  'README.md': `# Tides

Tides are the rise and fall of the sea, caused by the gravity of the moon and the sun. They turn twice a day on most coasts.
`,
  'power.md': `# Tidal power

A tidal barrage stores water behind a dam and releases it through turbines. It is not yet decided who pays for the barrage.
`,
};

/** A chat message as it is on the wire. */
interface WireMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content?: string | readonly { readonly text: string }[] | null;
  readonly tool_call_id?: string;
  readonly tool_calls?: readonly { readonly id: string; readonly function: { name: string; arguments: string } }[];
}

interface WireRequest {
  readonly messages: readonly WireMessage[];
  readonly model: string;
  readonly tools?: readonly { readonly function: ToolDefinition }[];
  readonly tool_choice?: 'auto' | 'none';
  readonly response_format?: { readonly json_schema: { readonly name: string; readonly schema: JsonSchema } };
}

const textOfWire = ({ content }: WireMessage): string =>
  typeof content === 'string' ? content : (content ?? []).map(({ text }) => text).join('');

function fromWire(message: WireMessage): Message {
  const text = textOfWire(message);
  if (message.role === 'system') return { role: 'system', content: text };
  if (message.role === 'user') return { role: 'user', content: [{ type: 'text', text }] };
  if (message.role === 'tool') {
    return { role: 'tool', callId: String(message.tool_call_id), tool: 'search', content: text, failed: false };
  }
  const calls = (message.tool_calls ?? []).map(({ id, function: { name, arguments: args } }) => ({
    type: 'tool-call' as const,
    id,
    tool: name,
    arguments: args,
  }));
  return { role: 'assistant', content: [...(text === '' ? [] : [{ type: 'text' as const, text }]), ...calls] };
}

/** A mind behind the server: the offline model, which knows nothing of the wire. */
async function reply({ body }: RecordedRequest): Promise<ProviderReply> {
  const { messages, tools = [], tool_choice, response_format } = body as unknown as WireRequest;
  const request: ChatRequest = {
    messages: messages.map(fromWire),
    ...(tools.length === 0 ? {} : { tools: tools.map(({ function: tool }) => tool) }),
    ...(tool_choice === undefined ? {} : { toolChoice: tool_choice }),
    ...(response_format === undefined ? {} : { output: response_format.json_schema }),
  };
  const options = { signal: new AbortController().signal, idempotencyKey: 'x' };
  const { message } = await offline().generate(request, options);
  const calls = toolCallsOf(message).map(({ tool, arguments: args }) => ({ tool, arguments: args }));
  return { text: textOf(message), ...(calls.length === 0 ? {} : { calls }) };
}

let server: ProviderServer;

beforeAll(async () => {
  build();
  server = await startProviderServer({ api: 'openai-chat', replies: [reply] });
}, 120_000);
afterAll(async () => {
  await server.close();
  removeFolders();
});

describe('npm start -- --model', () => {
  it('briefs with the model of a server, over HTTP, and says who wrote it', async () => {
    const folder = folderOf(documents);
    const question = ['--question', 'How does a tidal barrage work?'];
    const args = [folder, ...question, '--model', `openai-compatible:${server.baseURL}#tiny`];
    const ended = await run(args, { env: { OPENAI_COMPATIBLE_API_KEY: 'test' } });
    expect(ended.stderr).not.toContain('failed');
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain(
      'Written by openai-compatible:tiny; every quote was found in its source, word for word.',
    );
    const here = await run([folder, ...question, '--model', 'offline']);
    const body = (text: string): string => briefingOf(text).replace(/\. (?:Written by|No language model).*/, '.');
    expect(body(ended.stdout)).toBe(body(here.stdout));
    expect(server.requests.length).toBeGreaterThan(4);
    expect(new Set(server.requests.map(({ body }) => (body as WireRequest).model))).toEqual(new Set(['tiny']));
  }, 60_000);

  it.each([
    ['gpt', "--model: there is no model 'gpt'."],
    ['openai-compatible:nowhere', "--model: there is no model 'openai-compatible:nowhere'."],
    ['openai:gpt-5.5', '--model openai:gpt-5.5 needs a key.'],
    ['anthropic:claude-haiku-4-5', '--model anthropic:claude-haiku-4-5 needs a key.'],
  ])('says what is wrong with %s', async (model, message) => {
    const { code, stderr } = await run([folderOf(documents), '--model', model]);
    expect([code, stderr.trim().split('\n')[0]]).toEqual([2, `No briefing: ${message}`]);
    expect(stderr).not.toMatch(/^\s+at .+:\d+/m);
  });

  it('says what to do where the provider refuses the key, or cannot be reached', async () => {
    const refusing = await startProviderServer({ api: 'openai-responses', apiKey: 'right' });
    const folder = folderOf(documents);
    const env = { OPENAI_API_KEY: 'wrong', OPENAI_BASE_URL: refusing.baseURL };
    const { code, stderr } = await run([folder], { env });
    await refusing.close();
    expect(code).toBe(1);
    expect(stderr).toContain("Model 'openai:gpt-5.4-mini'");
    expect(stderr).toContain('Check the key and what it may use.');
    expect(stderr).not.toContain('wrong');

    const gone = await run([folder], { env });
    expect(gone.code).toBe(1);
    expect(gone.stderr).toContain('Check the network and the URL.');
  }, 120_000);
});
