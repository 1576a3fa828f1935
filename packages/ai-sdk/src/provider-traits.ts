import type { JSONObject } from '@ai-sdk/provider';

/** The AI SDK's `providerOptions`: what only one provider knows, by the provider's key. */
export type ProviderOptions = Readonly<Record<string, JSONObject>>;

/** What the specification has no word for, as one provider says it. */
export interface ProviderTraits {
  /** Goes with each call. */
  readonly always?: ProviderOptions;
  /** Whether the model may call several tools at once. Without it, the provider has no such setting that we know. */
  readonly parallelToolCalls?: (allowed: boolean) => ProviderOptions | undefined;
  /** What asks for a prompt cache: nothing, where the provider caches by itself. Without it, it is not known. */
  readonly promptCache?: ProviderOptions;
  /** Whether the provider takes strict schemas, of answers and of tools. */
  readonly strict: boolean;
  /** What has to be said where schemas are not to be strict. */
  readonly openSchemas?: ProviderOptions;
}

const openai = (key: string, api: string): ProviderTraits => ({
  // A conversation is whole in the request: it must not hang on what the provider keeps, and for how long.
  ...(api === 'responses' ? { always: { [key]: { store: false } } } : {}),
  parallelToolCalls: (allowed) => ({ [key]: { parallelToolCalls: allowed } }),
  promptCache: {},
  strict: true,
  openSchemas: { [key]: { strictJsonSchema: false } },
});

const anthropic: ProviderTraits = {
  parallelToolCalls: (allowed) => (allowed ? undefined : { anthropic: { disableParallelToolUse: true } }),
  promptCache: { anthropic: { cacheControl: { type: 'ephemeral' } } },
  strict: false,
};

/** Caches by itself; has no way to ask for one tool call at a time. */
const google: ProviderTraits = { promptCache: {}, strict: false };

const unknown: ProviderTraits = { strict: false };

/** @param provider as the model names it: `openai.responses`, `google.vertex.chat` */
export function traitsOf(provider: string): ProviderTraits {
  const [, key, api] = /^(openai|azure)\.(responses|chat)$/.exec(provider) ?? [];
  if (key !== undefined && api !== undefined) return openai(key, api);
  if (/(^|\.)anthropic\./.test(provider)) return anthropic;
  if (/^google\./.test(provider)) return google;
  return unknown;
}
