import { describeValue, EspalierError } from '../errors/espalier-error.js';
import type { ChatModel } from './chat-model.js';

/** What is known of a model's failure: an {@link EspalierError}, or what an adapter of another hand threw. */
export interface ModelFailure {
  readonly code: string;
  readonly retryable: boolean;
  readonly message: string;
}

/** Models that stand in for each other, under one name of the registry. */
export interface FallbackModels {
  readonly kind: 'fallback-models';
  /** At least two, in the order in which they are asked. */
  readonly models: readonly ChatModel[];
  /** Whether the next model is asked after this failure. */
  readonly when: (failure: ModelFailure) => boolean;
}

export interface FallbackModelsOptions {
  /**
   * Whether the next model is asked after a failure. Must be pure.
   * @default after what another attempt could mend, a refused key, and a conversation that is too long
   */
  readonly when?: (failure: ModelFailure) => boolean;
}

/**
 * Several models under one name: the next one is asked when the one before it has failed. Each call begins with the first
 * model, and each call of each model is recorded, counted and budgeted by itself. Once a reader of `ctx.stream` has seen
 * text, no other model is asked: two answers are never mixed.
 *
 * An answer that does not please, such as a refusal or data of a wrong shape, is no failure.
 *
 * @throws option-invalid when there are less than two models, or other things among them
 * @example
 * createEspalier({ workflows, models: { default: fallbackModels([openai('gpt-5.5'), anthropic('claude-haiku-4-5')]) } });
 */
export function fallbackModels(
  models: readonly ChatModel[],
  { when = mayBeMended }: FallbackModelsOptions = {},
): FallbackModels {
  if (models.length < 2) throw wrong(`fallbackModels: expected at least two models, got ${models.length}.`);
  models.forEach((model: unknown, index) => {
    if (isChatModel(model)) return;
    throw wrong(`fallbackModels: expected models, got ${describeValue(model)} in place ${index + 1}.`);
  });
  if (typeof when !== 'function') {
    throw wrong(`fallbackModels({ when }): expected a function, got ${describeValue(when)}.`);
  }
  return Object.freeze({ kind: 'fallback-models', models: Object.freeze([...models]), when });
}

/** Whether a value is a model: what a program in JavaScript registers is looked at. */
export const isChatModel = (value: unknown): value is ChatModel =>
  typeof (value as Partial<ChatModel> | null | undefined)?.generate === 'function';

const wrong = (message: string): EspalierError =>
  new EspalierError('option-invalid', message, {
    hint: 'Write fallbackModels([first, second]), or register the model itself.',
  });

const mayBeMended = ({ code, retryable }: ModelFailure): boolean =>
  retryable || code === 'model-auth' || code === 'model-context-length';
