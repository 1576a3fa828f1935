import {
  type ChatChunk,
  type ChatModel,
  type ChatOptions,
  type ChatRequest,
  type ChatResponse,
  EspalierError,
  type FinishReason,
  httpModelError,
} from '@espalier/core';
import { reading, type WireMessage } from './reference-reading.js';
import { toBody } from './reference-request.js';

/** Ways to be wrong that a conformance suite has to find, each at one place of the model. */
export type Mistake =
  | 'asks again by itself'
  | 'believes that a stream that ends is whole'
  | 'calls every ending a stop'
  | 'changes the request'
  | 'counts cached tokens apart'
  | 'forgets its reasoning'
  | 'forgets retry-after'
  | 'gives one id to all calls'
  | 'gives the stream at its end'
  | 'gives undefined'
  | 'has no idempotency key'
  | 'ignores the choice of tools'
  | 'ignores the signal'
  | 'keeps state between calls'
  | 'leaves nulls'
  | 'leaves the system message out'
  | 'loses a delta'
  | 'loses the second call'
  | 'makes up the request anew each time'
  | 'ends an aborted stream'
  | 'never hangs up'
  | 'never lets go of the signal'
  | 'shows its key in errors'
  | 'takes garbage for an empty answer'
  | 'throws errors of its own'
  | 'sends what belongs to others';

export interface ReferenceOptions {
  readonly baseURL: string;
  readonly apiKey: string;
  readonly mistake?: Mistake | undefined;
}

/** A model over Chat Completions, in as few lines as the suite allows; it can be told to make a mistake. */
export function referenceModel({ baseURL, apiKey, mistake }: ReferenceOptions): ChatModel {
  const name = 'reference:small';
  const wrong = (candidate: Mistake): boolean => candidate === mistake;
  let last: ChatRequest | undefined;

  async function post(request: ChatRequest, options: ChatOptions, stream: boolean): Promise<Response> {
    last = request;
    await Promise.resolve();
    const asked = wrong('keeps state between calls') ? last : request;
    if (wrong('changes the request')) (asked.messages as unknown[]).push({ role: 'system', content: 'Be nice.' });
    const own = wrong('ignores the signal') || wrong('never hangs up') ? {} : { signal: options.signal };
    const headers: Record<string, string> = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
    if (!wrong('has no idempotency key')) headers['idempotency-key'] = options.idempotencyKey;
    const body = JSON.stringify({ ...toBody(asked, mistake), ...(stream ? streaming : {}) });
    const response = await fetch(`${baseURL}/chat/completions`, { method: 'POST', headers, body, ...own });
    if (response.ok) return response;
    if (wrong('asks again by itself') && response.status >= 500)
      await fetch(`${baseURL}/chat/completions`, { method: 'POST', headers, body });
    throw await refused(response);
  }

  async function refused(response: Response): Promise<Error> {
    const text = await response.text();
    const { error } = (text.startsWith('{') ? JSON.parse(text) : {}) as {
      error?: { message: string; code: string | null };
    };
    const code = ({ context_length_exceeded: 'model-context-length', content_filter: 'model-content-filter' } as const)[
      error?.code ?? ''
    ];
    return httpModelError({
      model: name,
      status: response.status,
      message: error?.message ?? 'no error in JSON',
      header: wrong('forgets retry-after') ? undefined : (key) => response.headers.get(key),
      code,
      retryable: error?.code === 'insufficient_quota' ? false : undefined,
    });
  }

  /** Whatever was thrown, as the port wants it. */
  function failed(error: unknown, { signal }: ChatOptions): unknown {
    if (wrong('throws errors of its own')) return new Error('Something failed.');
    if (signal.aborted) return signal.reason;
    if (wrong('shows its key in errors'))
      return httpModelError({ model: name, message: 'failed', cause: { headers: { authorization: apiKey } } });
    if (EspalierError.is(error)) return error;
    const code = (error as Error).name === 'SyntaxError' ? ('model-response-malformed' as const) : undefined;
    return httpModelError({ model: name, message: error instanceof Error ? error.message : String(error), code });
  }

  async function* chunks(request: ChatRequest, options: ChatOptions): AsyncGenerator<ChatChunk> {
    const { signal, release } = following(options.signal);
    try {
      yield* read(request, { ...options, signal });
    } finally {
      if (!wrong('never lets go of the signal')) release();
    }
  }

  async function* read(request: ChatRequest, options: ChatOptions): AsyncGenerator<ChatChunk> {
    const response = await post(request, options, true);
    const reader = reading();
    const waiting: ChatChunk[] = [];
    for await (const data of eventsOf(response, wrong('takes garbage for an empty answer'))) {
      if (wrong('never hangs up')) options.signal.throwIfAborted();
      for (const chunk of reader.add(data)) {
        if (chunk.type === 'text-delta' && request.output !== undefined) continue; // in the shape of the wire
        if (wrong('gives the stream at its end')) waiting.push(chunk);
        else if (!(wrong('loses a delta') && chunk.type === 'text-delta' && chunk.text === ' look.')) yield chunk;
      }
    }
    if (
      !reader.ended &&
      !wrong('believes that a stream that ends is whole') &&
      !wrong('takes garbage for an empty answer')
    )
      throw new SyntaxError('The stream ended early.');
    yield* waiting;
    const end = toResponse(reader.message, reader.finish ?? 'stop', reader.usage, reader.model, request, response);
    for (const part of end.message.content) {
      if (part.type === 'text' && request.output !== undefined) yield { type: 'text-delta', text: part.text };
    }
    yield { type: 'response', response: end };
  }

  function toResponse(
    message: WireMessage,
    finish: string,
    usage: WireUsage,
    model: string,
    request: ChatRequest,
    { headers }: Response,
  ): ChatResponse {
    const { content, refusal, reasoning_content: thought, tool_calls: calls = [] } = message;
    const given = wrong('loses the second call') ? calls.slice(0, 1) : calls;
    const text = refusal ?? content ?? '';
    const cached = usage.prompt_tokens_details.cached_tokens;
    return {
      message: {
        role: 'assistant',
        content: [
          ...(thought ? [{ type: 'reasoning' as const, text: thought }] : []),
          ...(text === '' ? [] : [{ type: 'text' as const, text }]),
          ...given.map((call) => ({
            type: 'tool-call' as const,
            id: wrong('gives one id to all calls') ? 'call' : call.id,
            tool: call.function.name,
            arguments: restored(call.function.arguments, wrong('leaves nulls')),
          })),
        ].map((part) =>
          part.type === 'text' && request.output !== undefined
            ? { ...part, text: restored(part.text, wrong('leaves nulls')) }
            : part,
        ),
      },
      finishReason: wrong('calls every ending a stop') ? 'stop' : refusal ? 'refusal' : (finishes[finish] ?? 'other'),
      usage: {
        inputTokens: usage.prompt_tokens - (wrong('counts cached tokens apart') ? cached : 0),
        outputTokens: usage.completion_tokens,
        cachedInputTokens: cached,
        reasoningTokens: usage.completion_tokens_details.reasoning_tokens,
        ...(wrong('gives undefined') ? { cost: undefined as never } : {}),
      },
      model,
      requestId: headers.get('x-request-id') ?? '',
    };
  }

  return {
    name,
    async generate(request, options) {
      const { signal, release } = following(options.signal);
      try {
        const response = await post(request, { ...options, signal }, false);
        const { choices, usage, model } = (await response.json()) as WireAnswer;
        const [choice] = choices;
        if (choice === undefined) throw new SyntaxError('The answer has no choice.');
        return toResponse(choice.message, choice.finish_reason, usage, model, request, response);
      } catch (error) {
        throw failed(error, options);
      } finally {
        if (!wrong('never lets go of the signal')) release();
      }
    },
    async *stream(request, options) {
      try {
        yield* chunks(request, options);
      } catch (error) {
        if (wrong('ends an aborted stream') && options.signal.aborted) return;
        throw failed(error, options);
      }
    },
  };
}

/** A signal of the call's own: fetch leaves its listener on the one that it is given. */
function following(outer: AbortSignal): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const follow = (): void => controller.abort(outer.reason);
  if (outer.aborted) follow();
  outer.addEventListener('abort', follow);
  return { signal: controller.signal, release: () => outer.removeEventListener('abort', follow) };
}

const streaming = { stream: true, stream_options: { include_usage: true } };
const finishes: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  tool_calls: 'tool-calls',
  length: 'length',
  content_filter: 'content-filter',
};

export interface WireUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number };
  readonly completion_tokens_details: { readonly reasoning_tokens: number };
}

interface WireAnswer {
  readonly model: string;
  readonly usage: WireUsage;
  readonly choices: readonly { readonly message: WireMessage; readonly finish_reason: string }[];
}

/** Where null stands for what was left out: strict schemas have no optional fields. */
function restored(text: string, not: boolean): string {
  if (not) return text;
  try {
    const value = JSON.parse(text, (_key, part: unknown) => (part === null ? undefined : part)) as unknown;
    return JSON.stringify(typeof value === 'object' && value !== null && 'value' in value ? value.value : value);
  } catch {
    return text;
  }
}

async function* eventsOf(response: Response, lenient: boolean): AsyncGenerator<string> {
  let text = '';
  for await (const bytes of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    const events = (text + bytes).split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const data = event.replace(/^data: /, '');
      if (!lenient || data.startsWith('{"id"') || data === '[DONE]') yield data;
    }
  }
}
