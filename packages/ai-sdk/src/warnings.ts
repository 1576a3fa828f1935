import type { LanguageModelV4, SharedV4Warning } from '@ai-sdk/provider';
import { EspalierError } from '@espalier/core';

/** Something of a request that its provider does otherwise than asked, or not at all. */
export interface AiSdkWarning {
  /** `unsupported`: left out of the request. `compatibility`: done in another way. */
  readonly type: SharedV4Warning['type'];
  /** What it is about, where that is one thing: `temperature`, `seed`. */
  readonly feature?: string;
  /** In words, with the feature. */
  readonly message: string;
}

export type OnWarning = (warning: AiSdkWarning) => void;

export function toWarning(warning: SharedV4Warning): AiSdkWarning {
  if (warning.type === 'other') return { type: warning.type, message: warning.message };
  if (warning.type === 'deprecated') {
    return { type: warning.type, feature: warning.setting, message: `${warning.setting}: ${warning.message}` };
  }
  const { type, feature, details } = warning;
  const what = type === 'unsupported' ? 'not supported' : 'done in another way';
  return { type, feature, message: `${feature}: ${details ?? what}` };
}

/** What the user does with warnings. What that throws is the user's word: the call is not tried again. */
export function takeWarnings(model: LanguageModelV4, take: OnWarning | undefined): OnWarning {
  if (take === undefined) return strictWarnings(model);
  return (warning) => {
    try {
      take(warning);
    } catch (error) {
      if (EspalierError.is(error)) throw error;
      const message = `Model '${model.provider}:${model.modelId}': onWarning threw: ${(error as Error)?.message ?? error}`;
      throw new EspalierError('model-failed', message, { retryable: false, cause: error });
    }
  };
}

/** How many texts are remembered, so as not to be told again. */
const MOST_TOLD = 1_000;

/**
 * How an answer is drawn, as the AI SDK names it. What a model does not know of it is left out and told, as by all our
 * adapters: one agent may have several models, and the one that stands in must not fail by a seed.
 */
const sampling: ReadonlySet<string | undefined> = new Set(['temperature', 'topP', 'seed', 'stopSequences']);

/**
 * What is done with a warning where the user says nothing: what the provider leaves out fails the call, since its answer
 * would be to another request. How the answer is drawn, and the rest, is told once, as a warning of the process.
 */
function strictWarnings({ provider, modelId }: LanguageModelV4): OnWarning {
  const told = new Set<string>();
  const model = `${provider}:${modelId}`;
  return ({ type, feature, message }) => {
    if (type === 'unsupported' && !sampling.has(feature)) {
      throw new EspalierError(
        'model-request-invalid',
        `Model '${model}' would leave out part of the request: ${message}`,
        {
          hint: 'Leave it out yourself, or take such warnings with aiSdk(model, { onWarning }).',
        },
      );
    }
    if (told.has(message) || told.size === MOST_TOLD) return;
    told.add(message);
    processOf(globalThis)?.emitWarning?.(`Model '${model}': ${message}`, 'EspalierWarning');
  };
}

/** Not every platform has a process. */
const processOf = (platform: { readonly process?: Partial<NodeJS.Process> }): Partial<NodeJS.Process> | undefined =>
  platform.process;
