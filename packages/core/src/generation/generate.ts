import type { GenerateOptions } from '../context/run-context.js';
import type { Prompt } from '../model/prompt.js';
import { extractJson, withoutQuote } from '../schema/parse-json.js';
import { toPlain } from '../schema/plain.js';
import type { SchemaOf } from '../schema/schema.js';
import { learn } from '../sensitive/learn.js';
import type { GenerationScope } from './generation-scope.js';
import { listIssues } from './list-issues.js';
import { ToolLoop } from './tool-loop.js';

/** Asks for text. An answer without any is asked for again. */
export async function generateText(
  scope: GenerationScope,
  call: string,
  prompt: Prompt,
  options: GenerateOptions = {},
): Promise<string> {
  return new ToolLoop<string>(scope, call, prompt, options, undefined).run(async (text, { finishReason }) => {
    if (text.trim() !== '') return { value: text };
    const why =
      finishReason === 'length' ? 'The answer reached its length limit before any text.' : 'The answer was empty.';
    return { correction: `${why} Answer with text.` };
  });
}

/** Asks for data of a shape. What does not match goes back with what is wrong with it. */
export async function generateObject<T>(
  scope: GenerationScope,
  call: string,
  schema: SchemaOf<T>,
  prompt: Prompt,
  options: GenerateOptions = {},
): Promise<T> {
  return new ToolLoop<T>(scope, call, prompt, options, schema).run(async (text, { finishReason }) => {
    if (finishReason === 'length')
      return { correction: 'The answer was cut off at its length limit. Answer again, shorter.' };
    const parsed = extractJson(text);
    if (!parsed.ok) {
      const isOpen = schema.sensitive === undefined && scope.learner.sensitive === undefined;
      const why = isOpen ? parsed.message : withoutQuote(parsed.message);
      return { correction: `The answer is not valid JSON: ${why}. Answer with JSON of the schema only.` };
    }
    const result = await schema.validate(parsed.value);
    if (result.valid) {
      learn(scope.learner, schema, result.value);
      return { value: toPlain(result.value, { node: scope.node }) as T };
    }
    return {
      correction: `The answer does not match the schema:\n${listIssues(result.issues)}\nAnswer again with JSON that does.`,
    };
  });
}
