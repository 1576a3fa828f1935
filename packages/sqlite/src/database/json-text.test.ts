import { describe, expect, it } from '@jest/globals';
import { jsonText } from './json-text.js';

describe('jsonText', () => {
  it('says what is too long to be written', () => {
    // As V8 does for more than 500 MB, which a test had better not make.
    const endless = {
      toJSON() {
        throw new RangeError('Invalid string length');
      },
    };
    expect(() => jsonText({ value: endless }, "Record 3 of run 'r1'")).toThrow(
      expect.objectContaining({
        code: 'store-failed',
        message: "Record 3 of run 'r1' cannot be written as JSON: Invalid string length.",
        hint: 'Keep large values elsewhere, and give agents references to them.',
        retryable: false,
      }),
    );
  });
});
