import type { LanguageModelV4StreamPart, LanguageModelV4StreamResult } from '@ai-sdk/provider';
import { type ChatChunk, httpModelError } from '@espalier/core';
import { StreamBlocks } from './stream-blocks.js';
import { refused } from './to-parts.js';
import type { Answer } from './to-response.js';
import { type OnWarning, toWarning } from './warnings.js';

/** What a stream is read with. */
export interface StreamSetup {
  /** Such as `google.generative-ai:gemini-2.5-flash`. */
  readonly model: string;
  readonly signal: AbortSignal;
  readonly onWarning: OnWarning;
}

type Reader = ReadableStreamDefaultReader<LanguageModelV4StreamPart>;
type Finish = Extract<LanguageModelV4StreamPart, { type: 'finish' }>;

/**
 * A streamed answer, as far as it has come. No generator of its own: each layer of those costs as much as all else that is
 * done for a token.
 */
export class StreamedAnswer {
  private readonly reader: Reader;
  private readonly blocks = new StreamBlocks();
  private metadata: NonNullable<Answer['response']>;
  private finish: Finish | undefined;

  constructor(
    { stream, response }: LanguageModelV4StreamResult,
    private readonly setup: StreamSetup,
  ) {
    this.reader = stream.getReader();
    this.metadata = response?.headers === undefined ? {} : { headers: response.headers };
    // A stream whose provider does not listen to the signal would never end.
    setup.signal.addEventListener('abort', () => this.close(), { once: true });
  }

  /** The next part of the stream. After an abort there is none. */
  read(): ReturnType<Reader['read']> {
    return this.reader.read();
  }

  /** Ends the stream, where it has not ended by itself. */
  close(): void {
    this.reader.cancel().catch(() => undefined);
  }

  /** @returns what of the part is to be shown */
  take(part: LanguageModelV4StreamPart): ChatChunk | undefined {
    switch (part.type) {
      case 'stream-start':
        for (const warning of part.warnings) this.setup.onWarning(toWarning(warning));
        return undefined;
      case 'response-metadata': {
        const { id, modelId } = part; // each may come later, or by itself
        this.metadata = {
          ...this.metadata,
          ...(id === undefined ? {} : { id }),
          ...(modelId === undefined ? {} : { modelId }),
        };
        return undefined;
      }
      case 'finish':
        this.finish = part;
        return undefined;
      case 'error':
        throw part.error;
      case 'raw':
      case 'ping':
        return undefined;
      case 'tool-input-start':
        if (part.providerExecuted === true) {
          throw refused(this.setup.model, `runs the tool '${part.toolName}' at its provider`);
        }
        return this.blocks.take(part);
      default:
        return this.blocks.take(part);
    }
  }

  /** @throws model-connection when the stream ended in the middle */
  end(): Answer {
    if (this.finish === undefined) {
      const message = 'the stream ended in the middle of the answer';
      throw httpModelError({ model: this.setup.model, code: 'model-connection', message });
    }
    const { finishReason, usage } = this.finish;
    return { content: this.blocks.content, finishReason, usage, response: this.metadata };
  }
}
