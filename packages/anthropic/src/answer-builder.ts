import type { Anthropic } from '@anthropic-ai/sdk';
import type { ChatChunk } from '@espalier/core';
import type { WireAnswer, WrittenToolUse } from './from-response.js';
import type { WireUsage } from './usage.js';

type Event = Anthropic.RawMessageStreamEvent;
type Block = WireAnswer['content'][number];

/** A block while it comes. Its text is put together once, at its end. */
interface OpenBlock {
  readonly start: Anthropic.RawContentBlockStartEvent['content_block'];
  text: string;
  signature: string;
  readonly citations: Anthropic.TextCitation[];
}

/** Puts an answer together from the events of its stream, and tells what of them a reader can show. */
export class AnswerBuilder {
  readonly #blocks: OpenBlock[] = [];
  #model = '';
  #usage: WireUsage = {};
  #stop: Pick<WireAnswer, 'stop_reason' | 'stop_details'> = { stop_reason: null };
  #ended = false;

  /** The whole answer, where the stream came to its end. */
  get answer(): WireAnswer | undefined {
    if (!this.#ended) return undefined;
    const content = this.#blocks.filter((block) => block !== undefined).map(closed);
    return { content, model: this.#model, usage: this.#usage, ...this.#stop };
  }

  add(event: Event): ChatChunk | undefined {
    switch (event.type) {
      case 'message_start':
        this.#model = event.message.model;
        this.#usage = event.message.usage;
        return undefined;
      case 'content_block_start':
        return this.#start(event);
      case 'content_block_delta':
        return this.#delta(event);
      case 'message_delta':
        this.#stop = event.delta;
        this.#usage = { ...this.#usage, ...known(event.usage) };
        return undefined;
      case 'message_stop':
        this.#ended = true;
        return undefined;
      default:
        return undefined; // events of tomorrow, and the end of a block, which says nothing
    }
  }

  #start({ index, content_block: start }: Anthropic.RawContentBlockStartEvent): ChatChunk | undefined {
    const text = start.type === 'text' ? start.text : start.type === 'thinking' ? start.thinking : '';
    const signature = start.type === 'thinking' ? start.signature : '';
    this.#blocks[index] = { start, text, signature, citations: [] };
    if (start.type === 'tool_use') return { type: 'tool-call-delta', id: start.id, tool: start.name, arguments: '' };
    if (text === '') return undefined;
    return start.type === 'text' ? { type: 'text-delta', text } : { type: 'reasoning-delta', text };
  }

  #delta({ index, delta }: Anthropic.RawContentBlockDeltaEvent): ChatChunk | undefined {
    const block = this.#blocks[index];
    if (block === undefined) return undefined;
    switch (delta.type) {
      case 'text_delta':
        block.text += delta.text;
        return { type: 'text-delta', text: delta.text };
      case 'thinking_delta':
        block.text += delta.thinking;
        return { type: 'reasoning-delta', text: delta.thinking };
      case 'input_json_delta': {
        block.text += delta.partial_json;
        const { start } = block;
        if (start.type !== 'tool_use' || delta.partial_json === '') return undefined;
        return { type: 'tool-call-delta', id: start.id, tool: start.name, arguments: delta.partial_json };
      }
      case 'signature_delta':
        block.signature = delta.signature;
        return undefined;
      case 'citations_delta':
        block.citations.push(delta.citation);
        return undefined;
      default:
        return undefined;
    }
  }
}

function closed({ start, text, signature, citations }: OpenBlock): Block {
  switch (start.type) {
    case 'text':
      return { type: 'text', text, citations: citations.length > 0 ? citations : start.citations };
    case 'thinking':
      return { type: 'thinking', thinking: text, signature };
    case 'tool_use':
      return writtenToolUse(start, text);
    case 'server_tool_use':
      return { ...start, input: text === '' ? start.input : parsed(text) };
    default:
      return start;
  }
}

/** A call without arguments may come without a delta. */
const writtenToolUse = ({ id, name, input }: Anthropic.ToolUseBlock, text: string): WrittenToolUse => ({
  type: 'written_tool_use',
  id,
  name,
  text: text === '' ? JSON.stringify(input ?? {}) : text,
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** Counts at the end are totals; those that it does not tell are as the beginning said. */
const known = (usage: WireUsage | undefined): WireUsage =>
  Object.fromEntries(Object.entries(usage ?? {}).filter(([, count]) => count != null));
