import type { Json } from '../schema/json.js';

/**
 * Opaque data that a provider wants back with the part that it came with, by provider: `{ openai: … }`. An adapter reads
 * only what is under its own name, so a conversation may go from one provider to another.
 */
export type ProviderData = Readonly<Record<string, Json>>;

/** Plain text of a message. */
export interface TextPart {
  readonly type: 'text';
  readonly text: string;
  readonly provider?: ProviderData;
}

/** An image or a document: by URL, or as base64 data. */
export interface FilePart {
  readonly type: 'file';
  /** IANA media type, such as `image/png`. */
  readonly mediaType: string;
  readonly name?: string;
  readonly url?: string;
  /** Base64. */
  readonly data?: string;
}

/** The model's thinking, kept because some providers want it back as it was. */
export interface ReasoningPart {
  readonly type: 'reasoning';
  /** May be empty: some providers give nothing to read. */
  readonly text: string;
  readonly provider?: ProviderData;
}

/** The model asks for a tool. */
export interface ToolCallPart {
  readonly type: 'tool-call';
  /** Unique within the conversation; the result carries the same. */
  readonly id: string;
  readonly tool: string;
  /** The arguments as the model wrote them: JSON text, which may be malformed. */
  readonly arguments: string;
  readonly provider?: ProviderData;
}

/** Sets the model's task. */
export interface SystemMessage {
  readonly role: 'system';
  readonly content: string;
}

export interface UserMessage {
  readonly role: 'user';
  readonly content: readonly (TextPart | FilePart)[];
}

export interface AssistantMessage {
  readonly role: 'assistant';
  readonly content: readonly (TextPart | ReasoningPart | ToolCallPart)[];
}

/** The result of one tool call, answered to the model. */
export interface ToolMessage {
  readonly role: 'tool';
  readonly callId: string;
  readonly tool: string;
  readonly content: string;
  /** True when the text tells of a failure: unknown tool, wrong arguments, a throw. */
  readonly failed: boolean;
}

export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

/** A user message of plain text. */
export const userText = (text: string): UserMessage => ({ role: 'user', content: [{ type: 'text', text }] });

/** All text of an assistant's message, reasoning left out. */
export function textOf(message: AssistantMessage): string {
  let text = '';
  for (const part of message.content) if (part.type === 'text') text += part.text;
  return text;
}

/** The tool calls of an assistant's message, in the model's order. */
export function toolCallsOf(message: AssistantMessage): readonly ToolCallPart[] {
  return message.content.filter((part): part is ToolCallPart => part.type === 'tool-call');
}
