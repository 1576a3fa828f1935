import type { FinishReason } from '@espalier/core';
import { checkMessages } from './anthropic-check.js';
import { listOf, problemOf, textIn } from './checks.js';
import { seal } from './ids.js';
import type { Asked, Body, Problem, ProviderApi, WireEvent } from './provider-api.js';
import { type Answer, piecesOf } from './turn.js';

/** Anthropic's Messages API. @see https://docs.claude.com/en/api/messages */
export const anthropicMessages: ProviderApi = {
  name: 'anthropic',
  paths: ['/v1/messages', '/messages'],
  basePath: '',
  requestId: { header: 'request-id', prefix: 'req_' },
  headers: { 'anthropic-organization-id': '00000000-0000-4000-8000-000000000000', via: '1.1 test' },
  keyOf: (header) => header('x-api-key') ?? header('authorization')?.replace(/^Bearer /, ''),
  check: (body, header, memory) => problemOf(() => checkMessages(body, header, memory)),
  reasoningIn: (body, memory) =>
    listOf(body.messages)
      .flatMap((message) => listOf(message.content))
      .filter((block) => block.type === 'thinking' && memory.reasoning.has(textIn(block, 'signature'))).length,
  body: (answer, asked) => ({
    ...head(answer, asked),
    content: blocksOf(answer, asked).map(({ block }) => block),
    ...stopOf(answer),
    usage: { ...inputOf(answer), ...outputOf(answer), service_tier: 'standard' },
  }),
  events: eventsOf,
  error: (problem, requestId) => ({ type: 'error', error: errorOf(problem), request_id: requestId }),
  refusals: {
    'context-length': { message: 'prompt is too long: 210000 tokens > 200000 maximum' },
    quota: { message: 'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.' },
    'content-filter': { message: 'Output blocked by content filtering policy' },
  },
  errorEvent: ({ code = 'overloaded_error', message }, requestId) => ({
    event: 'error',
    data: { type: 'error', error: { details: null, type: code, message }, request_id: requestId },
  }),
};

const types: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

function errorOf({ status = 400, code, message }: Problem): Body {
  return {
    details: null,
    type: code ?? types[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error'),
    message,
  };
}

const head = ({ model }: Answer, { ids }: Asked): Body => ({
  id: ids.next('msg_01', 22),
  type: 'message',
  role: 'assistant',
  model,
});

const stops: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  'tool-calls': 'tool_use',
  length: 'max_tokens',
  'content-filter': 'refusal',
  refusal: 'refusal',
  other: 'unknown',
};

const stopOf = ({ finishReason }: Answer): Body => ({
  stop_reason: stops[finishReason],
  stop_sequence: null,
  stop_details: stops[finishReason] === 'refusal' ? { type: 'refusal', category: null, explanation: null } : null,
});

/** Anthropic counts cached input apart from the rest; the port counts it in. */
const inputOf = ({ usage }: Answer): Body => ({
  input_tokens: usage.inputTokens - usage.cachedInputTokens - usage.cacheWriteTokens,
  cache_creation_input_tokens: usage.cacheWriteTokens,
  cache_read_input_tokens: usage.cachedInputTokens,
});

const outputOf = ({ usage }: Answer): Body => ({
  output_tokens: usage.outputTokens,
  output_tokens_details: { thinking_tokens: usage.reasoningTokens },
});

interface Block {
  readonly block: Body;
  /** The block with nothing in it. */
  readonly opening: Body;
  readonly deltas: readonly Body[];
}

function blocksOf(answer: Answer, { ids, memory }: Asked): readonly Block[] {
  const blocks: Block[] = [];
  const thinking = answer.reasoning.join('');
  const signature = seal(thinking);
  if (thinking !== '') {
    memory.reasoning.set(signature, thinking);
    const pieces = answer.reasoning.map((piece) => ({ type: 'thinking_delta', thinking: piece }));
    const deltas = [...pieces, { type: 'signature_delta', signature }];
    const opening = { type: 'thinking', thinking: '', signature: '' };
    blocks.push({ block: { ...opening, thinking, signature }, opening, deltas });
  }
  const pieces = answer.refusal.length > 0 ? answer.refusal : answer.text;
  if (pieces.length > 0) {
    const opening = { type: 'text', text: '', citations: null };
    const deltas = pieces.map((text) => ({ type: 'text_delta', text }));
    blocks.push({ block: { ...opening, text: pieces.join('') }, opening, deltas });
  }
  for (const call of answer.calls) {
    const id = call.id ?? ids.next('toolu_01', 22);
    if (thinking !== '') memory.calls.set(id, signature);
    const opening = { type: 'tool_use', id, name: call.tool, input: {}, caller: { type: 'direct' } };
    const deltas = piecesOf(call.arguments).map((partial_json) => ({ type: 'input_json_delta', partial_json }));
    blocks.push({ block: { ...opening, input: parsed(call.arguments) }, opening, deltas });
  }
  return blocks;
}

/** A whole answer holds parsed arguments: broken JSON can only come in a stream. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function* eventsOf(answer: Answer, asked: Asked): Iterable<WireEvent> {
  const event = (type: string, fields: Body, rest: Partial<WireEvent> = {}): WireEvent => ({
    event: type,
    data: { type, ...fields },
    ...rest,
  });
  const nothing = { stop_reason: null, stop_sequence: null, stop_details: null };
  const usage = { ...inputOf(answer), output_tokens: 1, service_tier: 'standard' };
  yield event('message_start', { message: { ...head(answer, asked), content: [], ...nothing, usage } });
  yield event('ping', {});
  for (const [index, { opening, deltas }] of blocksOf(answer, asked).entries()) {
    yield event('content_block_start', { index, content_block: opening });
    for (const delta of deltas)
      yield event('content_block_delta', { index, delta }, { delta: delta.type !== 'signature_delta' });
    yield event('content_block_stop', { index });
  }
  yield event(
    'message_delta',
    { delta: stopOf(answer), usage: { ...inputOf(answer), ...outputOf(answer) } },
    { last: true },
  );
  yield event('message_stop', {}, { last: true });
}
