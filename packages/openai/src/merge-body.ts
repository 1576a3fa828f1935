import type { ChatRequest } from '@espalier/core';
import type { ModelSetup } from './options.js';

/**
 * What the user adds for this provider alone, over what the adapter writes. Lists of tools and of what is to be included
 * are joined: OpenAI's own tools stand beside the agent's.
 */
export function mergeBody<T extends object>(body: T, { settings }: ChatRequest, { name }: ModelSetup): T {
  const own = settings?.providers?.[name];
  if (own === undefined) return body;
  const merged: Record<string, unknown> = { ...body, ...own };
  for (const key of ['tools', 'include']) {
    const [first, second] = [(body as Record<string, unknown>)[key], own[key]];
    if (Array.isArray(first) && Array.isArray(second)) merged[key] = [...first, ...second];
  }
  return merged as T;
}
