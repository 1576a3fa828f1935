import { isBody, listOf, problemOf, textIn } from './checks.js';
import { checkChat } from './openai-chat-check.js';
import { openaiError, openaiHeaders, openaiKey, openaiRefusals } from './openai-common.js';
import type { Asked, Body, ProviderApi, WireEvent } from './provider-api.js';
import { type Answer, piecesOf } from './turn.js';

/** OpenAI's Chat Completions API, which many other servers speak. @see https://platform.openai.com/docs/api-reference/chat */
export const openaiChat: ProviderApi = {
  name: 'openai-chat',
  paths: ['/v1/chat/completions', '/chat/completions'],
  basePath: '/v1',
  requestId: { header: 'x-request-id', prefix: 'req_' },
  headers: openaiHeaders,
  keyOf: openaiKey,
  check: (body) => problemOf(() => checkChat(body)),
  reasoningIn: (body, memory) =>
    listOf(body.messages).filter((message) => memory.reasoning.has(textIn(message, 'reasoning_content'))).length,
  body: (answer, asked) => {
    remember(answer, asked);
    return {
      ...head(answer, asked, 'chat.completion'),
      choices: [{ index: 0, message: messageOf(answer, asked), logprobs: null, finish_reason: finishOf(answer) }],
      usage: usageOf(answer),
    };
  },
  events: eventsOf,
  end: 'data: [DONE]\n\n',
  error: openaiError,
  refusals: openaiRefusals,
  errorEvent: (problem) => ({ data: openaiError({ ...problem, status: 500, code: problem.code ?? 'server_error' }) }),
};

const head = ({ model }: Answer, { ids, created }: Asked, object: string): Body => ({
  id: ids.next('chatcmpl-', 29),
  object,
  created,
  model,
  service_tier: 'default',
  system_fingerprint: 'fp_0123456789',
});

const finishes = {
  stop: 'stop',
  'tool-calls': 'tool_calls',
  length: 'length',
  'content-filter': 'content_filter',
  refusal: 'stop',
};
const finishOf = ({ finishReason }: Answer): string => (finishReason === 'other' ? 'unknown' : finishes[finishReason]);

const usageOf = ({ usage }: Answer): Body => ({
  prompt_tokens: usage.inputTokens,
  completion_tokens: usage.outputTokens,
  total_tokens: usage.inputTokens + usage.outputTokens,
  prompt_tokens_details: { cached_tokens: usage.cachedInputTokens, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: usage.reasoningTokens,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
});

const remember = ({ reasoning }: Answer, { memory }: Asked): unknown =>
  reasoning.length > 0 && memory.reasoning.set(reasoning.join(''), '');

/** Compatible servers give their thinking as `reasoning_content`. */
function messageOf({ text, refusal, reasoning, calls }: Answer, { ids }: Asked): Body {
  const tool_calls = calls.map((call) => ({
    id: call.id ?? ids.next('call_', 24),
    type: 'function',
    function: { name: call.tool, arguments: call.arguments },
  }));
  return {
    role: 'assistant',
    content: text.length === 0 ? null : text.join(''),
    refusal: refusal.length === 0 ? null : refusal.join(''),
    ...(reasoning.length === 0 ? {} : { reasoning_content: reasoning.join('') }),
    ...(tool_calls.length === 0 ? {} : { tool_calls }),
    annotations: [],
  };
}

function* eventsOf(answer: Answer, asked: Asked): Iterable<WireEvent> {
  remember(answer, asked);
  const start = head(answer, asked, 'chat.completion.chunk');
  const options = asked.body.stream_options;
  const counted = isBody(options) && options.include_usage === true;
  const chunk = (delta: Body, finish: string | null = null): Body => ({
    ...start,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...(counted ? { usage: null } : {}),
  });
  yield { data: chunk({ role: 'assistant', content: answer.calls.length > 0 ? null : '', refusal: null }) };
  for (const reasoning_content of answer.reasoning) yield { data: chunk({ reasoning_content }), delta: true };
  for (const content of answer.text) yield { data: chunk({ content }), delta: true };
  for (const refusal of answer.refusal) yield { data: chunk({ refusal }), delta: true };
  for (const [index, call] of answer.calls.entries()) {
    const id = call.id ?? asked.ids.next('call_', 24);
    const opening = { index, id, type: 'function', function: { name: call.tool, arguments: '' } };
    yield { data: chunk({ tool_calls: [opening] }) };
    for (const piece of piecesOf(call.arguments))
      yield { data: chunk({ tool_calls: [{ index, function: { arguments: piece } }] }), delta: true };
  }
  yield { data: chunk({}, finishOf(answer)), last: true };
  if (counted) yield { data: { ...start, choices: [], usage: usageOf(answer) }, last: true };
}
