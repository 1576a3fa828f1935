import type { Bound } from '../policies/bound.js';

/** The bound of nothing at all. */
export const nothing: Bound = Object.freeze({ attempts: 0, modelCalls: 0, toolCalls: 0, wallTime: 0 });

/** One after the other. */
export const plus = (a: Bound, b: Bound): Bound => ({
  attempts: a.attempts + b.attempts,
  modelCalls: a.modelCalls + b.modelCalls,
  toolCalls: a.toolCalls + b.toolCalls,
  wallTime: a.wallTime + b.wallTime,
});

/** `count` times, at most `width` of them at once. */
export const times = (count: number, bound: Bound, width = 1): Bound => ({
  attempts: product(count, bound.attempts),
  modelCalls: product(count, bound.modelCalls),
  toolCalls: product(count, bound.toolCalls),
  wallTime: product(Math.ceil(count / Math.min(width, Math.max(1, count))), bound.wallTime),
});

/** Whichever is worse, in every respect. */
export const worst = (a: Bound, b: Bound): Bound => ({
  attempts: Math.max(a.attempts, b.attempts),
  modelCalls: Math.max(a.modelCalls, b.modelCalls),
  toolCalls: Math.max(a.toolCalls, b.toolCalls),
  wallTime: Math.max(a.wallTime, b.wallTime),
});

/** Nothing times anything is nothing, even if it is unbounded. */
export const product = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);
