import type { Json, PriceTable } from '@espalier/core';
import { EspalierError } from '@espalier/core';
import type { AiSdkWarning } from './warnings.js';

/** How to use a language model of the AI SDK. */
export interface AiSdkOptions {
  /**
   * Prices by model, for `usage.cost`: the AI SDK tells none.
   * @example { 'gemini-2.5-flash': { input: 0.3, output: 2.5, cachedInput: 0.075 } }
   */
  readonly prices?: PriceTable;
  /**
   * The AI SDK's `providerOptions` of every call: what only one provider knows, by the provider's key. An agent adds
   * its own by `settings: { providers: { 'ai-sdk': { … } } }`.
   * @example { google: { thinkingConfig: { includeThoughts: true } } }
   */
  readonly providerOptions?: Readonly<Record<string, { readonly [key: string]: Json }>>;
  /**
   * Whether the provider is to be held to schemas, of answers and of tools, to the letter. They are then sent in the part
   * of JSON Schema that OpenAI takes, and what comes back is given their own shape.
   * @default true for OpenAI and Azure, false for others: their packages make of a schema what they can
   */
  readonly strict?: boolean;
  /**
   * Takes what the provider does otherwise than asked, such as a setting that it does not know. What it throws fails
   * the call.
   * @default what the provider leaves out fails the call (model-request-invalid); temperature, topP, seed and stop, and the
   * rest, become a warning of the process
   */
  readonly onWarning?: (warning: AiSdkWarning) => void;
}

const known: ReadonlySet<string> = new Set(['prices', 'providerOptions', 'strict', 'onWarning']);

/** @throws option-invalid */
export function checkOptions(options: AiSdkOptions): void {
  for (const key of Object.keys(options)) {
    if (!known.has(key)) throw invalid(`unknown option '${key}'`, `Known are: ${[...known].join(', ')}.`);
  }
  const { onWarning, strict, providerOptions = {}, prices = {} } = options;
  if (onWarning !== undefined && typeof onWarning !== 'function') {
    throw invalid(`onWarning: expected a function, got ${typeof onWarning}`, 'Write onWarning: (warning) => { … }.');
  }
  if (strict !== undefined && typeof strict !== 'boolean') {
    throw invalid(`strict: expected true or false, got ${String(strict)}`, 'Leave it out for the default.');
  }
  for (const [name, table] of Object.entries({ providerOptions, prices })) {
    const wrong = Object.entries(table).find(([, value]) => typeof value !== 'object' || value === null);
    if (wrong !== undefined) {
      throw invalid(`${name}.${wrong[0]}: expected an object, got ${String(wrong[1])}`, `See AiSdkOptions.${name}.`);
    }
  }
}

const invalid = (what: string, hint: string): EspalierError =>
  new EspalierError('option-invalid', `aiSdk(model, options): ${what}.`, { hint });
