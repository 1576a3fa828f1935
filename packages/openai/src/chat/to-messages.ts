import {
  type AssistantMessage,
  type ChatRequest,
  EspalierError,
  type FilePart,
  type Message,
  type UserMessage,
} from '@espalier/core';
import type {
  ChatCompletionAssistantMessageParam,
  ChatCompletionContentPart,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import { isImage, nameOf, urlOf } from '../file-data.js';
import type { ModelSetup } from '../options.js';
import { dataOf } from '../provider-data.js';
import type { Shapes } from '../shapes.js';

/** The conversation as messages of the Chat Completions API. */
export function toMessages(request: ChatRequest, shapes: Shapes, setup: ModelSetup): ChatCompletionMessageParam[] {
  const { messages, output } = request;
  const turn = messages.findLastIndex(({ role }) => role === 'user');
  const written = messages.map((message, index) => messageOf(message, index > turn, setup));
  if (output === undefined || setup.structuredOutput === 'json-schema') return written;
  const schema = JSON.stringify(shapes.output?.schema ?? output.schema);
  return [...written, { role: 'system', content: `Answer with JSON only, of this JSON Schema:\n${schema}` }];
}

/** @param inTurn whether it came after the user spoke last */
function messageOf(message: Message, inTurn: boolean, setup: ModelSetup): ChatCompletionMessageParam {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: message.content };
    case 'user':
      return { role: 'user', content: userContent(message, setup.fullName) };
    case 'tool':
      return { role: 'tool', tool_call_id: message.callId, content: message.content };
    case 'assistant':
      return assistantMessage(message, inTurn, setup);
  }
}

function userContent({ content }: UserMessage, model: string): string | ChatCompletionContentPart[] {
  const [only] = content;
  if (content.length === 1 && only?.type === 'text') return only.text;
  return content.map((part) => (part.type === 'text' ? { type: 'text', text: part.text } : fileOf(part, model)));
}

const audioFormats: Readonly<Record<string, 'mp3' | 'wav'>> = {
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
};

function fileOf(part: FilePart, model: string): ChatCompletionContentPart {
  const url = urlOf(part, model);
  if (isImage(part)) return { type: 'image_url', image_url: { url } };
  if (part.data === undefined) {
    throw new EspalierError(
      'model-request-invalid',
      `Model '${model}': Chat Completions take files of type '${part.mediaType}' as data only, not by URL.`,
      { hint: 'Fetch the file yourself and give it as `data` (base64), or use the Responses API.' },
    );
  }
  const format = audioFormats[part.mediaType];
  if (format !== undefined) return { type: 'input_audio', input_audio: { data: part.data, format } };
  return { type: 'file', file: { filename: nameOf(part), file_data: url } };
}

function assistantMessage(
  { content }: AssistantMessage,
  inTurn: boolean,
  setup: ModelSetup,
): ChatCompletionAssistantMessageParam {
  let text = '';
  let refusal = '';
  const calls: NonNullable<ChatCompletionAssistantMessageParam['tool_calls']> = [];
  for (const part of content) {
    const data = dataOf(setup.name, part);
    if (part.type === 'text' && data.refusal === true) refusal += part.text;
    else if (part.type === 'text') text += data.written ?? part.text;
    else if (part.type === 'tool-call') {
      const named = { name: part.tool, arguments: data.written ?? part.arguments };
      calls.push({ id: part.id, type: 'function', function: named });
    }
  }
  const written: ChatCompletionAssistantMessageParam = {
    role: 'assistant',
    content: text === '' && (calls.length > 0 || refusal !== '') ? null : text,
  };
  if (refusal !== '') written.refusal = refusal;
  const sends = setup.sendReasoning === 'always' || (setup.sendReasoning === 'turn' && inTurn && calls.length > 0);
  if (sends) addReasoning(content, setup.name, written);
  if (calls.length > 0) written.tool_calls = calls;
  return written;
}

/** The model's own reasoning, in the field that it came in. */
function addReasoning(content: AssistantMessage['content'], name: string, written: object): void {
  const fields = written as Record<string, unknown>;
  for (const part of content) {
    if (part.type !== 'reasoning') continue;
    const { field, details } = dataOf(name, part);
    if (field === undefined) continue;
    fields[field] = `${fields[field] ?? ''}${part.text}`;
    if (details !== undefined) fields.reasoning_details = details;
  }
}
