import type { ChatChunk, Json } from '@espalier/core';
import type { WireUsage } from '../usage.js';
import {
  argumentsText,
  callId,
  plainText,
  type WireCall,
  type WireCompletion,
  type WireMessage,
} from './from-completion.js';

/** One piece of a stream, as servers give it. */
export interface WireChunk {
  readonly model?: string;
  readonly service_tier?: string | null;
  readonly choices?: readonly { readonly delta?: WireMessage | null; readonly finish_reason?: string | null }[] | null;
  readonly usage?: WireUsage | null;
}

interface Call {
  readonly index: number;
  id: string;
  tool: string;
  arguments: string;
  told: boolean;
}

type Detail = Record<string, Json>;

/** A part of reasoning that comes in pieces is one part: what is text grows, all else is as it was told last. */
function addDetail(detail: Detail, details: Detail[]): void {
  const last = details.at(-1);
  if (last === undefined || last.type !== detail.type || last.index !== detail.index || last.index === undefined) {
    details.push({ ...detail });
    return;
  }
  for (const [key, value] of Object.entries(detail)) {
    const before = last[key];
    const grows = ['text', 'summary', 'data'].includes(key) && typeof before === 'string' && typeof value === 'string';
    last[key] = grows ? before + value : (value ?? before ?? null);
  }
}

/** Puts a streamed completion together. */
export class CompletionReader {
  #model: string | undefined;
  #tier: string | null | undefined;
  #usage: WireUsage | null | undefined;
  #finish: string | undefined;
  #text = '';
  #refusal = '';
  #reasoning = '';
  #reasoningField: 'reasoning_content' | 'reasoning' = 'reasoning';
  readonly #details: Detail[] = [];
  readonly #calls: Call[] = [];

  /** The chunks that a piece makes. */
  add(chunk: WireChunk): readonly ChatChunk[] {
    this.#model ??= chunk.model || undefined;
    this.#tier = chunk.service_tier ?? this.#tier;
    this.#usage = chunk.usage ?? this.#usage;
    const choice = chunk.choices?.[0];
    if (choice === undefined) return [];
    if (choice.finish_reason) this.#finish = choice.finish_reason;
    return choice.delta === undefined || choice.delta === null ? [] : this.#read(choice.delta);
  }

  /** What came, once it is whole; before that, nothing. */
  get completion(): WireCompletion | undefined {
    if (this.#finish === undefined) return undefined;
    const message: WireMessage = {
      content: this.#text,
      refusal: this.#refusal,
      ...(this.#reasoning === '' ? {} : { [this.#reasoningField]: this.#reasoning }),
      ...(this.#details.length === 0 ? {} : { reasoning_details: this.#details }),
      ...(this.#calls.length === 0
        ? {}
        : {
            tool_calls: this.#calls.map(({ id, tool, arguments: text }) => ({
              id,
              function: { name: tool, arguments: text },
            })),
          }),
    };
    return {
      ...(this.#model === undefined ? {} : { model: this.#model }),
      service_tier: this.#tier ?? null,
      usage: this.#usage ?? null,
      choices: [{ message, finish_reason: this.#finish }],
    };
  }

  /** Calls of which no argument has come: their readers know of them all the same. */
  *rest(): Generator<ChatChunk> {
    for (const call of this.#calls) {
      if (!call.told) yield { type: 'tool-call-delta', id: call.id, tool: call.tool, arguments: '' };
    }
  }

  #read(delta: WireMessage): readonly ChatChunk[] {
    const chunks: ChatChunk[] = [];
    const reasoning = delta.reasoning_content ?? delta.reasoning ?? '';
    if (reasoning !== '') {
      if (typeof delta.reasoning_content === 'string') this.#reasoningField = 'reasoning_content';
      this.#reasoning += reasoning;
      chunks.push({ type: 'reasoning-delta', text: reasoning });
    }
    for (const detail of delta.reasoning_details ?? []) addDetail(detail as Detail, this.#details);
    const text = plainText(delta.content);
    if (text !== '') {
      this.#text += text;
      chunks.push({ type: 'text-delta', text });
    }
    if (delta.refusal) {
      this.#refusal += delta.refusal;
      chunks.push({ type: 'text-delta', text: delta.refusal });
    }
    for (const call of delta.tool_calls ?? []) {
      const chunk = this.#addCall(call);
      if (chunk !== undefined) chunks.push(chunk);
    }
    return chunks;
  }

  #addCall(given: WireCall): ChatChunk | undefined {
    const call = this.#callOf(given);
    if (call.tool === '') call.tool = given.function?.name ?? '';
    const text = argumentsText(given.function?.arguments);
    call.arguments += text;
    if (text === '' || call.tool === '') return undefined;
    const first = !call.told;
    call.told = true;
    return { type: 'tool-call-delta', id: call.id, tool: call.tool, arguments: first ? call.arguments : text };
  }

  /** By its index; without one, by its id, or it goes on with the last one. */
  #callOf(given: WireCall): Call {
    const { index, id } = given;
    const known =
      typeof index === 'number'
        ? this.#calls.find((call) => call.index === index && (!id || call.tool === '' || call.id === id))
        : id
          ? this.#calls.find((call) => call.id === id)
          : given.function?.name
            ? undefined
            : this.#calls.at(-1);
    if (known !== undefined) return known;
    const position = this.#calls.length;
    const call = { index: index ?? position, id: callId(given, position), tool: '', arguments: '', told: false };
    this.#calls.push(call);
    return call;
  }
}
