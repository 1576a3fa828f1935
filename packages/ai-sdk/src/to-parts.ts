import type { LanguageModelV4Content } from '@ai-sdk/provider';
import { type AssistantMessage, EspalierError } from '@espalier/core';
import { carry, type OpaquePart } from './provider-data.js';
import type { ProviderOptions } from './provider-traits.js';

export type AssistantPart = AssistantMessage['content'][number];

/** Where an answer comes from. */
export interface Origin {
  /** Such as `google.generative-ai`. */
  readonly provider: string;
  /** Such as `google.generative-ai:gemini-2.5-flash`. */
  readonly model: string;
}

/**
 * One part of an answer in our words.
 * @returns nothing for a source, which is for display, and for the note that Anthropic's stream begins with
 * @throws model-response-malformed for what our answers cannot hold: files, and tools that the provider runs itself
 */
export function toPart(content: LanguageModelV4Content, { provider: from, model }: Origin): AssistantPart | undefined {
  switch (content.type) {
    case 'text':
      return { type: 'text', text: content.text, ...carried(from, content.providerMetadata) };
    case 'reasoning': {
      const { text, providerMetadata: metadata } = content;
      return { type: 'reasoning', text, ...carry({ from, ...(metadata === undefined ? {} : { metadata }) }) };
    }
    case 'tool-call': {
      if (content.providerExecuted === true) throw refused(model, `ran the tool '${content.toolName}' at its provider`);
      const { toolCallId: id, toolName: tool, input, providerMetadata } = content;
      return { type: 'tool-call', id, tool, arguments: input, ...carried(from, providerMetadata) };
    }
    case 'custom':
    case 'reasoning-file':
      if (content.type === 'custom' && content.kind.endsWith('.message_start')) return undefined;
      return { type: 'reasoning', text: '', ...carry({ from, part: toOpaque(content) }) };
    case 'source':
      return undefined;
    case 'file':
      throw refused(model, `answered with a file of type '${content.mediaType}'`);
    case 'tool-result':
      throw refused(model, `ran the tool '${content.toolName}' at its provider`);
    case 'tool-approval-request':
      throw refused(model, 'asks for leave to run a tool at its provider');
    default:
      throw refused(model, `answered with a part of type '${(content as { type: string }).type}'`);
  }
}

/** Metadata of texts and of tool calls: without any, nothing is carried. */
const carried = (from: string, metadata: ProviderOptions | undefined) =>
  metadata === undefined ? {} : carry({ from, metadata });

type OpaqueContent = Extract<LanguageModelV4Content, { type: 'custom' | 'reasoning-file' }>;

function toOpaque({ providerMetadata, ...content }: OpaqueContent): OpaquePart {
  const options = providerMetadata === undefined ? {} : { providerOptions: providerMetadata };
  if (content.type === 'custom') return { ...content, ...options };
  const { data, ...about } = content;
  const bytes = data.type === 'data' && typeof data.data !== 'string' ? toBase64(data.data) : undefined;
  return { ...about, data: bytes === undefined ? data : { type: 'data', data: bytes }, ...options };
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

export const refused = (model: string, what: string): EspalierError =>
  new EspalierError(
    'model-response-malformed',
    `Model '${model}' ${what}: an answer here is text and calls of the agent's own tools.`,
    {
      hint: 'Turn that off at the provider, and give the agent tools of its own.',
      retryable: false,
    },
  );
