import { EspalierError, type PriceTable } from '@espalier/core';
import { checkedKey, type OpenAIClient } from './client.js';
import { isReasoningModel } from './model-traits.js';

/** How to reach a model, and what its server is like. */
export interface OpenAIOptions {
  /**
   * @default the environment's OPENAI_API_KEY, for `openai()`. `openaiCompatible()` never sends that one: without an
   * `apiKey` it sends none.
   */
  readonly apiKey?: string;
  /** @default the environment's OPENAI_BASE_URL, or OpenAI's own */
  readonly baseURL?: string;
  /**
   * A client of the `openai` SDK to share, such as an `AzureOpenAI`, in place of `apiKey` and `baseURL`. Its retries and
   * its timeout are not used: those are the runtime's.
   */
  readonly client?: OpenAIClient;
  /** Headers that go with every request, such as OpenRouter's `HTTP-Referer`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Prices by model, before those that the package knows. */
  readonly prices?: PriceTable;
  /** The API to speak: Responses or Chat Completions. @default 'responses'; 'chat' for `openaiCompatible()` */
  readonly api?: 'responses' | 'chat';
  /**
   * The provider's name: the first half of the model's, the key in `settings.providers`, and under which what it wants
   * back is kept. @default 'openai'; 'openai-compatible' for `openaiCompatible()`
   */
  readonly name?: string;
  /**
   * Whether answers and arguments are held to their schemas by the server (`strict` of the API). Schemas are lowered for
   * that. Without it they go as they are. @default true; false for `openaiCompatible()`
   */
  readonly strict?: boolean;
  /**
   * Whether the model reasons, where its name does not tell: a deployment of Azure's, for instance.
   * @default by the name: GPT-5 and later, o1, o3, o4
   */
  readonly reasoning?: boolean;
  /** Asks for a summary of the reasoning, in the Responses API. Some models give it to verified organizations only. */
  readonly reasoningSummary?: 'auto' | 'concise' | 'detailed';
  /** What bounds an answer in Chat Completions. @default 'max_completion_tokens'; 'max_tokens' for `openaiCompatible()` */
  readonly maxTokensField?: 'max_completion_tokens' | 'max_tokens';
  /**
   * How Chat Completions are asked for data: by JSON Schema; by JSON mode, with the schema in a system message at the end
   * (DeepSeek); or by that message alone, for servers that know neither. @default 'json-schema'
   */
  readonly structuredOutput?: 'json-schema' | 'json-object' | 'instructions';
  /** Whether Chat Completions that are streamed are asked for their usage, by `stream_options`. @default true */
  readonly streamUsage?: boolean;
  /** Whether the server takes `parallel_tool_calls`. @default true */
  readonly parallelToolCalls?: boolean;
  /**
   * Whether reasoning that Chat Completions gave as text (`reasoning_content`, `reasoning`) goes back: with the calls that
   * it led to, until the user speaks again (what DeepSeek asks for), always, or never. @default 'turn'
   */
  readonly sendReasoning?: 'turn' | 'always' | 'never';
}

/** Options with nothing left open. */
export interface ModelSetup
  extends Required<Omit<OpenAIOptions, 'apiKey' | 'baseURL' | 'client' | 'reasoningSummary'>> {
  readonly model: string;
  /** Provider and model. */
  readonly fullName: string;
  readonly apiKey: string | undefined;
  readonly baseURL: string | undefined;
  readonly client: OpenAIClient | undefined;
  readonly reasoningSummary: OpenAIOptions['reasoningSummary'];
  /** A server that is not OpenAI's: it gets no key, no price and no parameter that is OpenAI's alone. */
  readonly compatible: boolean;
}

const choices: Readonly<Record<string, readonly unknown[]>> = {
  api: ['responses', 'chat'],
  strict: [true, false],
  reasoning: [true, false],
  reasoningSummary: ['auto', 'concise', 'detailed'],
  maxTokensField: ['max_completion_tokens', 'max_tokens'],
  structuredOutput: ['json-schema', 'json-object', 'instructions'],
  streamUsage: [true, false],
  parallelToolCalls: [true, false],
  sendReasoning: ['turn', 'always', 'never'],
};
const others = ['apiKey', 'baseURL', 'client', 'headers', 'prices', 'name'];

/** @throws option-invalid; model-auth for an `apiKey` that is empty or cannot be sent */
export function setupOf(
  model: string,
  options: OpenAIOptions,
  compatible: boolean,
  where = compatible ? 'openaiCompatible(baseURL, model, options)' : 'openai(model, options)',
): ModelSetup {
  if (typeof model !== 'string' || model === '')
    throw invalid(`${where}: expected the name of a model, got ${show(model)}.`);
  for (const [key, value] of Object.entries(options)) checkOption(key, value, where);
  checkAddress(options, where);
  if (options.client !== undefined && (options.apiKey ?? options.baseURL) !== undefined) {
    throw invalid(`${where}: give either a client, or apiKey and baseURL.`);
  }
  const name = options.name ?? (compatible ? 'openai-compatible' : 'openai');
  const fullName = `${name}:${model}`;
  if (options.apiKey !== undefined) checkedKey(options.apiKey, { fullName, compatible });
  return {
    model,
    fullName,
    compatible,
    name,
    apiKey: options.apiKey,
    baseURL: options.baseURL,
    client: options.client,
    headers: options.headers ?? {},
    prices: options.prices ?? {},
    api: options.api ?? (compatible ? 'chat' : 'responses'),
    strict: options.strict ?? !compatible,
    reasoning: options.reasoning ?? isReasoningModel(model),
    reasoningSummary: options.reasoningSummary,
    maxTokensField: options.maxTokensField ?? (compatible ? 'max_tokens' : 'max_completion_tokens'),
    structuredOutput: options.structuredOutput ?? 'json-schema',
    streamUsage: options.streamUsage ?? true,
    parallelToolCalls: options.parallelToolCalls ?? true,
    sendReasoning: options.sendReasoning ?? 'turn',
  };
}

function checkOption(key: string, value: unknown, where: string): void {
  const allowed = Object.hasOwn(choices, key) ? choices[key] : undefined;
  if (allowed === undefined && !others.includes(key)) throw invalid(`${where}: unknown option '${key}'.`);
  if (value === undefined || allowed === undefined || allowed.includes(value)) return;
  const list = allowed.map(show);
  throw invalid(`${where}: ${key}: expected ${list.slice(0, -1).join(', ')} or ${list.at(-1)}, got ${show(value)}.`);
}

function checkAddress({ baseURL, headers = {} }: OpenAIOptions, where: string): void {
  if (baseURL !== undefined && !/^https?:$/.test(URL.parse(String(baseURL))?.protocol ?? '')) {
    throw invalid(`${where}: baseURL: expected an address that begins with http:// or https://, got ${show(baseURL)}.`);
  }
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string' && /^[\t\x20-\x7e]*$/.test(value)) continue;
    throw invalid(`${where}: headers: the value of '${name}' is no text of ASCII.`); // the value itself may be a secret
  }
}

const invalid = (message: string): EspalierError => new EspalierError('option-invalid', message);

const show = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value));
