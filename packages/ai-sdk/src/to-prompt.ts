import type {
  LanguageModelV4,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4ToolResultPart,
} from '@ai-sdk/provider';
import type { AssistantMessage, Message, ToolMessage, UserMessage } from '@espalier/core';
import { type Carried, carriedBy } from './provider-data.js';
import { toFilePart } from './to-file-part.js';

type AssistantContent = Extract<LanguageModelV4Message, { role: 'assistant' }>['content'];
type UserContent = Extract<LanguageModelV4Message, { role: 'user' }>['content'];

/** A conversation as the AI SDK has it. Results of tools that follow each other are one message there. */
export async function toPrompt(messages: readonly Message[], model: LanguageModelV4): Promise<LanguageModelV4Prompt> {
  const prompt: LanguageModelV4Prompt = [];
  for (const message of messages) {
    const last = prompt.at(-1);
    if (message.role === 'system') prompt.push({ role: 'system', content: message.content });
    else if (message.role === 'user') prompt.push({ role: 'user', content: await toUserContent(message, model) });
    else if (message.role === 'assistant') {
      const content = message.content.flatMap((part) => toAssistantPart(part, model.provider));
      if (content.length > 0) prompt.push({ role: 'assistant', content });
    } else if (last?.role === 'tool') last.content.push(toToolResult(message));
    else prompt.push({ role: 'tool', content: [toToolResult(message)] });
  }
  return prompt;
}

async function toUserContent({ content }: UserMessage, model: LanguageModelV4): Promise<UserContent> {
  const parts: UserContent = [];
  for (const part of content) {
    parts.push(part.type === 'file' ? await toFilePart(part, model) : { type: 'text', text: part.text });
  }
  return parts;
}

function toAssistantPart(part: AssistantMessage['content'][number], from: string): AssistantContent {
  const carried = carriedBy(part.provider, from);
  switch (part.type) {
    case 'text':
      // Providers refuse an empty text, but one may carry the signature of a thought.
      return part.text === '' && carried === undefined
        ? []
        : [{ type: 'text', text: part.text, ...optionsOf(carried) }];
    case 'reasoning':
      // Thoughts of another provider are no thoughts of this one.
      if (carried?.part !== undefined) return [carried.part];
      return carried === undefined ? [] : [{ type: 'reasoning', text: part.text, ...optionsOf(carried) }];
    case 'tool-call': {
      const { id: toolCallId, tool: toolName } = part;
      return [{ type: 'tool-call', toolCallId, toolName, input: toInput(part.arguments), ...optionsOf(carried) }];
    }
  }
}

const optionsOf = (carried: Carried | undefined) =>
  carried?.metadata === undefined ? {} : { providerOptions: carried.metadata };

/** The arguments as data. Providers take an object only: what the model wrote wrong is told in the result of the call. */
function toInput(text: string): unknown {
  try {
    const input: unknown = JSON.parse(text);
    return typeof input === 'object' && input !== null && !Array.isArray(input) ? input : {};
  } catch {
    return {};
  }
}

const toToolResult = ({ callId, tool, content, failed }: ToolMessage): LanguageModelV4ToolResultPart => ({
  type: 'tool-result',
  toolCallId: callId,
  toolName: tool,
  output: { type: failed ? 'error-text' : 'text', value: content },
});
