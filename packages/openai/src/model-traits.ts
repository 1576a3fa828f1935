import type { ReasoningEffort } from '@espalier/core';

/** GPT-5 and later, and the o-series, but for the models of ChatGPT, which answer at once. */
export const isReasoningModel = (model: string): boolean =>
  /(?:^|[/:])(?:gpt-(?:[5-9]|\d\d)|o\d|codex|gpt-oss)/.test(model) && !/-chat(?:-|$)/.test(model);

/** `6.1` of `gpt-6.1-terra`. */
const versionOf = (model: string): number => Number(/(?:^|[/:])gpt-(\d+(?:\.\d+)?)/.exec(model)?.[1] ?? Number.NaN);

/**
 * What a model is asked for: its own word for the least and for the most that it can think. Models whose version is not
 * known get the word as it is.
 */
export function effortOf(effort: ReasoningEffort, model: string): string {
  const version = versionOf(model);
  const early = version < 5.1 || /(?:^|[/:])(?:o\d|gpt-oss)/.test(model);
  if (effort === 'none' && early) return Number.isNaN(version) || /-pro|-codex/.test(model) ? 'low' : 'minimal';
  if (effort !== 'max') return effort;
  if (early) return 'high';
  return version < 5.6 ? (version < 5.2 && !model.includes('codex-max') ? 'high' : 'xhigh') : 'max';
}
