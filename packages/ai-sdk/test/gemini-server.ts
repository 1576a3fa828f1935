import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  ProviderError,
  ProviderReply,
  ProviderTurn,
  ScriptedProvider,
  ScriptedProviderReplyTo,
  ScriptedProviderRequest,
} from '@espalier/testing';

/** A part of Gemini's messages. */
interface Part {
  readonly text?: string;
  readonly thought?: boolean;
  readonly thoughtSignature?: string;
  readonly functionCall?: { readonly id?: string; readonly name: string; readonly args?: unknown };
  readonly functionResponse?: { readonly id?: string; readonly name: string };
}
interface Body {
  readonly contents?: readonly { readonly role: string; readonly parts?: readonly Part[] }[];
}

export interface GeminiServer extends ScriptedProvider {
  readonly baseURL: string;
}

/** Google's Gemini API on this machine, for the conformance suite: scripted in no provider's words. */
export async function startGeminiServer(apiKey: string): Promise<GeminiServer> {
  const script: (ProviderReply | ScriptedProviderReplyTo)[] = [];
  const requests: ScriptedProviderRequest[] = [];
  const waiting = new Set<() => void>();
  const signatures = new Set<string>();
  let ids = 0;

  const http = createServer(async (incoming, response) => {
    const body = JSON.parse(await textOf(incoming)) as Body;
    const requestId = `resp-${++ids}`;
    const aborted = new Promise<void>((resolve) => {
      response.once('close', () => (response.writableFinished ? undefined : resolve()));
    });
    const parts = (body.contents ?? []).flatMap((content) => content.parts ?? []);
    const reasoningParts = parts.filter((part) => signatures.has(part.thoughtSignature ?? '')).length;
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    const request = { headers, body, aborted, requestId, reasoningParts };
    requests.push(request);
    for (const check of [...waiting]) check();
    const problem = headers['x-goog-api-key'] === apiKey ? problemOf(body) : 'API key not valid.';
    if (problem !== undefined) return sendError(response, { status: 400, message: problem });
    const reply = next(script, request);
    if ('reason' in reply) return sendRefusal(response, reply.reason);
    if ('status' in reply) return sendError(response, reply);
    const signature = `sig-${ids}`;
    signatures.add(signature);
    const streamed = incoming.url?.includes('streamGenerateContent') === true;
    await (streamed ? sendStream : sendWhole)(response, reply, { requestId, signature });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    baseURL: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    requests,
    reply: (...replies) => void script.push(...replies),
    request: async (index) => {
      for (;;) {
        const request = requests[index];
        if (request !== undefined) return request;
        await new Promise<void>((resolve) => waiting.add(resolve));
      }
    },
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** A function is asked for each request, and stays. */
function next(script: (ProviderReply | ScriptedProviderReplyTo)[], request: ScriptedProviderRequest): ProviderReply {
  const asked = script.filter((entry) => typeof entry === 'function').map((entry) => entry(request));
  const given = asked.find((reply) => reply !== undefined);
  if (given !== undefined) return given;
  const index = script.findIndex((entry) => typeof entry !== 'function');
  const [reply] = index < 0 ? [] : script.splice(index, 1);
  return (reply as ProviderReply | undefined) ?? { status: 400, message: 'the script is at its end' };
}

/** What Gemini refuses. */
function problemOf({ contents = [] }: Body): string | undefined {
  if (contents.length === 0) return 'contents is not specified';
  for (const [index, { role, parts = [] }] of contents.entries()) {
    if (parts.length === 0) return `contents[${index}].parts must not be empty`;
    const answers = parts.filter((part) => part.functionResponse !== undefined);
    if (answers.length === 0) continue;
    const calls = (contents[index - 1]?.parts ?? []).filter((part) => part.functionCall !== undefined);
    if (role !== 'user' || answers.length !== calls.length) {
      return 'the number of function response parts must equal the number of function call parts of the function call turn';
    }
  }
  return undefined;
}

const statuses: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

const errorOf = (code: number, message: string) => ({
  error: { code, message, status: statuses[code] ?? (code < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL') },
});

function sendError(
  response: ServerResponse,
  { status, message = 'Something is wrong.', headers, body }: ProviderError,
): void {
  response.writeHead(status, { 'content-type': body === undefined ? 'application/json' : 'text/html', ...headers });
  response.end(body ?? JSON.stringify(errorOf(status, message)));
}

function sendRefusal(response: ServerResponse, reason: 'context-length' | 'quota' | 'content-filter'): void {
  if (reason === 'quota') {
    sendError(response, {
      status: 429,
      message: 'You exceeded your current quota, please check your plan and billing details.',
    });
  } else {
    const message = 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).';
    sendError(response, { status: 400, message });
  }
}

interface Given {
  readonly requestId: string;
  readonly signature: string;
}

function partsOf(
  { reasoning, text = '', deltas = [text], calls = [] }: ProviderTurn,
  { signature }: Given,
): readonly Part[] {
  const texts = deltas.filter((delta) => delta !== '').map((delta) => ({ text: delta }));
  const asked = calls.map(({ id, tool, arguments: args }, index) => ({
    functionCall: { id: id ?? `${signature}-call-${index}`, name: tool, args },
    ...(reasoning !== undefined && index === 0 ? { thoughtSignature: signature } : {}),
  }));
  return [...(reasoning === undefined ? [] : [{ text: reasoning, thought: true }]), ...texts, ...asked];
}

const ends: Readonly<Record<string, string>> = { length: 'MAX_TOKENS', 'content-filter': 'SAFETY', other: 'OTHER' };

function usageOf({ usage = {} }: ProviderTurn) {
  const { inputTokens = 7, outputTokens = 5, cachedInputTokens = 0, reasoningTokens = 0 } = usage;
  return {
    promptTokenCount: inputTokens,
    cachedContentTokenCount: cachedInputTokens,
    candidatesTokenCount: outputTokens - reasoningTokens,
    thoughtsTokenCount: reasoningTokens,
    totalTokenCount: inputTokens + outputTokens,
  };
}

const chunkOf = (turn: ProviderTurn, { requestId: responseId }: Given, parts: readonly Part[], last: boolean) => ({
  candidates: [
    {
      content: { role: 'model', parts },
      index: 0,
      ...(last ? { finishReason: ends[turn.finishReason ?? 'stop'] ?? 'STOP' } : {}),
    },
  ],
  usageMetadata: usageOf(turn),
  responseId,
});

async function sendWhole(response: ServerResponse, turn: ProviderTurn, given: Given): Promise<void> {
  const { fault } = turn;
  if (fault?.type === 'error-event') return sendError(response, { status: 500, message: 'Internal error.' });
  if (fault?.type === 'hang') return;
  if (fault?.type === 'disconnect') return void response.destroy();
  const parts = partsOf(turn, given);
  const joined =
    parts.some((part) => part.functionCall) || turn.reasoning !== undefined
      ? parts
      : [{ text: parts.map((part) => part.text).join('') }];
  const text = JSON.stringify(chunkOf(turn, given, joined, true));
  response.writeHead(200, { 'content-type': 'application/json' });
  if (fault?.type === 'garbage') response.end('<html>');
  else response.end(fault === undefined ? text : text.slice(0, text.length / 2));
}

async function sendStream(response: ServerResponse, turn: ProviderTurn, given: Given): Promise<void> {
  const { fault } = turn;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  const send = async (data: string): Promise<void> => {
    response.write(`data: ${data}\n\n`);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const parts = partsOf(turn, given);
  const sent =
    fault === undefined ? parts : parts.slice(0, fault.after ?? (fault.type === 'truncate' ? parts.length : 0));
  for (const part of sent) await send(JSON.stringify(chunkOf(turn, given, [part], false)));
  if (fault?.type === 'hang') return;
  if (fault?.type === 'disconnect') return void response.destroy();
  if (fault?.type === 'garbage') await send('{"candidates": <html>');
  if (fault?.type === 'error-event') await send(JSON.stringify(errorOf(503, 'The model is overloaded.')));
  if (fault === undefined) await send(JSON.stringify(chunkOf(turn, given, [], true)));
  response.end();
}
