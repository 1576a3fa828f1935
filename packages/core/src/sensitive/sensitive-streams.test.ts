import { describe, expect, it } from '@jest/globals';
import { SensitiveValues } from './sensitive-values.js';

describe('text that streams in two runs that share what they know', () => {
  it('is not mixed up, where their steps have the same names', () => {
    const values = new SensitiveValues();
    values.add('secret');
    const step = { node: 'a', attempt: 1, step: 'generate[1]/model[1]' };
    expect(values.maskText({ ...step, runId: 'one' }, 'my secr')).toBe('my ');
    expect(values.maskText({ ...step, runId: 'two' }, 'hello ')).toBe('hello ');
    expect(values.maskText({ ...step, runId: 'one' }, 'et ')).toBe('[sensitive] ');
  });
});
