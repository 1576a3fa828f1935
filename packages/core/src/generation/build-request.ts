import type { ChatRequest, ToolDefinition } from '../model/chat-model.js';
import { type Message, userText } from '../model/message.js';
import type { Prompt } from '../model/prompt.js';
import type { SchemaOf } from '../schema/schema.js';
import type { AgentGeneration } from './compiled-agent.js';
import { wellFormed } from './well-formed.js';

/** The conversation that a prompt begins: the agent's instructions and the prompt, and nothing else. */
export function firstMessages(instructions: string | undefined, prompt: Prompt): Message[] {
  const given = typeof prompt === 'string' ? [userText(prompt)] : wellFormed(prompt);
  return instructions === undefined ? [...given] : [{ role: 'system', content: instructions }, ...given];
}

export interface RequestParts {
  readonly generation: AgentGeneration;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
  /** Tools may not be called any more: the model has to answer. */
  readonly mustAnswer: boolean;
  readonly output: SchemaOf | undefined;
  readonly settings: ChatRequest['settings'] | undefined;
}

/** The exact request that goes out. */
export function buildRequest({ messages, tools, mustAnswer, output, settings }: RequestParts): ChatRequest {
  return {
    messages: [...messages],
    ...(tools.length === 0 ? {} : { tools, toolChoice: mustAnswer ? 'none' : 'auto' }),
    ...(output === undefined ? {} : { output: { name: output.name, schema: output.jsonSchema } }),
    ...(settings === undefined ? {} : { settings }),
  };
}
