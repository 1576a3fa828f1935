import type { ChatChunk } from '@espalier/core';
import type { Responses } from 'openai/resources/responses/responses';

/** What the stream of a response has told so far. */
export class ResponseReader {
  /** Whole items, in order: some servers leave them out of the response at the end. */
  readonly #items: Responses.ResponseOutputItem[] = [];
  readonly #calls = new Map<number, { readonly id: string; readonly tool: string; told: boolean }>();
  /** Where reasoning has come from, so that its parts are set apart as in the whole. */
  #reasoningPart = '';
  #end: Responses.Response | undefined;

  /** The response, once it is whole. */
  get response(): Responses.Response | undefined {
    if (this.#end === undefined) return undefined;
    const given = this.#end.output as Responses.ResponseOutputItem[] | undefined;
    return given === undefined || given.length === 0 ? { ...this.#end, output: this.#items } : this.#end;
  }

  /** The chunk that an event makes, if any. */
  add(event: Responses.ResponseStreamEvent): ChatChunk | undefined {
    switch (event.type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        return { type: 'text-delta', text: event.delta };
      case 'response.reasoning_summary_text.delta':
        return this.#reasoning(event.delta, `${event.output_index}/${event.summary_index}`, event.output_index);
      case 'response.reasoning_text.delta':
        return this.#reasoning(event.delta, `${event.output_index}/${event.content_index}`, event.output_index);
      case 'response.output_item.added':
        if (event.item.type !== 'function_call') return undefined;
        this.#calls.set(event.output_index, { id: event.item.call_id, tool: event.item.name, told: false });
        return undefined;
      case 'response.function_call_arguments.delta':
        return this.#arguments(event.output_index, event.delta);
      case 'response.output_item.done':
        this.#items.push(event.item);
        return event.item.type === 'function_call' ? this.#wholeCall(event.output_index, event.item) : undefined;
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        this.#end = event.response;
        return undefined;
      default:
        return undefined;
    }
  }

  /** Parts of one item are parted by a blank line, as in the whole. */
  #reasoning(delta: string, part: string, item: number): ChatChunk {
    const before = this.#reasoningPart;
    this.#reasoningPart = part;
    const next = before !== '' && before !== part && before.startsWith(`${item}/`);
    return { type: 'reasoning-delta', text: next ? `\n\n${delta}` : delta };
  }

  #arguments(index: number, delta: string): ChatChunk | undefined {
    const call = this.#calls.get(index);
    if (call === undefined) return undefined;
    call.told = true;
    return { type: 'tool-call-delta', id: call.id, tool: call.tool, arguments: delta };
  }

  /** A call whose arguments came in one piece, or which has none. */
  #wholeCall(index: number, item: Responses.ResponseFunctionToolCall): ChatChunk | undefined {
    if (this.#calls.get(index)?.told === true) return undefined;
    return { type: 'tool-call-delta', id: item.call_id, tool: item.name, arguments: item.arguments };
  }
}
