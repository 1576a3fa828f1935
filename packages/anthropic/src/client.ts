import type { Anthropic, ClientOptions } from '@anthropic-ai/sdk';

/** What the adapter needs of an SDK client: `Anthropic`, or a platform's own, such as that of Bedrock or Google Cloud. */
export type AnthropicClient = Pick<Anthropic, 'messages'>;

/** The longest that a timer can wait: the runtime's `@Timeout` ends calls, the SDK does not. */
export const MAX_TIMEOUT = 2 ** 31 - 1;

/**
 * A client of its own, made when it is first needed: the SDK is loaded then. Without a key the SDK looks where Anthropic's
 * other tools do: in the environment and in the profile of the user.
 */
export async function createClient({
  apiKey,
  baseURL,
}: {
  readonly apiKey?: string | undefined;
  readonly baseURL?: string | undefined;
}): Promise<AnthropicClient> {
  const { Anthropic } = await import('@anthropic-ai/sdk');
  const options: ClientOptions = { maxRetries: 0, timeout: MAX_TIMEOUT };
  if (apiKey !== undefined) options.apiKey = apiKey;
  if (baseURL !== undefined) options.baseURL = baseURL;
  // The SDK prints what it cannot read, and with it what the model wrote: only who asks for it gets it.
  if (process.env.ANTHROPIC_LOG === undefined) options.logLevel = 'off';
  return new Anthropic(options);
}
