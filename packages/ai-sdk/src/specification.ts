import type { LanguageModelV3, LanguageModelV4 } from '@ai-sdk/provider';
import { EspalierError } from '@espalier/core';
import { fromV3 } from './from-v3.js';

/** A language model of the AI SDK, as its providers make them: `google('gemini-2.5-flash')`. */
export type AiSdkModel = LanguageModelV4 | LanguageModelV3;

/**
 * The model in the current form of the AI SDK's specification.
 * @throws option-invalid for what is no language model, or one of a specification that is not known
 */
export function readModel(model: AiSdkModel): LanguageModelV4 {
  if (typeof model !== 'object' || model === null) throw noModel(describe(model));
  const { specificationVersion, provider, modelId, doGenerate, doStream } = model as Partial<LanguageModelV4>;
  if (typeof provider !== 'string' || typeof modelId !== 'string') throw noModel('an object without provider and id');
  const version: unknown = specificationVersion; // a package of another version gives what our types do not know
  if (version !== 'v3' && version !== 'v4') throw otherVersion(`${provider}:${modelId}`, describe(version));
  if (typeof doGenerate !== 'function' || typeof doStream !== 'function') {
    throw noModel(`'${provider}:${modelId}', which makes no text`);
  }
  return model.specificationVersion === 'v4' ? model : fromV3(model);
}

const noModel = (got: string): EspalierError =>
  new EspalierError('option-invalid', `aiSdk(model): expected a language model of the AI SDK, got ${got}.`, {
    hint: "Pass what a provider's function gives: aiSdk(google('gemini-2.5-flash')), with google of '@ai-sdk/google'.",
  });

const otherVersion = (name: string, got: string): EspalierError =>
  new EspalierError(
    'option-invalid',
    `aiSdk(model): expected specification 'v4' or 'v3' (AI SDK 7 or 6), got ${got} from '${name}'.`,
    { hint: "Install the version of the provider's package that belongs to AI SDK 7 or 6." },
  );

const describe = (value: unknown): string =>
  typeof value === 'string' ? `'${value}' (string)` : value === null ? 'null' : typeof value;
