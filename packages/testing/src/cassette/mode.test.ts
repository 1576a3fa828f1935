import { describe, expect, it } from '@jest/globals';
import { type CassetteMode, resolveMode } from './mode.js';

const mode = (option: CassetteMode | undefined, env: NodeJS.ProcessEnv, exists: boolean): string =>
  resolveMode(option, env, () => exists);

describe('the mode of a cassette', () => {
  it('is to replay where there is a file, and to record where there is none', () => {
    expect([mode(undefined, {}, true), mode('auto', {}, true), mode(undefined, {}, false)]).toEqual([
      'replay',
      'replay',
      'record',
    ]);
  });

  it('is what the option says, unless the environment says otherwise', () => {
    expect([mode('record', {}, true), mode('replay', {}, false)]).toEqual(['record', 'replay']);
    expect(mode('replay', { ESPALIER_CASSETTES: 'record' }, true)).toBe('record');
    expect(mode('record', { ESPALIER_CASSETTES: 'replay' }, true)).toBe('replay');
    expect(mode('record', { ESPALIER_CASSETTES: 'auto' }, true)).toBe('replay');
    expect(mode('record', { ESPALIER_CASSETTES: '' }, true)).toBe('record');
  });

  it('is to replay in continuous integration, whatever anybody says', () => {
    for (const CI of ['true', '1', 'yes']) {
      expect(mode('record', { CI, ESPALIER_CASSETTES: 'record' }, false)).toBe('replay');
    }
    for (const CI of ['', '0', 'false', 'False']) expect(mode('record', { CI }, true)).toBe('record');
  });

  it('is one of three', () => {
    expect(() => mode('once' as CassetteMode, {}, true)).toThrow(
      'cassette: mode: expected auto, record, replay, got "once".',
    );
    expect(() => mode('auto', { ESPALIER_CASSETTES: 'yes' }, true)).toThrow(
      'ESPALIER_CASSETTES: expected auto, record, replay, got "yes".',
    );
  });
});
