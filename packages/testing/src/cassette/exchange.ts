import { createHash } from 'node:crypto';
import type { AssistantMessage, ChatChunk, ChatRequest, ChatResponse, SerializedError } from '@espalier/core';
import type { Redactor } from './redactor.js';

/** Deltas of one kind that followed each other. */
export type StreamPart =
  | { readonly type: 'text'; readonly deltas: readonly string[] }
  | { readonly type: 'reasoning'; readonly deltas: readonly string[] }
  | { readonly type: 'tool-call'; readonly id: string; readonly tool: string; readonly deltas: readonly string[] };

/** One call of a model, as it stands in the file. */
export interface Exchange {
  readonly request: ChatRequest;
  readonly response?: ChatResponse;
  readonly error?: SerializedError;
  /** How the answer came, where it was streamed. */
  readonly stream?: readonly StreamPart[];
  /** The reader stopped before the end. */
  readonly stopped?: true;
}

/** Files in a request are kept as their hash from this length on. */
const LONG_DATA = 256;

/** A request as a cassette keeps it: without secrets, and with hashes for files. */
export function recordedRequest(request: ChatRequest, redactor: Redactor): ChatRequest {
  const messages = request.messages.map((message) => {
    if (message.role !== 'user') return message;
    const content = message.content.map((part) => {
      if (part.type !== 'file' || part.data === undefined || part.data.length < LONG_DATA) return part;
      const hash = createHash('sha256').update(part.data).digest('hex');
      return { ...part, data: `sha256:${hash}` };
    });
    return { ...message, content };
  });
  return redactor.data(JSON.parse(JSON.stringify({ ...request, messages })) as ChatRequest);
}

/** What the port promises of a response and no more: SDKs hang requests with their headers on what they give. */
export function recordedResponse(response: ChatResponse, redactor: Redactor): ChatResponse {
  const { message, finishReason, usage, model, requestId } = response;
  const plain = {
    message: { role: 'assistant', content: message.content.map(recordedPart) },
    finishReason,
    usage,
    model,
    requestId,
  };
  return redactor.data(JSON.parse(JSON.stringify(plain)) as ChatResponse);
}

type Part = AssistantMessage['content'][number];

function recordedPart(part: Part): Part {
  const provider = part.provider === undefined ? {} : { provider: part.provider };
  if (part.type !== 'tool-call') return { type: part.type, text: part.text, ...provider };
  return { type: part.type, id: part.id, tool: part.tool, arguments: part.arguments, ...provider };
}

/** Deltas by kind, without secrets, also those that were cut in two. */
export function recordedStream(chunks: readonly ChatChunk[], redactor: Redactor): readonly StreamPart[] {
  const parts: StreamPart[] = [];
  for (const chunk of chunks) {
    if (chunk.type === 'response') continue;
    const part = partOf(chunk);
    const last = parts.at(-1);
    if (last !== undefined && continues(last, part)) (last.deltas as string[]).push(...part.deltas);
    else parts.push(part);
  }
  return parts.map((part) => ({ ...part, deltas: redactor.pieces(part.deltas) }));
}

function partOf(chunk: Exclude<ChatChunk, { type: 'response' }>): StreamPart {
  if (chunk.type === 'text-delta') return { type: 'text', deltas: [chunk.text] };
  if (chunk.type === 'reasoning-delta') return { type: 'reasoning', deltas: [chunk.text] };
  return { type: 'tool-call', id: chunk.id, tool: chunk.tool, deltas: [chunk.arguments] };
}

const continues = (last: StreamPart, next: StreamPart): boolean =>
  last.type === next.type && (last.type !== 'tool-call' || last.id === (next as typeof last).id);

/** The chunks of a recorded stream; of an answer that was not streamed, none. */
export const chunksOf = ({ stream = [] }: Exchange): readonly ChatChunk[] =>
  stream.flatMap((part) => part.deltas.map((delta) => chunkOf(part, delta)));

function chunkOf(part: StreamPart, delta: string): ChatChunk {
  switch (part.type) {
    case 'text':
      return { type: 'text-delta', text: delta };
    case 'reasoning':
      return { type: 'reasoning-delta', text: delta };
    default:
      return { type: 'tool-call-delta', id: part.id, tool: part.tool, arguments: delta };
  }
}
