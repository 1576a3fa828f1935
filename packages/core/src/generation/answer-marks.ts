import type { ChatRequest, ChatResponse } from '../model/chat-model.js';
import { type AssistantMessage, toolCallsOf } from '../model/message.js';
import type { SchemaOf } from '../schema/schema.js';
import { type Learner, learnArguments, learnJson, type Marks, together } from '../sensitive/learn.js';
import type { CompiledTool } from './compiled-agent.js';

/** What an answer's schemas say: that of the data that was asked for, and those of the tools that it calls. */
export interface AnswerSchemas {
  readonly output: SchemaOf | undefined;
  readonly tools: ReadonlyMap<string, CompiledTool>;
}

type Keys = readonly (string | number)[];

/** Takes up the sensitive values of an answer before it is recorded. @returns the marks of its record */
export function answerMarks(run: Learner, { message }: ChatResponse, schemas: AnswerSchemas | undefined): Marks {
  return schemas === undefined ? {} : messageMarks(run, message, schemas, ['value', 'message']);
}

/** Takes note of tools that an answer calls and that were not offered: their names may hold anything. */
export function learnInvented({ sensitive }: Learner, { message }: ChatResponse, { tools = [] }: ChatRequest): void {
  if (sensitive === undefined) return;
  for (const { tool } of toolCallsOf(message)) {
    if (tools.every(({ name }) => name !== tool)) sensitive.addInvented(tool);
  }
}

/** The same for the answers that a request repeats. */
export function requestMarks(run: Learner, { messages }: ChatRequest, schemas: AnswerSchemas | undefined): Marks {
  if (schemas === undefined) return {};
  const marks = messages.map((message, index) =>
    message.role === 'assistant' ? messageMarks(run, message, schemas, ['request', 'messages', index]) : {},
  );
  return together(...marks);
}

function messageMarks(run: Learner, message: AssistantMessage, { output, tools }: AnswerSchemas, at: Keys): Marks {
  const marks = message.content.map((part, index) => {
    const place = [...at, 'content', index];
    if (part.type === 'text') return learnJson(run, output, part.text, [...place, 'text']);
    if (part.type !== 'tool-call') return {};
    return learnArguments(run, tools.get(part.tool)?.input, part.arguments, [...place, 'arguments']);
  });
  return together(...marks);
}
