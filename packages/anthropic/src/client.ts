import type { Anthropic, ClientOptions } from '@anthropic-ai/sdk';
import { EspalierError } from '@espalier/core';
import { type AnthropicOptions, checkKey } from './options.js';

/** What the adapter needs of an SDK client: `Anthropic`, or a platform's own, such as that of Bedrock or Google Cloud. */
export type AnthropicClient = Pick<Anthropic, 'messages'>;

/** The longest that a timer can wait: the runtime's `@Timeout` ends calls, the SDK does not. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** What holds for every request, whoever made the client. */
export const requestOptions = (signal: AbortSignal, headers: Readonly<Record<string, string>> = {}) => ({
  signal,
  maxRetries: 0,
  timeout: MAX_TIMEOUT,
  headers,
});

export type Sending = ReturnType<typeof requestOptions>;

/**
 * A client of its own, made when it is first needed: the SDK is loaded then. Without a key the SDK looks where Anthropic's
 * other tools do: in the environment and in the profile of the user.
 * @throws model-auth for a key in the environment that cannot be sent; option-invalid when the SDK is not there, or does not take the options
 */
export async function createClient({ apiKey, baseURL }: AnthropicOptions, model: string): Promise<AnthropicClient> {
  if (apiKey === undefined) checkKey(process.env.ANTHROPIC_API_KEY || undefined, model);
  const options: ClientOptions = { maxRetries: 0, timeout: MAX_TIMEOUT };
  if (apiKey !== undefined) options.apiKey = apiKey;
  if (baseURL !== undefined) options.baseURL = baseURL;
  // The SDK prints what it cannot read, and with it what the model wrote: only who asks for it gets it.
  if (process.env.ANTHROPIC_LOG === undefined) options.logLevel = 'off';
  try {
    const { Anthropic } = await import('@anthropic-ai/sdk');
    return new Anthropic(options);
  } catch (error) {
    throw new EspalierError('option-invalid', `Model '${model}' cannot be asked: ${(error as Error).message}`, {
      hint: 'Install @anthropic-ai/sdk, or give anthropic(…, { client }).',
    });
  }
}
