import { describe, expect, it } from '@jest/globals';
import { deserializeError, EspalierError, serializeError } from './espalier-error.js';
import { GraphError } from './graph-error.js';

const missing = {
  code: 'bound-missing',
  message: 'Loop has no max.',
  hint: 'Write max.',
  where: { class: 'Loop' },
} as const;
const unknown = {
  code: 'agent-unknown',
  message: 'undefined.',
  hint: 'Pass it.',
  where: { class: 'A', file: 'a.ts:1:1' },
} as const;

describe('GraphError', () => {
  it('prints its faults as a list: code, place, what is wrong, what to do', () => {
    expect(new GraphError([missing, unknown]).message).toBe(
      [
        'The graph is not sound: 2 faults.',
        '  1. bound-missing (Loop)',
        '     Loop has no max.',
        '     → Write max.',
        '  2. agent-unknown (A at a.ts:1:1)',
        '     undefined.',
        '     → Pass it.',
      ].join('\n'),
    );
  });

  it('names no place where a fault has none', () => {
    const error = new GraphError([{ ...missing, where: {} }]);
    expect(error.message).toContain('1 fault.\n  1. bound-missing\n');
  });

  it('is an EspalierError that carries its faults, here and after a journey', () => {
    const error = new GraphError([missing]);
    expect(EspalierError.is(error, 'graph-invalid')).toBe(true);
    expect(error.faults).toEqual([missing]);
    const back = deserializeError(serializeError(error));
    expect(back.name).toBe('GraphError');
    expect(serializeError(back)).toEqual(serializeError(error));
  });
});
