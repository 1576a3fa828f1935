import assert from 'node:assert/strict';
import { EspalierError } from '@espalier/core';

/** A call that must fail with this code, whether it throws or rejects. */
export async function refused(code: string, act: () => unknown): Promise<EspalierError> {
  let result: unknown;
  try {
    result = await act();
  } catch (error) {
    assert.ok(EspalierError.is(error), `Expected an EspalierError with code '${code}', got ${String(error)}.`);
    assert.equal(error.code, code);
    return error;
  }
  return assert.fail(`Expected an error with code '${code}', got the result ${JSON.stringify(result)}.`);
}
