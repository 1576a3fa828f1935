import type { LanguageModelV4Content, LanguageModelV4StreamPart, LanguageModelV4StreamResult } from '@ai-sdk/provider';
import { type ChatChunk, httpModelError } from '@espalier/core';
import { StreamBlocks } from './stream-blocks.js';
import { refused } from './to-parts.js';
import type { Answer } from './to-response.js';
import { type OnWarning, toWarning } from './warnings.js';

export interface StreamSetup {
  /** Such as `google.generative-ai:gemini-2.5-flash`. */
  readonly model: string;
  readonly signal: AbortSignal;
  readonly onWarning: OnWarning;
}

/**
 * Reads a streamed answer: gives its pieces while they come, and returns the whole. Who stops early, or aborts, ends the
 * request.
 */
export async function* readStream(
  { stream, response }: LanguageModelV4StreamResult,
  setup: StreamSetup,
): AsyncGenerator<ChatChunk, Answer, void> {
  const { model, signal } = setup;
  const reader = stream.getReader();
  const stop = (): void => void reader.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  const answer = new StreamedAnswer(setup);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return answer.end(response?.headers, model);
      const chunk = answer.take(value);
      if (chunk !== undefined) yield chunk;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop(); // does nothing at the end
  }
}

type Metadata = Omit<NonNullable<Answer['response']>, 'headers'>;
type Finish = Extract<LanguageModelV4StreamPart, { type: 'finish' }>;

/** An answer as far as it has come. */
class StreamedAnswer {
  private readonly blocks = new StreamBlocks();
  private metadata: Metadata = {};
  private finish: Finish | undefined;

  constructor(private readonly setup: StreamSetup) {}

  /** @returns what of the part is to be shown */
  take(part: LanguageModelV4StreamPart): ChatChunk | undefined {
    switch (part.type) {
      case 'stream-start':
        for (const warning of part.warnings) this.setup.onWarning(toWarning(warning));
        return undefined;
      case 'response-metadata': {
        const { type, ...metadata } = part;
        this.metadata = { ...this.metadata, ...metadata };
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
  end(headers: Readonly<Record<string, string>> | undefined, model: string): Answer {
    if (this.finish === undefined) {
      throw httpModelError({
        model,
        code: 'model-connection',
        message: 'the stream ended in the middle of the answer',
      });
    }
    const { finishReason, usage } = this.finish;
    const content: LanguageModelV4Content[] = this.blocks.content;
    return {
      content,
      finishReason,
      usage,
      response: { ...this.metadata, ...(headers === undefined ? {} : { headers }) },
    };
  }
}
