import type { ChatRequest } from './chat-model.js';

type Body = Readonly<Record<string, unknown>>;

/**
 * What the user adds for one provider, over what its adapter writes: `settings.providers[provider]`. Objects are merged,
 * such as `reasoning` with its effort; lists in `lists` are joined; all else takes the place of what was there.
 *
 * @param lists members that grow: a provider's own tools stand beside the agent's. @default ['tools']
 * @example mergeBody({ model: 'large', tools: [a] }, { messages, settings: { providers: { acme: { tools: [b] } } } }, 'acme')
 * // { model: 'large', tools: [a, b] }
 */
export function mergeBody<T extends object>(
  body: T,
  { settings }: ChatRequest,
  provider: string,
  lists: readonly string[] = ['tools'],
): T {
  const providers = settings?.providers ?? {};
  return Object.hasOwn(providers, provider) ? (merge(body as Body, providers[provider] as Body, lists) as T) : body;
}

function merge(body: Body, own: Body, lists: readonly string[]): Body {
  const merged: Record<string, unknown> = { ...body };
  for (const [key, value] of Object.entries(own)) {
    const before = Object.hasOwn(body, key) ? body[key] : undefined;
    if (lists.includes(key) && Array.isArray(before) && Array.isArray(value)) merged[key] = [...before, ...value];
    else merged[key] = isObject(before) && isObject(value) ? merge(before, value, lists) : value;
  }
  return merged;
}

const isObject = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
