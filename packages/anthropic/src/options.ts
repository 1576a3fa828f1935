import { EspalierError, type PriceTable } from '@espalier/core';
import type { AnthropicClient } from './client.js';
import { missingKey, unusableKey } from './errors.js';

/** How to reach a model of Anthropic's, and what holds for all its calls. */
export interface AnthropicOptions {
  /** @default the environment's ANTHROPIC_API_KEY */
  readonly apiKey?: string;
  /** @default the environment's ANTHROPIC_BASE_URL, or Anthropic's own */
  readonly baseURL?: string;
  /**
   * A client of `@anthropic-ai/sdk` to share, in place of `apiKey` and `baseURL`; also one for Bedrock or Google Cloud.
   * Its retries and its timeout are not used: those are the runtime's.
   */
  readonly client?: AnthropicClient;
  /** Headers that go with every request, such as `anthropic-beta`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Prices by model, before those that the package knows. */
  readonly prices?: PriceTable;
  /**
   * Upper bound of an answer in tokens, thinking included, where the request sets none: Anthropic requires one.
   * @default 16000; 4096 or 8192 for models before Claude 3.7
   * @minimum 1
   */
  readonly maxOutputTokens?: number;
  /**
   * Whether Anthropic holds the model to the schemas of tools, as far as its limits go. Arguments are validated anyway.
   * @default true
   */
  readonly strictTools?: boolean;
}

const known: readonly string[] = [
  'apiKey',
  'baseURL',
  'client',
  'headers',
  'prices',
  'maxOutputTokens',
  'strictTools',
] satisfies (keyof AnthropicOptions)[];

/**
 * What would fail at the first call, and in the SDK's words.
 * @throws option-invalid, model-auth
 */
export function checkOptions(model: string, options: AnthropicOptions): void {
  if (typeof model !== 'string' || model === '') throw invalid(`expected the name of a model, got ${show(model)}`);
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown !== undefined) throw invalid(`unknown option '${unknown}'`);
  const { apiKey, baseURL, client, headers = {}, maxOutputTokens, strictTools } = options;
  if (client !== undefined && (apiKey ?? baseURL) !== undefined) {
    throw invalid('give either a client, or apiKey and baseURL');
  }
  if (baseURL !== undefined && !/^https?:$/.test(URL.parse(String(baseURL))?.protocol ?? '')) {
    throw invalid(`baseURL: expected an address that begins with http:// or https://, got ${show(baseURL)}`);
  }
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string' && /^[\t\x20-\x7e]*$/.test(value)) continue;
    throw invalid(`headers: the value of '${name}' is no text of ASCII`); // the value itself may be a secret
  }
  if (maxOutputTokens !== undefined && !(Number.isInteger(maxOutputTokens) && maxOutputTokens > 0)) {
    throw invalid(`maxOutputTokens: expected a whole number from 1, got ${show(maxOutputTokens)}`);
  }
  if (strictTools !== undefined && typeof strictTools !== 'boolean') {
    throw invalid(`strictTools: expected true or false, got ${show(strictTools)}`);
  }
  checkKey(apiKey, `anthropic:${model}`);
}

/**
 * A key that is given, or stands in the environment: what builds headers would call it a failed connection.
 * @throws model-auth
 */
export function checkKey(apiKey: string | undefined, model: string): void {
  if (apiKey === undefined) return;
  if (apiKey.trim() === '') throw missingKey(model);
  if (!/^[\x21-\x7e]+$/.test(apiKey.trim())) throw unusableKey(model);
}

const invalid = (what: string): EspalierError =>
  new EspalierError('option-invalid', `anthropic(model, options): ${what}.`);

const show = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value));
