import { listOf, problemOf, textIn } from './checks.js';
import { seal } from './ids.js';
import { openaiError, openaiHeaders, openaiKey, openaiRefusals } from './openai-common.js';
import { checkResponses } from './openai-responses-check.js';
import type { Asked, Body, ProviderApi, WireEvent } from './provider-api.js';
import { type Answer, piecesOf } from './turn.js';

/** OpenAI's Responses API. @see https://platform.openai.com/docs/api-reference/responses */
export const openaiResponses: ProviderApi = {
  name: 'openai-responses',
  paths: ['/v1/responses', '/responses'],
  basePath: '/v1',
  requestId: { header: 'x-request-id', prefix: 'req_' },
  headers: openaiHeaders,
  keyOf: openaiKey,
  check: (body, _header, memory) => problemOf(() => checkResponses(body, memory)),
  reasoningIn: (body, memory) =>
    listOf(body.input).filter((item) => item.type === 'reasoning' && memory.reasoning.has(textIn(item, 'id'))).length,
  body: (answer, asked) => {
    const items = itemsOf(answer, asked);
    return { ...head(answer, asked), ...tail(answer), output: items.map(({ item }) => item) };
  },
  *events(answer, asked) {
    let sequence = 0;
    for (const { type, fields, ...rest } of eventsOf(answer, asked)) {
      yield { event: type, data: { type, sequence_number: sequence++, ...fields }, ...rest };
    }
  },
  error: openaiError,
  refusals: openaiRefusals,
  errorEvent: ({ message, code = 'server_error', param = null }) => ({
    event: 'error',
    data: { type: 'error', code, message, param, sequence_number: 1 },
  }),
};

function head({ model }: Answer, { body, ids, created }: Asked): Body {
  const {
    instructions = null,
    max_output_tokens = null,
    metadata = {},
    parallel_tool_calls = true,
    previous_response_id = null,
    reasoning = { effort: null, summary: null },
    store = true,
    temperature = 1,
    text = { format: { type: 'text' } },
    tool_choice = 'auto',
    tools = [],
    top_p = 1,
  } = body;
  const echo = { instructions, max_output_tokens, metadata, parallel_tool_calls, previous_response_id, reasoning };
  const more = { store, temperature, text, tool_choice, tools, top_p, truncation: 'disabled', user: null };
  const id = ids.next('resp_', 50);
  return { id, object: 'response', created_at: created, status: 'in_progress', model, ...echo, ...more };
}

/** What is known only at the end. */
function tail({ finishReason, usage }: Answer): Body {
  const whole = finishReason === 'stop' || finishReason === 'tool-calls' || finishReason === 'refusal';
  const reason =
    { length: 'max_output_tokens', 'content-filter': 'content_filter' }[String(finishReason)] ?? finishReason;
  return {
    status: whole ? 'completed' : 'incomplete',
    error: null,
    incomplete_details: whole ? null : { reason },
    usage: {
      input_tokens: usage.inputTokens,
      input_tokens_details: { cached_tokens: usage.cachedInputTokens, cache_write_tokens: usage.cacheWriteTokens },
      output_tokens: usage.outputTokens,
      output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
      total_tokens: usage.inputTokens + usage.outputTokens,
    },
  };
}

interface Item {
  readonly item: Body;
  readonly pieces: readonly string[];
}

function itemsOf(answer: Answer, { body, ids, memory }: Asked): readonly Item[] {
  const items: Item[] = [];
  const thought = answer.reasoning.join('');
  const reasoningId = ids.next('rs_', 50);
  if (thought !== '') {
    memory.reasoning.set(reasoningId, thought);
    const asked = Array.isArray(body.include) && body.include.includes('reasoning.encrypted_content');
    const sealed = asked ? { encrypted_content: seal(thought) } : {};
    const summary = [{ type: 'summary_text', text: thought }];
    items.push({ item: { id: reasoningId, type: 'reasoning', summary, ...sealed }, pieces: answer.reasoning });
  }
  const refused = answer.refusal.length > 0;
  const pieces = refused ? answer.refusal : answer.text;
  if (pieces.length > 0) {
    const text = pieces.join('');
    const part = refused
      ? { type: 'refusal', refusal: text }
      : { type: 'output_text', text, annotations: [], logprobs: [] };
    const item = { id: ids.next('msg_', 50), type: 'message', status: 'completed', role: 'assistant', content: [part] };
    items.push({ item, pieces });
  }
  for (const call of answer.calls) {
    const id = ids.next('fc_', 50);
    if (thought !== '') memory.calls.set(id, reasoningId);
    const call_id = call.id ?? ids.next('call_', 24);
    const item = {
      id,
      type: 'function_call',
      status: 'completed',
      call_id,
      name: call.tool,
      arguments: call.arguments,
    };
    items.push({ item, pieces: piecesOf(call.arguments) });
  }
  return items;
}

interface Typed extends Omit<WireEvent, 'event' | 'data'> {
  readonly type: string;
  readonly fields: Body;
}

function* eventsOf(answer: Answer, asked: Asked): Iterable<Typed> {
  const start = head(answer, asked);
  const empty = { ...start, error: null, incomplete_details: null, output: [], usage: null };
  yield { type: 'response.created', fields: { response: empty } };
  yield { type: 'response.in_progress', fields: { response: empty } };
  const items = itemsOf(answer, asked);
  for (const [index, { item, pieces }] of items.entries()) {
    yield { type: 'response.output_item.added', fields: { output_index: index, item: opening(item) } };
    yield* within(item, pieces, index);
    yield { type: 'response.output_item.done', fields: { output_index: index, item } };
  }
  const end = tail(answer);
  const response = { ...start, ...end, output: items.map(({ item }) => item) };
  yield { type: `response.${end.status}`, fields: { response }, last: true };
}

/** An item as it is announced: with nothing in it. */
function opening(item: Body): Body {
  if (item.type === 'reasoning') return { ...item, summary: [] };
  if (item.type === 'message') return { ...item, status: 'in_progress', content: [] };
  return { ...item, status: 'in_progress', arguments: '' };
}

function* within(item: Body, pieces: readonly string[], index: number): Iterable<Typed> {
  const at = { item_id: item.id, output_index: index };
  const whole = pieces.join('');
  if (item.type === 'function_call') {
    yield* deltas('response.function_call_arguments.delta', at, pieces);
    return yield {
      type: 'response.function_call_arguments.done',
      fields: { ...at, name: item.name, arguments: whole },
    };
  }
  if (item.type === 'reasoning') {
    const place = { ...at, summary_index: 0 };
    const part = (text: string): Body => ({ ...place, part: { type: 'summary_text', text } });
    yield { type: 'response.reasoning_summary_part.added', fields: part('') };
    yield* deltas('response.reasoning_summary_text.delta', place, pieces);
    yield { type: 'response.reasoning_summary_text.done', fields: { ...place, text: whole } };
    return yield { type: 'response.reasoning_summary_part.done', fields: part(whole) };
  }
  const place = { ...at, content_index: 0 };
  const part = listOf(item.content)[0] ?? {};
  const refused = part.type === 'refusal';
  const name = refused ? 'response.refusal' : 'response.output_text';
  const text = refused ? 'refusal' : 'text';
  const extra = refused ? {} : { logprobs: [] };
  yield { type: 'response.content_part.added', fields: { ...place, part: { ...part, [text]: '' } } };
  yield* deltas(`${name}.delta`, { ...place, ...extra }, pieces);
  yield { type: `${name}.done`, fields: { ...place, ...extra, [text]: whole } };
  yield { type: 'response.content_part.done', fields: { ...place, part } };
}

function* deltas(type: string, place: Body, pieces: readonly string[]): Iterable<Typed> {
  for (const delta of pieces) yield { type, fields: { ...place, delta }, delta: true };
}
