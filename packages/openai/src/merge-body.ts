import type { ChatRequest } from '@espalier/core';
import type { ModelSetup } from './options.js';

type Body = Readonly<Record<string, unknown>>;

/** Lists that grow: OpenAI's own tools stand beside the agent's. */
const lists: ReadonlySet<string> = new Set(['tools', 'include']);

/**
 * What the user adds for this provider alone, over what the adapter writes. Objects are merged, such as `reasoning` with
 * its effort; lists of tools and of what is to be included are joined; all else takes the place of what was there.
 */
export function mergeBody<T extends object>(body: T, { settings }: ChatRequest, { name }: ModelSetup): T {
  const providers = settings?.providers ?? {};
  return Object.hasOwn(providers, name) ? (merge(body as Body, providers[name] as Body) as T) : body;
}

function merge(body: Body, own: Body): Body {
  const merged: Record<string, unknown> = { ...body };
  for (const [key, value] of Object.entries(own)) {
    const before = Object.hasOwn(body, key) ? body[key] : undefined;
    if (lists.has(key) && Array.isArray(before) && Array.isArray(value)) merged[key] = [...before, ...value];
    else merged[key] = isObject(before) && isObject(value) ? merge(before, value) : value;
  }
  return merged;
}

const isObject = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
