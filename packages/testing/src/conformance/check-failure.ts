import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { errorCodes } from '@espalier/core';
import type { ModelFailure } from './conformance-case.js';

/** What holds for every error of a model. */
export function checkFailure(error: unknown, secrets: readonly string[]): ModelFailure {
  assert.ok(!(error instanceof assert.AssertionError), error as Error);
  assert.ok(error instanceof Error, `A model throws errors, got ${inspect(error)}.`);
  checkSecrets(error, secrets);
  const { code, retryable, message, details } = error as Error & Partial<ModelFailure>;
  assert.ok(
    typeof code === 'string' && Object.hasOwn(errorCodes, code),
    `A model's error has a code of Espalier's, got ${inspect(code)} of: ${error.stack}`,
  );
  assert.equal(typeof retryable, 'boolean', 'A model error says whether it is retryable.');
  assert.notEqual(message, '', 'An error says what happened.');
  return { code, retryable: retryable === true, message, details: details ?? {} };
}

/** Whoever prints the error, its causes and its properties must not see a key. */
function checkSecrets(error: Error, secrets: readonly string[]): void {
  const options = { depth: 20, showHidden: true, getters: true, maxStringLength: null, maxArrayLength: null } as const;
  const seen = `${inspect(error, options)}\n${JSON.stringify(error)}`;
  for (const secret of secrets) assert.ok(!seen.includes(secret), 'An error must not hold the secrets of its model.');
}
