import type { ChatModel } from '@espalier/core';
import { offline } from '@espalier/offline';

export interface ChosenModel {
  readonly model: ChatModel;
  /** Stands in the briefing, so that nobody takes one thing for another. */
  readonly notice: string;
}

/** The model behind all agents that use one. Another provider is a line here. */
export function chooseModel(): ChosenModel {
  return {
    model: offline(),
    notice: 'No language model was used: every statement is an extract, chosen by @espalier/offline.',
  };
}
