import type {
  LanguageModelV4Content,
  LanguageModelV4Reasoning,
  LanguageModelV4StreamPart,
  LanguageModelV4Text,
} from '@ai-sdk/provider';
import type { ChatChunk } from '@espalier/core';

/** Parts of a stream that belong to the answer's content. */
type ContentPart = Exclude<
  LanguageModelV4StreamPart,
  { type: 'stream-start' | 'response-metadata' | 'finish' | 'error' | 'raw' | 'ping' }
>;

interface ToolInput {
  readonly tool: string;
  /** Whether the pieces are JSON: a free text is none before it is whole. */
  readonly isJson: boolean;
  shown: boolean;
}

/** Puts the pieces of a stream together. Blocks stand in the order in which they began; the last metadata counts. */
export class StreamBlocks {
  readonly content: LanguageModelV4Content[] = [];
  private readonly blocks = new Map<string, LanguageModelV4Text | LanguageModelV4Reasoning>();
  private readonly inputs = new Map<string, ToolInput>();

  take(part: ContentPart): ChatChunk | undefined {
    switch (part.type) {
      case 'text-start':
      case 'text-delta':
      case 'text-end':
        return this.takeText('text', part);
      case 'reasoning-start':
      case 'reasoning-delta':
      case 'reasoning-end':
        return this.takeText('reasoning', part);
      case 'tool-input-start': {
        const { toolName: tool, inputEncoding } = part;
        this.inputs.set(part.id, { tool, isJson: inputEncoding !== 'text', shown: false });
        return undefined;
      }
      case 'tool-input-delta': {
        const input = this.inputs.get(part.id);
        if (input?.isJson !== true || part.delta === '') return undefined;
        input.shown = true;
        return { type: 'tool-call-delta', id: part.id, tool: input.tool, arguments: part.delta };
      }
      case 'tool-input-end':
        return undefined;
      case 'tool-call': {
        this.content.push(part);
        if (this.inputs.get(part.toolCallId)?.shown === true) return undefined;
        return { type: 'tool-call-delta', id: part.toolCallId, tool: part.toolName, arguments: part.input };
      }
      case 'source':
      case 'custom':
      case 'reasoning-file':
      case 'file':
      case 'tool-result':
      case 'tool-approval-request':
        this.content.push(part);
        return undefined;
      default: // what a later version of the specification tells besides
        return undefined;
    }
  }

  private takeText(
    type: 'text' | 'reasoning',
    part: Extract<ContentPart, { type: `${'text' | 'reasoning'}-${'start' | 'delta' | 'end'}` }>,
  ): ChatChunk | undefined {
    const block = this.block(type, part.id);
    if (part.providerMetadata !== undefined) block.providerMetadata = part.providerMetadata;
    if (part.type.endsWith('-end')) this.blocks.delete(`${type} ${part.id}`); // an id may be used again
    if (!('delta' in part) || part.delta === '') return undefined;
    block.text += part.delta;
    return { type: `${type}-delta`, text: part.delta };
  }

  private block(type: 'text' | 'reasoning', id: string): LanguageModelV4Text | LanguageModelV4Reasoning {
    const key = `${type} ${id}`;
    const known = this.blocks.get(key);
    if (known !== undefined) return known;
    const begun = { type, text: '' } as const;
    this.blocks.set(key, begun);
    this.content.push(begun);
    return begun;
  }
}
