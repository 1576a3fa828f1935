import { type ChatChunk, httpModelError } from '@espalier/core';
import type { WireUsage } from './reference-model.js';

export interface WireMessage {
  content?: string | null;
  refusal?: string | null;
  reasoning_content?: string;
  tool_calls?: { id: string; function: { name: string; arguments: string } }[];
}

interface WireChunk {
  readonly model: string;
  readonly usage?: WireUsage | null;
  readonly error?: { readonly message: string };
  readonly choices: readonly {
    readonly delta: WireMessage & {
      tool_calls?: { index: number; id?: string; function: { name?: string; arguments: string } }[];
    };
    readonly finish_reason: string | null;
  }[];
}

/** Puts the chunks of a stream together. */
export const reading = () => new Reading();

class Reading {
  readonly message: WireMessage = {};
  finish: string | undefined;
  usage: WireUsage = {
    prompt_tokens: 0,
    completion_tokens: 0,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  };
  model = '';

  get ended(): boolean {
    return this.finish !== undefined;
  }

  *add(data: string): Iterable<ChatChunk> {
    if (data === '[DONE]') return;
    const { model, usage, error, choices } = JSON.parse(data) as WireChunk;
    if (error !== undefined)
      throw httpModelError({ model: 'reference:small', message: error.message, code: 'model-overloaded' });
    this.model = model;
    this.usage = usage ?? this.usage;
    const [choice] = choices;
    if (choice === undefined) return;
    this.finish = choice.finish_reason ?? this.finish;
    const { content, refusal, reasoning_content: thought, tool_calls: calls = [] } = choice.delta;
    if (thought) {
      this.message.reasoning_content = (this.message.reasoning_content ?? '') + thought;
      yield { type: 'reasoning-delta', text: thought };
    }
    if (content) {
      this.message.content = (this.message.content ?? '') + content;
      yield { type: 'text-delta', text: content };
    }
    if (refusal) {
      this.message.refusal = (this.message.refusal ?? '') + refusal;
      yield { type: 'text-delta', text: refusal };
    }
    for (const call of calls) yield this.#call(call.index, call.id, call.function);
  }

  #call(index: number, id: string | undefined, named: { name?: string; arguments: string }): ChatChunk {
    this.message.tool_calls ??= [];
    const opened = { id: id ?? '', function: { name: named.name ?? '', arguments: '' } };
    const call = this.message.tool_calls[index] ?? opened;
    this.message.tool_calls[index] = call;
    call.function.arguments += named.arguments;
    return { type: 'tool-call-delta', id: call.id, tool: call.function.name, arguments: named.arguments };
  }
}
