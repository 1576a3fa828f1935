import type { Anthropic } from '@anthropic-ai/sdk';
import {
  type AssistantMessage,
  type ChatResponse,
  type FinishReason,
  type Json,
  type LoweredSchema,
  type PriceTable,
  restoreJson,
  textOf,
} from '@espalier/core';
import { providerData } from './provider-data.js';
import type { WireRequest } from './to-request.js';
import { usageOf, type WireUsage } from './usage.js';

type Part = AssistantMessage['content'][number];

/** An answer of Anthropic's, whole or put together of a stream. The arguments of tools are text, as they were written. */
export interface WireAnswer {
  readonly content: readonly (Anthropic.ContentBlock | WrittenToolUse)[];
  readonly model: string;
  readonly stop_reason: string | null;
  readonly stop_details?: { readonly explanation?: string | null; readonly category?: string | null } | null;
  readonly usage: WireUsage;
}

/** A call of a tool whose arguments are as the model wrote them. */
export interface WrittenToolUse {
  readonly type: 'written_tool_use';
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

const finishReasons: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool-calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'refusal',
};

export function fromResponse(
  answer: WireAnswer,
  request: WireRequest,
  { requestId, prices }: { readonly requestId?: string | undefined; readonly prices?: PriceTable | undefined } = {},
): ChatResponse {
  const finishReason = finishReasons[answer.stop_reason ?? ''] ?? 'other';
  const content = Array.from(answer.content, (block) => partOf(block, request));
  return {
    message: { role: 'assistant', content: finishReason === 'refusal' ? explained(content, answer) : content },
    finishReason,
    usage: usageOf(answer.usage, answer.model, prices),
    model: answer.model,
    ...(requestId === undefined ? {} : { requestId }),
  };
}

function partOf(block: WireAnswer['content'][number], { output, tools, mark }: WireRequest): Part {
  const after = mark === undefined ? {} : { after: mark };
  switch (block.type) {
    case 'text':
      if (block.citations != null && block.citations.length > 0) {
        return { type: 'text', text: block.text, ...whole(block) };
      }
      return { type: 'text', ...written('text', block.text, output) };
    case 'thinking':
      return { type: 'reasoning', text: block.thinking, ...providerData({ signature: block.signature, ...after }) };
    case 'redacted_thinking':
      return { type: 'reasoning', text: '', ...providerData({ redacted: block.data, ...after }) };
    case 'tool_use': {
      const text = JSON.stringify(block.input ?? {});
      return {
        type: 'tool-call',
        id: block.id,
        tool: block.name,
        ...written('arguments', text, tools.get(block.name)),
      };
    }
    case 'written_tool_use': {
      const lowered = tools.get(block.name);
      return { type: 'tool-call', id: block.id, tool: block.name, ...written('arguments', block.text, lowered) };
    }
    default:
      // What Anthropic's own tools did: the port has no part for it, and Anthropic wants it back.
      return { type: 'text', text: '', ...whole(block) };
  }
}

/** The text in the program's shape. As it was written is kept beside it where the two differ. */
function written<K extends 'text' | 'arguments'>(key: K, text: string, lowered: LoweredSchema | undefined) {
  const restored = lowered === undefined ? text : restoreJson(text, lowered);
  return { [key]: restored, ...(restored === text ? {} : providerData({ written: text })) } as {
    readonly [name in K]: string;
  };
}

const whole = (block: object) => providerData({ block: block as { readonly [key: string]: Json } });

/** A refusal without words of the model is told in those of Anthropic. */
function explained(content: readonly Part[], { stop_details }: WireAnswer): readonly Part[] {
  const why = stop_details?.explanation ?? stop_details?.category;
  if (why == null || textOf({ role: 'assistant', content }) !== '') return content;
  return [...content, { type: 'text', text: why }];
}
