import type { GenerateOptions } from '../context/run-context.js';
import type { Prompt } from '../model/prompt.js';
import { generateText } from './generate.js';
import type { GenerationScope } from './generation-scope.js';

/**
 * Asks for text and gives it while it comes. Pieces are for display: the whole answer is recorded before the last
 * piece is followed by the end. What is on record comes as one piece an answer.
 *
 * S1 One piece at a time: the model is read no faster than the reader reads.
 * S2 A reader that stops early aborts the request; what it has seen is recorded as the answer.
 * S3 When the attempt is over, neither side waits for the other.
 */
export async function* streamText(
  scope: GenerationScope,
  call: string,
  prompt: Prompt,
  options: GenerateOptions = {},
): AsyncGenerator<string, void, undefined> {
  const pieces: string[] = [];
  let ended = false;
  let wakeReader: (() => void) | undefined;
  let wakeWriter: (() => void) | undefined;
  const streaming = scope.streaming((text) => {
    if (text === '') return Promise.resolve();
    pieces.push(text);
    wakeReader?.();
    return new Promise<void>((resolve) => {
      wakeWriter = resolve;
    });
  });
  const forget = scope.onClose(() => wakeWriter?.());
  const answer = generateText(streaming, call, prompt, options)
    .then(
      () => undefined,
      (error: unknown) => ({ error }),
    )
    .finally(() => {
      ended = true;
      forget();
      wakeReader?.();
    });
  try {
    for (;;) {
      const piece = pieces.shift();
      if (piece !== undefined) {
        yield piece;
        continue;
      }
      wakeWriter?.();
      wakeWriter = undefined;
      if (ended && pieces.length === 0) break;
      await new Promise<void>((resolve) => {
        wakeReader = resolve;
        if (ended || pieces.length > 0) resolve();
      });
    }
    const failure = await answer;
    if (failure !== undefined) throw failure.error;
  } finally {
    streaming.stop(!ended);
    wakeWriter?.();
  }
}
