import type { ChatRequest } from '@espalier/core';

/**
 * The same for requests that begin alike: OpenAI keeps prompts by itself, and with a key it finds them more often. It
 * stands for the instructions and the tools, of which nothing can be read in it.
 * @see FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/
 */
export function cacheKey({ messages, tools = [] }: ChatRequest): string {
  const first = messages.findIndex(({ role }) => role !== 'system');
  const beginning = JSON.stringify([messages.slice(0, first < 0 ? messages.length : first), tools]);
  return `espalier-${hash(beginning, 0x811c9dc5)}${hash(beginning, 0x01000193)}`;
}

function hash(text: string, seed: number): string {
  let value = seed;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return (value >>> 0).toString(16).padStart(8, '0');
}
