import { EspalierError } from '@espalier/core';
import type { ClientOptions, OpenAI } from 'openai';
import type { ModelSetup } from './options.js';
import { fetchWithOwnOptions, type OwnOptions } from './own-fetch.js';

/** What the adapter needs of an SDK client: `OpenAI`, `AzureOpenAI` or one of another platform's. */
export type OpenAIClient = Pick<OpenAI, 'responses' | 'chat'>;

/** The longest that a timer can wait: the runtime's `@Timeout` ends calls, the SDK does not. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** What holds for every request, whoever made the client. A request's own headers come before the client's. */
export const requestOptions = (
  signal: AbortSignal,
  idempotencyKey: string,
  { headers }: Pick<ModelSetup, 'headers'>,
) => ({
  signal,
  maxRetries: 0,
  timeout: MAX_TIMEOUT,
  headers: { ...headers, 'Idempotency-Key': headerText(idempotencyKey) },
});

/** What goes with a request whose answer is read as a whole. */
export type Sending = ReturnType<typeof requestOptions> | OwnOptions;

/** Headers hold ASCII only; names of nodes may be in any language. */
export const headerText = (text: string): string => (/^[\x20-\x7e]*$/.test(text) ? text : encodeURIComponent(text));

/**
 * A client of its own, made when it is first needed: the SDK is loaded then.
 * @throws model-auth where OpenAI is to be asked without a key; option-invalid when the SDK is not there
 */
export async function createClient(setup: ModelSetup): Promise<OpenAI> {
  const { compatible, baseURL, fullName } = setup;
  const given = setup.apiKey ?? (compatible ? undefined : (process.env.OPENAI_API_KEY ?? ''));
  const apiKey = given === undefined ? undefined : checkedKey(given, setup);
  const { OpenAI } = await loadSdk(fullName);
  const options: ClientOptions = { maxRetries: 0, timeout: MAX_TIMEOUT, fetch: fetchWithOwnOptions };
  if (baseURL !== undefined) options.baseURL = baseURL;
  // The SDK prints what it cannot read, and with it what the model wrote: only who asks for it gets it.
  if (process.env.OPENAI_LOG === undefined) options.logLevel = 'off';
  if (!compatible && apiKey !== undefined) return new OpenAI({ ...options, apiKey });
  // Nothing of the user's account at OpenAI goes to another server.
  const own = { adminAPIKey: null, organization: null, project: null, webhookSecret: null };
  if (apiKey !== undefined) return new OpenAI({ ...options, ...own, apiKey });
  return new OpenAI({ ...options, ...own, apiKey: 'none', defaultHeaders: { Authorization: null } });
}

/**
 * A key as it is sent; none where an empty one is given for a server that is not OpenAI's.
 * @throws model-auth; what builds headers would put a key that it cannot send into its error
 */
export function checkedKey(given: string, { fullName, compatible }: Pick<ModelSetup, 'fullName' | 'compatible'>) {
  const apiKey = given.trim();
  if (apiKey === '' && compatible) return undefined;
  if (apiKey === '') throw missingKey(fullName);
  if (!/^[\x21-\x7e]+$/.test(apiKey)) throw unusableKey(fullName);
  return apiKey;
}

async function loadSdk(model: string): Promise<typeof import('openai')> {
  try {
    return await import('openai');
  } catch (error) {
    throw new EspalierError('option-invalid', `Model '${model}' cannot be asked: ${(error as Error).message}`, {
      hint: 'Install openai, or give openai(…, { client }).',
    });
  }
}

const missingKey = (model: string): EspalierError =>
  new EspalierError('model-auth', `Model '${model}' has no API key.`, {
    hint: 'Set the environment variable OPENAI_API_KEY, or give openai(…, { apiKey }).',
  });

const unusableKey = (model: string): EspalierError =>
  new EspalierError('model-auth', `Model '${model}' has an API key with characters that no HTTP header can hold.`, {
    hint: 'Copy the key anew: it has only letters, digits and signs of ASCII.',
  });
