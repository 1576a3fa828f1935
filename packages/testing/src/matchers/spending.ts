import { milliseconds } from '@espalier/core';
import type { Facts } from './facts.js';
import { eventsOf, matcher } from './matcher.js';
import type { SpendingLimits } from './run-matchers.js';

const measures: Readonly<Record<keyof SpendingLimits, (facts: Facts) => number>> = {
  tokens: ({ usage }) => usage.inputTokens + usage.outputTokens,
  inputTokens: ({ usage }) => usage.inputTokens,
  outputTokens: ({ usage }) => usage.outputTokens,
  modelCalls: ({ usage }) => usage.modelCalls,
  toolCalls: ({ usage }) => usage.toolCalls,
  cost: ({ usage }) => usage.cost,
  wallTime: (facts) => {
    const events = eventsOf(facts, 'toHaveSpentAtMost({ wallTime })');
    return (events.at(-1)?.time ?? 0) - (events[0]?.time ?? 0);
  },
};

export const toHaveSpentAtMost = matcher<[limits: SpendingLimits]>('toHaveSpentAtMost', (facts, _context, limits) => {
  const names = Object.keys(limits) as (keyof SpendingLimits)[];
  const unknown = names.filter((name) => !Object.hasOwn(measures, name));
  if (unknown.length > 0 || names.length === 0) {
    const got = names.length === 0 ? 'nothing' : unknown.join(', ');
    throw new TypeError(`toHaveSpentAtMost: expected some of ${Object.keys(measures).join(', ')}; got ${got}.`);
  }
  const spent = names.map((name) => {
    const limit = limitOf(name, limits[name]);
    return { name, limit, used: measures[name](facts) };
  });
  return {
    pass: spent.every(({ used, limit }) => used <= limit),
    expected: `at most ${spent.map(({ name, limit }) => `${limit} ${unitOf(name)}`).join(', ')}`,
    got: spent.map(({ name, used, limit }) => `  ${name}: ${used} of ${limit}${used > limit ? ', too much' : ''}`),
  };
});

function limitOf(name: keyof SpendingLimits, limit: unknown): number {
  if (name === 'wallTime') return milliseconds(limit as number, 'toHaveSpentAtMost({ wallTime })');
  if (typeof limit === 'number' && limit >= 0) return limit;
  throw new TypeError(`toHaveSpentAtMost: ${name}: expected a number from 0, got ${String(limit)}.`);
}

const unitOf = (name: keyof SpendingLimits): string =>
  name === 'cost' ? 'US dollars' : name === 'wallTime' ? 'ms' : name;
