import type { ChatChunk, ChatResponse, Clock } from '@espalier/core';
import type { ScriptedAnswer } from '../script/answer.js';

/** Where a fault happens. */
export interface FaultPlace {
  /** Name of the model, for the message. */
  readonly model: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/**
 * What goes wrong with one call of a model: a turn of {@link scriptedModel}, or an entry of {@link faults}.
 *
 * Both methods are given the answer that would have come, and make of it what the caller gets.
 */
export interface ModelFault {
  readonly kind: 'fault';
  /** For messages: `rateLimited()`. */
  readonly name: string;
  /** What a scripted model answers underneath; nothing where no part of it would be seen. */
  readonly answer?: string | ScriptedAnswer | undefined;
  generate(answer: () => Promise<ChatResponse>, place: FaultPlace): Promise<ChatResponse>;
  stream(answer: () => AsyncIterable<ChatChunk>, place: FaultPlace): AsyncIterable<ChatChunk>;
}

export const isFault = (value: unknown): value is ModelFault =>
  typeof value === 'object' && value !== null && (value as Partial<ModelFault>).kind === 'fault';

/** A fault that comes before any part of an answer: the model is not asked. */
export function failsWith(name: string, errorOf: (model: string) => Error): ModelFault {
  return {
    kind: 'fault',
    name,
    generate: (_answer, { model }) => Promise.reject(errorOf(model)),
    // biome-ignore lint/correctness/useYield: it fails before its first chunk
    stream: async function* (_answer, { model }) {
      throw errorOf(model);
    },
  };
}

/** Waits by the clock. Rejects with the signal's reason when that aborts first. */
export function wait(delay: number, { clock, signal }: Pick<FaultPlace, 'clock' | 'signal'>): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const aborted = (): void => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.setTimer(delay, () => {
      signal.removeEventListener('abort', aborted);
      resolve();
    });
    signal.addEventListener('abort', aborted, { once: true });
  });
}
