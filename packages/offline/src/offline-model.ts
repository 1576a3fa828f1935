import {
  type AssistantMessage,
  type ChatChunk,
  type ChatModel,
  type ChatOptions,
  type ChatRequest,
  type ChatResponse,
  EspalierError,
  textOf,
} from '@espalier/core';
import { answerData } from './answer/answer-data.js';
import { answerText } from './answer/answer-text.js';
import { chooseTools } from './answer/choose-tools.js';
import { charactersOf, readConversation } from './reading/conversation.js';
import { gather, type Limits } from './reading/material.js';
import { Pace } from './reading/pace.js';

/**
 * Bounds of {@link offline}. All have defaults that suit documents of a few hundred pages.
 *
 * @since 0.1.0
 */
export interface OfflineOptions {
  /**
   * Characters of source text that one request reads sentence by sentence. Of longer input it reads the beginning and the stretches
   * with most words of the question. Time and memory grow with it. @default 2_000_000 @minimum 65_536
   */
  readonly maxCharacters?: number;
  /** Sentences whose resemblance to each other is computed; time and memory grow with the square. @default 600 @minimum 2 @maximum 5_000 */
  readonly maxRankedSentences?: number;
  /** Rounds of tool calls before it answers with what it has. @default 2 @minimum 0 */
  readonly maxToolRounds?: number;
}

/**
 * What stands in `response.model`, so that nobody takes an extract for a language model's answer.
 *
 * @example
 * const isExtract = response.model === offlineModelName;
 * @since 0.1.0
 */
export const offlineModelName = 'offline-extractive (no language model)';

/**
 * A chat model that needs no key and no network. **It is no language model**: it understands nothing and writes nothing of its
 * own. It ranks the sentences of its input, copies fields, fills JSON Schemas by extraction and picks tools by matching words.
 *
 * Use it to try a workflow, in tests, in demonstrations and where extracts are all that is wanted; not where something has to be
 * inferred, translated or worded anew. The same request gives the same response, byte for byte. Aborting the signal stops it, also
 * within a long document. Tokens in `usage` are an estimate: a quarter of the characters.
 *
 * @param options bounds of what one request may cost
 * @returns a {@link ChatModel} for `createEspalier({ models })`; its `stream` gives the whole answer sentence by sentence
 * @throws option-invalid when an option is out of range (retryable: no)
 * @throws model-output-invalid when three different answers were refused (retryable: no)
 * @example
 * const model = offline();
 * const request = { messages: [userText('What turns?\n\n<text>\nTides turn twice a day.\n</text>')] };
 * const { message } = await model.generate(request, { signal: new AbortController().signal, idempotencyKey: 'key' });
 * console.log(textOf(message)); // Tides turn twice a day.
 * @see {@link rankSentences} for the algorithms
 * @since 0.1.0
 */
export function offline(options: OfflineOptions = {}): ChatModel {
  const limits: Limits = {
    characters: checked('maxCharacters', options.maxCharacters ?? 2_000_000, 65_536, Number.MAX_SAFE_INTEGER),
    sentences: checked('maxRankedSentences', options.maxRankedSentences ?? 600, 2, 5_000),
  };
  const rounds = checked('maxToolRounds', options.maxToolRounds ?? 2, 0, Number.MAX_SAFE_INTEGER);
  const generate = (request: ChatRequest, { signal }: ChatOptions): Promise<ChatResponse> =>
    respond(request, signal, limits, rounds);
  return {
    name: 'offline:extractive',
    generate,
    async *stream(request, given) {
      const response = await generate(request, given);
      yield* chunksOf(response, given.signal);
    },
  };
}

async function respond(
  request: ChatRequest,
  signal: AbortSignal,
  limits: Limits,
  rounds: number,
): Promise<ChatResponse> {
  signal.throwIfAborted();
  const pace = new Pace(signal);
  const reading = readConversation(request);
  await pace.spend(0);
  const material = await gather(reading.sources, reading.question, limits, pace);
  await pace.spend(0);
  const calls = chooseTools(request, reading, material, rounds);
  if (calls.length > 0) return response(request, { role: 'assistant', content: calls }, 'tool-calls');
  const task = reading.task === '' ? reading.instructions : reading.task;
  const answer =
    request.output === undefined
      ? answerText(material, task, request.settings)
      : answerData(request.output.schema, material, reading, request.settings);
  signal.throwIfAborted();
  return response(
    request,
    { role: 'assistant', content: [{ type: 'text', text: answer.text }] },
    answer.cut ? 'length' : 'stop',
  );
}

/** Tokens are estimated as a quarter of the characters: there is no tokenizer behind this model. */
function response(
  request: ChatRequest,
  message: AssistantMessage,
  finishReason: ChatResponse['finishReason'],
): ChatResponse {
  const asked =
    charactersOf(request.messages) +
    (request.tools === undefined ? 0 : JSON.stringify(request.tools).length) +
    (request.output === undefined ? 0 : JSON.stringify(request.output).length);
  const usage = { inputTokens: Math.ceil(asked / 4), outputTokens: Math.ceil(charactersOf([message]) / 4) };
  return { message, finishReason, usage, model: offlineModelName };
}

/** A delta for each sentence or line, so that a stream reads like one. */
function* chunksOf(answer: ChatResponse, signal: AbortSignal): Iterable<ChatChunk> {
  for (const part of answer.message.content)
    if (part.type === 'tool-call')
      yield { type: 'tool-call-delta', id: part.id, tool: part.tool, arguments: part.arguments };
  for (const text of textOf(answer.message).match(/[\s\S]{1,400}?(?:[.!?]\s+|\n+|$)|[\s\S]{1,400}/g) ?? []) {
    signal.throwIfAborted();
    yield { type: 'text-delta', text };
  }
  yield { type: 'response', response: answer };
}

function checked(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new EspalierError(
    'option-invalid',
    `offline(): ${name}: expected an integer of at least ${least}${most < Number.MAX_SAFE_INTEGER ? ` and at most ${most}` : ''}, got ${String(value)}.`,
    {
      hint: `Leave ${name} out for its default.`,
    },
  );
}
