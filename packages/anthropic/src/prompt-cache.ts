import type { Anthropic } from '@anthropic-ai/sdk';
import type { BlockMessage } from './to-messages.js';

const mark = { cache_control: { type: 'ephemeral' } } as const satisfies {
  cache_control: Anthropic.CacheControlEphemeral;
};

/** Blocks that take no mark of their own. */
const unmarked: ReadonlySet<string> = new Set(['thinking', 'redacted_thinking']);

/**
 * Marks what Anthropic is to keep for the next call: what stands before the conversation (tools and instructions, the
 * same for each run of an agent), and the conversation up to its end (the same for the next turn).
 */
export function withPromptCache<P extends Anthropic.MessageCreateParamsNonStreaming>(params: P): P {
  const { system, tools } = params;
  const start = Array.isArray(system)
    ? { system: marked(system) }
    : tools === undefined
      ? {}
      : { tools: marked(tools) };
  return { ...params, ...start, messages: withMarkedEnd(params.messages as readonly BlockMessage[]) };
}

function withMarkedEnd(messages: readonly BlockMessage[]): Anthropic.MessageParam[] {
  const last = messages.at(-1);
  const block = last?.content.at(-1);
  if (last === undefined || block === undefined || unmarked.has(block.type)) return [...messages];
  return [...messages.slice(0, -1), { role: last.role, content: marked(last.content) }];
}

function marked<T extends object>(items: readonly T[]): T[] {
  return items.map((item, index) => (index === items.length - 1 ? { ...item, ...mark } : item));
}
