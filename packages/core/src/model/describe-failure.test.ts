import { describe, expect, it } from '@jest/globals';
import { describeFailure } from './describe-failure.js';

describe('what a failure says', () => {
  it.each([
    [new Error('No.'), 'No.'],
    [
      new Error('Connection error.', { cause: new Error('fetch failed', { cause: { code: 'ECONNREFUSED' } }) }),
      'Connection error. fetch failed ECONNREFUSED',
    ],
    [new Error('It failed: socket closed', { cause: new Error('socket closed') }), 'It failed: socket closed'],
    [Object.assign(new Error(''), { name: 'AbortError' }), 'AbortError'],
    ['only text', 'only text'],
    [undefined, 'undefined'],
  ])('%#', (error, text) => {
    expect(describeFailure(error)).toBe(text);
  });

  it('ends where causes go in a circle', () => {
    const error = new Error('round');
    error.cause = error;
    expect(describeFailure(error)).toBe('round');
  });
});
