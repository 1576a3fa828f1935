import type { AssistantMessage, ChatRequest, Message, TextPart, UserMessage } from '@espalier/core';
import type { Responses } from 'openai/resources/responses/responses';
import { isImage, nameOf, urlOf } from '../file-data.js';
import type { ModelSetup } from '../options.js';
import { dataOf } from '../provider-data.js';

type Item = Responses.ResponseInputItem;

/** The conversation as items of the Responses API. */
export const toInput = ({ messages }: ChatRequest, setup: ModelSetup): Item[] =>
  messages.flatMap((message) => itemsOf(message, setup));

function itemsOf(message: Message, setup: ModelSetup): Item[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'system', content: message.content }];
    case 'user':
      return [{ role: 'user', content: userContent(message, setup.fullName) }];
    case 'tool':
      return [{ type: 'function_call_output', call_id: message.callId, output: message.content }];
    case 'assistant':
      return assistantItems(message, setup);
  }
}

function userContent({ content }: UserMessage, model: string): string | Responses.ResponseInputContent[] {
  const [only] = content;
  if (content.length === 1 && only?.type === 'text') return only.text;
  return content.map((part) => {
    if (part.type === 'text') return { type: 'input_text', text: part.text };
    const url = urlOf(part, model);
    if (isImage(part)) return { type: 'input_image', detail: 'auto', image_url: url };
    return part.data === undefined
      ? { type: 'input_file', file_url: url }
      : { type: 'input_file', filename: nameOf(part), file_data: url };
  });
}

/**
 * What the model said, as the items that it came in. Reasoning goes back only whole, and only before what it led to; ids
 * go back only with it, for an id without its reasoning is refused.
 */
function assistantItems({ content }: AssistantMessage, { name }: ModelSetup): Item[] {
  const items: Item[] = [];
  const sealed = content.some((part) => dataOf(name, part).item?.type === 'reasoning');
  for (const part of content) {
    const data = dataOf(name, part);
    if (data.item !== undefined) items.push(data.item as never);
    else if (part.type === 'text') addText(part, items, name, sealed);
    else if (part.type === 'tool-call') {
      items.push({
        type: 'function_call',
        ...(sealed && data.id !== undefined ? { id: data.id } : {}),
        call_id: part.id,
        name: part.tool,
        arguments: data.written ?? part.arguments,
      });
    }
  }
  while (isReasoning(items.at(-1))) items.pop();
  return items;
}

const isReasoning = (item: Item | undefined): boolean => item?.type === 'reasoning';

/** Text goes into the item that it came in, next to what came there before it. */
function addText(part: TextPart, items: Item[], name: string, sealed: boolean): void {
  const { id, phase, refusal, written } = dataOf(name, part);
  const text = written ?? part.text;
  if (id === undefined || !sealed) {
    const kept = phase === undefined ? {} : { phase: phase as 'commentary' };
    if (text !== '') items.push({ role: 'assistant', content: text, ...kept });
    return;
  }
  const content = refusal === true ? ({ type: 'refusal', refusal: text } as const) : outputText(text);
  const last = items.at(-1);
  if (last !== undefined && 'content' in last && 'id' in last && last.id === id) {
    (last.content as unknown[]).push(content);
    return;
  }
  const kept = phase === undefined ? {} : { phase: phase as 'commentary' };
  items.push({ type: 'message', role: 'assistant', id, status: 'completed', content: [content], ...kept });
}

const outputText = (text: string) => ({ type: 'output_text' as const, text, annotations: [] });
