import type { RunStatus } from '@espalier/core';
import { difference, matcher, same } from './matcher.js';
import { codesOf } from './story.js';

const failed: readonly RunStatus[] = ['failed', 'timed_out', 'budget_exceeded'];

export const toHaveCompleted = matcher<[output?: unknown]>('toHaveCompleted', (facts, context, ...given) => {
  const completed = facts.status === 'completed';
  if (given.length === 0) return { pass: completed, expected: 'a run that completes' };
  const [output] = given;
  return {
    pass: completed && same(context, facts.output, output),
    expected: `a run that completes with ${context.utils.stringify(output)}`,
    got: completed ? difference(context, output, facts.output) : [],
  };
});

export const toHaveFailed = matcher<[code?: string]>('toHaveFailed', (facts, _context, code) => {
  const pass = failed.includes(facts.status);
  if (code === undefined) return { pass, expected: 'a run that fails' };
  const codes = codesOf(facts);
  return {
    pass: pass && codes.includes(code),
    expected: `a run that fails with ${code}`,
    got: pass ? [`Codes: ${codes.join(', ')}`] : [],
  };
});

export const toHaveStatus = matcher<[status: RunStatus]>('toHaveStatus', (facts, _context, status) => ({
  pass: facts.status === status,
  expected: status,
}));
