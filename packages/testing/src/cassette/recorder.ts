import {
  type ChatChunk,
  type ChatModel,
  type ChatOptions,
  type ChatRequest,
  type ChatResponse,
  EspalierError,
  serializeError,
} from '@espalier/core';
import { streamOf } from '../faults/faults.js';
import { writeCassette } from './cassette-file.js';
import { type Exchange, recordedRequest, recordedResponse, recordedStream } from './exchange.js';
import type { Redactor } from './redactor.js';

/** Files that this process records. */
const recording = new Set<string>();

/**
 * Records what a model is asked and answers. Exchanges stand in the order in which they began, whichever ended first, and
 * the file is complete after each.
 */
export class Recorder {
  readonly #exchanges: (Exchange | undefined)[] = [];

  constructor(
    private readonly model: ChatModel,
    private readonly path: string,
    private readonly redactor: Redactor,
  ) {
    if (recording.has(path)) {
      throw new EspalierError('option-invalid', `cassette: '${path}' is being recorded already.`, {
        hint: 'Give each test, and each model of a test, a file of its own.',
      });
    }
    recording.add(path);
  }

  async generate(request: ChatRequest, options: ChatOptions): Promise<ChatResponse> {
    const keep = this.#begin(request, options);
    try {
      const response = await this.model.generate(request, options);
      keep({ response: recordedResponse(response, this.redactor) });
      return response;
    } catch (error) {
      keep({ error: this.redactor.data(serializeError(error)) });
      throw error;
    }
  }

  async *stream(request: ChatRequest, options: ChatOptions): AsyncGenerator<ChatChunk> {
    const keep = this.#begin(request, options);
    const chunks: ChatChunk[] = [];
    const stream = () => ({ stream: recordedStream(chunks, this.redactor) });
    try {
      for await (const chunk of streamOf(this.model, request, options)) {
        chunks.push(chunk);
        if (chunk.type === 'response') {
          keep({ ...stream(), response: recordedResponse(chunk.response, this.redactor) });
        }
        yield chunk;
      }
      keep({ ...stream(), stopped: true });
    } catch (error) {
      keep({ ...stream(), error: this.redactor.data(serializeError(error)) });
      throw error;
    } finally {
      keep({ ...stream(), stopped: true });
    }
  }

  /** Reserves the exchange's place. What is given first counts; an aborted call leaves nothing. */
  #begin(request: ChatRequest, { signal }: ChatOptions): (outcome: Omit<Exchange, 'request'>) => void {
    const place = this.#exchanges.push(undefined) - 1;
    const kept = recordedRequest(request, this.redactor);
    let open = true;
    return (outcome) => {
      if (!open) return;
      open = false;
      if (signal.aborted && outcome.response === undefined) return;
      this.#exchanges[place] = { request: kept, ...outcome };
      writeCassette(this.path, {
        model: this.model.name,
        exchanges: this.#exchanges.filter((one) => one !== undefined),
      });
    };
  }
}
