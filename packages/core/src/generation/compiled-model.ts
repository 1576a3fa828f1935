import type { ChatModel } from '../model/chat-model.js';
import type { ModelFailure } from '../model/fallback-models.js';
import type { Policy } from '../policies/policy.js';

/** A model with the policies of its provider. */
export interface ModelCandidate {
  readonly model: ChatModel;
  /** Innermost first; most models have none. */
  readonly policies: readonly Policy[];
}

/** What a name of the registry stands for. */
export interface CompiledModel {
  /** In the order in which they are asked: one, or those of `fallbackModels`. */
  readonly candidates: readonly ModelCandidate[];
  /** Whether the next candidate is asked after this failure. */
  readonly when: (failure: ModelFailure) => boolean;
}
