import './augmentation.js';
import { toHaveAskedModel, toHaveCalledTool, toHaveWaitedFor } from './calls.js';
import type { Matcher } from './matcher.js';
import { toHaveOrder, toHaveOutput, toHaveRun, toHaveSkipped } from './nodes.js';
import { toHaveCompleted, toHaveFailed, toHaveStatus } from './run-end.js';
import type { RunMatchers } from './run-matchers.js';
import { toHaveSpentAtMost } from './spending.js';

/**
 * Matchers on runs, for `expect` of jest and of vitest.
 *
 * @example
 * import { expect } from '@jest/globals'; // or from 'vitest'
 * expect.extend(espalierMatchers);
 * await expect(run).toHaveCompleted();
 * @see `import '@espalier/testing/matchers'` does the same for a global `expect`
 * @since 0.1.0
 */
export const espalierMatchers: { readonly [Name in keyof RunMatchers]: Matcher<Parameters<RunMatchers[Name]>> } = {
  toHaveAskedModel,
  toHaveCalledTool,
  toHaveCompleted,
  toHaveFailed,
  toHaveOrder,
  toHaveOutput,
  toHaveRun,
  toHaveSkipped,
  toHaveSpentAtMost,
  toHaveStatus,
  toHaveWaitedFor,
};
