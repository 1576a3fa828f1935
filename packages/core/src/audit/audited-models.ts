import type { ModelEndEvent, ModelStartEvent } from '../events/event.js';
import type { ChatResponse } from '../model/chat-model.js';
import { type Message, textOf, toolCallsOf } from '../model/message.js';
import type { AuditedModelAnswer, AuditedModelCall } from './audit.js';
import { placeOf, stepKey, type Writable } from './place-of.js';

/** The most characters of a prompt that are shown. */
const MOST = 2000;

/** Which model was asked what, and said what. */
export class ModelAudit {
  readonly calls: Writable<AuditedModelCall>[] = [];
  /** By step: the newest call of it, which may have been made again. */
  readonly #newest = new Map<string, Writable<AuditedModelCall>>();

  start(record: ModelStartEvent): void {
    const { step, model, request, after } = record;
    const open = this.#newest.get(stepKey(record));
    if (open !== undefined && open.duration === undefined) {
      open.begun += 1;
      return;
    }
    const before = after === undefined ? undefined : this.#newest.get(stepKey({ ...record, step: after }));
    const prompt = {
      messages: request.messages.length + (before?.prompt.messages ?? 0),
      last: lastAsked(request.messages) ?? before?.prompt.last ?? '',
    };
    const call: Writable<AuditedModelCall> = { ...placeOf(record), begun: 1, step, model, prompt };
    this.calls.push(call);
    this.#newest.set(stepKey(record), call);
  }

  /** @returns the model that was asked */
  end(record: ModelEndEvent): string | undefined {
    const call = this.#newest.get(stepKey(record));
    if (call === undefined) return undefined;
    const usage = record.value?.usage ?? record.usage;
    if (record.value !== undefined) call.answer = answerOf(record.value);
    if (record.error !== undefined) call.error = record.error;
    if (usage !== undefined) call.usage = usage;
    call.duration = record.time - call.time;
    return call.model;
  }
}

function lastAsked(messages: readonly Message[]): string | undefined {
  const message = messages.findLast(({ role }) => role !== 'assistant');
  if (message === undefined || message.role === 'assistant') return undefined;
  const { content } = message;
  const text =
    typeof content === 'string'
      ? content
      : content.map((part) => (part.type === 'text' ? part.text : `[file ${part.name ?? part.mediaType}]`)).join('\n');
  return text.length <= MOST ? text : `${text.slice(0, MOST)}… (${text.length} characters)`;
}

function answerOf({ message, model, finishReason, requestId }: ChatResponse): AuditedModelAnswer {
  const toolCalls = toolCallsOf(message).map(({ id, tool, arguments: args }) => ({
    tool,
    callId: id,
    arguments: args,
  }));
  const answer = { model, text: textOf(message), toolCalls, finishReason };
  return requestId === undefined ? answer : { ...answer, requestId };
}
