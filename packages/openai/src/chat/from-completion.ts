import type { AssistantMessage, ChatResponse, FinishReason, Json } from '@espalier/core';
import { malformed, problemError, statusIn } from '../errors.js';
import type { ModelSetup } from '../options.js';
import { providerData, restored } from '../provider-data.js';
import type { Shapes } from '../shapes.js';
import { usageOf, type WireUsage } from '../usage.js';

type Part = AssistantMessage['content'][number];

/** A call as servers give it: some without an id, some with arguments that are no text. */
export interface WireCall {
  readonly id?: string | null;
  readonly index?: number | null;
  readonly function?: { readonly name?: string | null; readonly arguments?: unknown } | null;
}

/** What a message may hold, over all servers; of a stream, what a delta may hold. */
export interface WireMessage {
  readonly content?: string | readonly { readonly text?: string }[] | null;
  readonly refusal?: string | null;
  readonly reasoning_content?: string | null;
  readonly reasoning?: string | null;
  readonly reasoning_details?: readonly Json[] | null;
  readonly tool_calls?: readonly WireCall[] | null;
}

/** A completion, whole or put together of a stream. */
export interface WireCompletion {
  readonly model?: string;
  readonly service_tier?: string | null;
  readonly choices?: readonly { readonly message?: WireMessage; readonly finish_reason?: string | null }[];
  readonly usage?: WireUsage | null;
  readonly error?: { readonly code?: unknown; readonly type?: string; readonly message?: string } | null;
}

const finishReasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  length: 'length',
  max_tokens: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
};

/** An answer of the Chat Completions API. @throws model-response-malformed */
export function fromCompletion(
  completion: WireCompletion,
  shapes: Shapes,
  setup: ModelSetup,
  requestId: string | undefined,
): ChatResponse {
  const choice = (completion as WireCompletion | undefined)?.choices?.[0];
  if (choice?.message === undefined || choice.message === null) throw noAnswer(completion, setup, requestId);
  const content = contentOf(choice.message, shapes, setup.name);
  const model = completion.model || setup.model;
  return {
    message: { role: 'assistant', content },
    finishReason: finishOf(choice.finish_reason, choice.message),
    usage: usageOf(completion.usage, { model, tier: completion.service_tier }, setup),
    model,
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/** OpenRouter and others tell with status 200 that they failed. */
function noAnswer(
  completion: WireCompletion | undefined,
  { fullName }: ModelSetup,
  requestId: string | undefined,
): Error {
  const { error } = completion ?? {};
  if (error === undefined || error === null)
    return malformed(fullName, 'what the server answered is no chat completion');
  const status = statusIn(error.code);
  const problem = {
    code: String(error.code ?? ''),
    type: error.type ?? '',
    message: String(error.message ?? ''),
    status,
  };
  return problemError(problem, fullName, requestId);
}

/** Some servers say `stop` though they call tools. */
function finishOf(reason: string | null | undefined, { tool_calls, refusal }: WireMessage): FinishReason {
  const known = (Object.hasOwn(finishReasons, reason ?? '') ? finishReasons[reason ?? ''] : undefined) ?? 'other';
  if (known === 'stop' && tool_calls !== undefined && tool_calls !== null && tool_calls.length > 0) return 'tool-calls';
  return known === 'stop' && refusal ? 'refusal' : known;
}

function contentOf(message: WireMessage, shapes: Shapes, name: string): readonly Part[] {
  const { refusal, tool_calls } = message;
  const parts: Part[] = [];
  const reasoning = message.reasoning_content ?? message.reasoning ?? '';
  const details = message.reasoning_details ?? undefined;
  if (reasoning !== '' || details !== undefined) {
    const field = typeof message.reasoning_content === 'string' ? 'reasoning_content' : 'reasoning';
    parts.push({ type: 'reasoning', text: reasoning, ...providerData(name, { field, details } as never) });
  }
  const said = plainText(message.content);
  if (said !== '') {
    const [text, written] = restored(said, shapes.output);
    parts.push({ type: 'text', text, ...providerData(name, { written } as never) });
  }
  if (refusal) parts.push({ type: 'text', text: refusal, ...providerData(name, { refusal: true }) });
  for (const [index, call] of (tool_calls ?? []).entries()) parts.push(callOf(call, index, shapes, name));
  return parts;
}

/** Some servers give a list of parts, Mistral's for one. */
export function plainText(content: WireMessage['content']): string {
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.map(({ text }) => text ?? '').join('') : '';
}

/** Ids that servers leave out are given by position: the runtime makes them unique in the conversation. */
export const callId = ({ id }: WireCall, index: number): string => id || `call_${index + 1}`;

export const argumentsText = (given: unknown): string =>
  typeof given === 'string' ? given : given === undefined || given === null ? '' : JSON.stringify(given);

function callOf(call: WireCall, index: number, shapes: Shapes, name: string): Part {
  const tool = call.function?.name ?? '';
  const given = argumentsText(call.function?.arguments);
  const [text, written] = restored(given, shapes.tools.get(tool));
  const data = providerData(name, { written } as never);
  return { type: 'tool-call', id: callId(call, index), tool, arguments: text === '' ? '{}' : text, ...data };
}
