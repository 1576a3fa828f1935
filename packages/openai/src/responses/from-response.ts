import type { AssistantMessage, ChatResponse, FinishReason, Json } from '@espalier/core';
import type { Responses } from 'openai/resources/responses/responses';
import { malformed, problemError } from '../errors.js';
import type { ModelSetup } from '../options.js';
import { providerData, restored } from '../provider-data.js';
import type { Shapes } from '../shapes.js';
import { usageOf } from '../usage.js';

type Part = AssistantMessage['content'][number];

/** An answer of the Responses API. @throws what the server tells as its failure; model-response-malformed */
export function fromResponse(
  response: Responses.Response,
  shapes: Shapes,
  setup: ModelSetup,
  requestId: string | undefined,
): ChatResponse {
  if (!Array.isArray((response as Partial<Responses.Response> | undefined)?.output)) {
    throw malformed(setup.fullName, 'what the server answered is no response of the Responses API');
  }
  if (response.status === 'failed' || response.status === 'cancelled') throw failed(response, setup, requestId);
  const content = response.output.flatMap((item) => partsOf(item, shapes, setup));
  const model = response.model || setup.model;
  return {
    message: { role: 'assistant', content },
    finishReason: finishOf(response),
    usage: usageOf(response.usage, { model, tier: response.service_tier }, setup),
    model,
    ...(requestId === undefined ? {} : { requestId }),
  };
}

function failed({ error, status }: Responses.Response, setup: ModelSetup, requestId: string | undefined): Error {
  const { code, message } = error ?? { code: 'server_error', message: `The response is ${status}.` };
  return problemError({ code, message }, setup.fullName, requestId);
}

function finishOf({ status, incomplete_details, output }: Responses.Response): FinishReason {
  const reason = incomplete_details?.reason;
  if (reason === 'max_output_tokens') return 'length';
  if (reason === 'content_filter') return 'content-filter';
  if (status === 'incomplete') return 'other';
  if (output.some((item) => item.type === 'function_call')) return 'tool-calls';
  const refused = output.some(
    (item) => item.type === 'message' && item.content.some((part) => part.type === 'refusal'),
  );
  return refused ? 'refusal' : 'stop';
}

function partsOf(item: Responses.ResponseOutputItem, shapes: Shapes, { name }: ModelSetup): readonly Part[] {
  switch (item.type) {
    case 'message':
      return item.content.map((part) => textOf(part, item, shapes, name));
    case 'function_call': {
      const [text, written] = restored(item.arguments, shapes.tools.get(item.name));
      const data = providerData(name, { id: item.id, written } as never);
      return [{ type: 'tool-call', id: item.call_id, tool: item.name, arguments: text === '' ? '{}' : text, ...data }];
    }
    case 'reasoning':
      return [reasoningOf(item, name)];
    default:
      // What OpenAI's own tools did: the port has no part for it, and OpenAI wants it back.
      return [{ type: 'reasoning', text: '', ...providerData(name, { item: plain(item) }) }];
  }
}

function textOf(
  part: Responses.ResponseOutputMessage['content'][number],
  { id, phase }: Responses.ResponseOutputMessage,
  { output }: Shapes,
  name: string,
): Part {
  if (part.type === 'refusal') {
    return { type: 'text', text: part.refusal, ...providerData(name, { id, phase, refusal: true } as never) };
  }
  const [text, written] = restored(part.text, output);
  return { type: 'text', text, ...providerData(name, { id, phase, written } as never) };
}

/** Reasoning that is not sealed can't go back: OpenAI has not kept it. */
function reasoningOf(item: Responses.ResponseReasoningItem, name: string): Part {
  const { id, summary, content, encrypted_content } = item;
  const text = reasoningText(item);
  if (encrypted_content === undefined || encrypted_content === null) return { type: 'reasoning', text };
  const sealed = { type: 'reasoning', id, summary, encrypted_content, ...(content === undefined ? {} : { content }) };
  return { type: 'reasoning', text, ...providerData(name, { item: plain(sealed) }) };
}

/** A summary, or the reasoning itself where an open model gives it. */
function reasoningText({ summary, content }: Responses.ResponseReasoningItem): string {
  const parts: readonly { readonly text: string }[] = content !== undefined && content.length > 0 ? content : summary;
  return (parts ?? []).map(({ text }) => text).join('\n\n');
}

const plain = (item: object): { readonly [key: string]: Json } =>
  JSON.parse(JSON.stringify(item)) as { [key: string]: Json };
