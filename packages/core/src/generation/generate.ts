import type { GenerateOptions } from '../context/run-context.js';
import type { Prompt } from '../model/prompt.js';
import { extractJson } from '../schema/parse-json.js';
import { toPlain } from '../schema/plain.js';
import type { SchemaOf } from '../schema/schema.js';
import type { GenerationScope } from './generation-scope.js';
import { ToolLoop } from './tool-loop.js';

/** Asks for text. An answer without any is asked for again. */
export function generateText(scope: GenerationScope, prompt: Prompt, options: GenerateOptions = {}): Promise<string> {
  return asked(() =>
    new ToolLoop<string>(scope, prompt, options, undefined).run(async (text) =>
      text.trim() === '' ? { correction: 'The answer was empty. Answer with text.' } : { value: text },
    ),
  );
}

/** Asks for data of a shape. What does not match goes back with what is wrong with it. */
export function generateObject<T>(
  scope: GenerationScope,
  schema: SchemaOf<T>,
  prompt: Prompt,
  options: GenerateOptions = {},
): Promise<T> {
  return asked(() =>
    new ToolLoop<T>(scope, prompt, options, schema).run(async (text, { finishReason }) => {
      if (finishReason === 'length')
        return { correction: 'The answer was cut off at its length limit. Answer again, shorter.' };
      const parsed = extractJson(text);
      if (!parsed.ok)
        return { correction: `The answer is not valid JSON: ${parsed.message}. Answer with JSON of the schema only.` };
      const result = await schema.validate(parsed.value);
      if (result.valid) return { value: toPlain(result.value, { node: scope.node }) as T };
      const issues = result.issues.map(({ path, message }) => `- ${path}: ${message}`).join('\n');
      return { correction: `The answer does not match the schema:\n${issues}\nAnswer again with JSON that does.` };
    }),
  );
}

/**
 * Asks for text and gives it while it comes. Pieces are for display: the whole answer is recorded before the last
 * piece is followed by the end. A reader that stops early cancels the request.
 */
export async function* streamText(
  scope: GenerationScope,
  prompt: Prompt,
  options: GenerateOptions = {},
): AsyncGenerator<string, void, undefined> {
  const pieces: string[] = [];
  let streamed = false;
  let ended = false;
  let wakeReader: (() => void) | undefined;
  let wakeWriter: (() => void) | undefined;
  const streaming = scope.streaming((text) => {
    pieces.push(text);
    streamed = true;
    wakeReader?.();
    // One piece at a time: the model is read no faster than the reader reads.
    return new Promise<void>((resolve) => {
      wakeWriter = resolve;
    });
  });
  const answer = generateText(streaming, prompt, options).then(
    (text) => {
      if (!streamed) pieces.push(text);
      return undefined;
    },
    (error: unknown) => ({ error }),
  );
  const done = answer.then(() => {
    ended = true;
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
    if (!ended) streaming.stop();
    wakeWriter?.();
    void done;
  }
}

/** A throw before the first await is a rejection too. */
async function asked<T>(start: () => Promise<T>): Promise<T> {
  return start();
}
