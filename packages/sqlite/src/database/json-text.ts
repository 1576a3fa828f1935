import { EspalierError } from '@espalier/core';

/** Plain data as text. @throws store-failed where it is longer than a text can be: about 500 MB */
export function jsonText(value: unknown, what: string): string {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw new EspalierError('store-failed', `${what} cannot be written as JSON: ${(cause as Error).message}.`, {
      hint: 'Keep large values elsewhere, and give agents references to them.',
      cause,
      retryable: false,
    });
  }
}
