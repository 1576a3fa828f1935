import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { type ErrorCode, errorCodes } from './codes.js';
import {
  describeValue,
  deserializeError,
  EspalierError,
  type SerializedError,
  serializeError,
} from './espalier-error.js';

describe('EspalierError', () => {
  it('takes its hint and whether it is retryable from its code', () => {
    const error = new EspalierError('timeout', 'Too slow.');
    expect(error.hint).toBe(errorCodes.timeout.hint);
    expect(error.retryable).toBe(true);
    expect(error.where).toEqual({});
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('EspalierError');
    expect('cause' in error).toBe(false);
  });

  it('can say better than its code what to do and whether to try again', () => {
    const error = new EspalierError('timeout', 'Too slow.', { hint: 'Wait.', retryable: false, where: { node: 'a' } });
    expect(error.hint).toBe('Wait.');
    expect(error.retryable).toBe(false);
    expect(error.where).toEqual({ node: 'a' });
  });

  it('is told by brand and code, whichever copy of the package made it', () => {
    const foreign = Object.assign(new Error('x'), { code: 'timeout', [Symbol.for('@espalier/error')]: true });
    expect(EspalierError.is(foreign)).toBe(true);
    expect(EspalierError.is(foreign, 'timeout')).toBe(true);
    expect(EspalierError.is(foreign, 'run-failed')).toBe(false);
    expect(EspalierError.is(new EspalierError('timeout', 'x'), 'timeout')).toBe(true);
  });

  it.each([null, undefined, 'timeout', new Error('x'), { code: 'timeout' }])('is none of %p', (value) => {
    expect(EspalierError.is(value)).toBe(false);
  });
});

describe('serializeError and deserializeError', () => {
  const roundTrip = (error: unknown): Error =>
    deserializeError(JSON.parse(JSON.stringify(serializeError(error))) as SerializedError);

  it('read the same on another machine, causes included', () => {
    const cause = new EspalierError('model-failed', 'The model said no.', { retryable: false });
    const error = new EspalierError('retry-exhausted', 'All 3 attempts failed.', {
      hint: 'Ask later.',
      where: { node: 'a[3]', attempt: 3 },
      details: { retryAfter: 10 },
      cause,
    });
    const back = roundTrip(error);
    expect(EspalierError.is(back, 'retry-exhausted')).toBe(true);
    expect(serializeError(back)).toEqual(serializeError(error));
    expect(EspalierError.is(back.cause, 'model-failed')).toBe(true);
  });

  it('are what JSON.stringify writes', () => {
    const error = new EspalierError('timeout', 'x', { details: { timeout: 5 } });
    expect(JSON.parse(JSON.stringify(error))).toEqual(serializeError(error));
  });

  it('keep the code and the name of an error of another library', () => {
    const error = Object.assign(new TypeError('no route'), { code: 'EHOSTUNREACH', retryable: false });
    const back = roundTrip(error);
    expect(back.name).toBe('TypeError');
    expect(back).toMatchObject({ message: 'no route', code: 'EHOSTUNREACH', retryable: false });
    expect(EspalierError.is(back)).toBe(false);
  });

  it('keep the message of an error of another realm', () => {
    const foreign: unknown = runInNewContext('new RangeError("far away")');
    expect(serializeError(foreign)).toMatchObject({ name: 'RangeError', message: 'far away', retryable: true });
  });

  it('say what was thrown when it was no error', () => {
    expect(serializeError('oops')).toMatchObject({ code: 'agent-failed', message: 'threw "oops" (string)' });
    expect(serializeError(undefined).message).toBe('threw undefined');
  });

  it('end at a cause that is its own cause', () => {
    const error = new Error('round');
    error.cause = error;
    let depth = 0;
    for (let at: SerializedError | undefined = serializeError(error); at !== undefined; at = at.cause) depth += 1;
    expect(depth).toBe(5);
  });

  it('leave out of the details what JSON cannot hold, so that an error can always be kept', () => {
    const round: { self?: unknown } = {};
    round.self = round;
    expect(serializeError(new EspalierError('timeout', 'x', { details: round })).details).toBe('Object (object)');
    const mixed = new EspalierError('timeout', 'x', { details: { call: () => 1, count: 1 } });
    expect(serializeError(mixed).details).toEqual({ count: 1 });
    expect(serializeError(new EspalierError('timeout', 'x', { details: () => 1 }))).not.toHaveProperty('details');
  });

  it('keep of the details of a foreign error how long it asks to wait, and nothing else', () => {
    const error = Object.assign(new Error('slow down'), { details: { retryAfter: 5000, key: 'a secret' } });
    const back = deserializeError(JSON.parse(JSON.stringify(serializeError(error))));
    expect(back).toMatchObject({ message: 'slow down', details: { retryAfter: 5000 } });
    expect(JSON.stringify(serializeError(error))).not.toContain('a secret');
    expect(serializeError(Object.assign(new Error('x'), { details: null }))).not.toHaveProperty('details');
  });

  it('read an error with a code that only a newer version knows', () => {
    const back = deserializeError({ name: 'EspalierError', code: 'from-the-future', message: 'x', retryable: true });
    expect(back).toMatchObject({ code: 'from-the-future', hint: 'See `message`.', retryable: true });
    expect(new EspalierError('constructor' as ErrorCode, 'x').hint).toBe('See `message`.');
  });
});

describe('describeValue', () => {
  it.each([
    [null, 'null'],
    [undefined, 'undefined'],
    [5, '5 (number)'],
    [5n, '5 (bigint)'],
    ['a'.repeat(41), `"${'a'.repeat(40)}…" (string)`],
    [[1, 2], 'an array of 2'],
    [new Date(0), 'Date (object)'],
    [Object.create(null), 'object (object)'],
    [Date, 'Date (function)'],
    [() => 1, 'a function (function)'],
    [Symbol('s'), 'Symbol(s) (symbol)'],
  ])('says %p in a few words', (value, text) => {
    expect(describeValue(value)).toBe(text);
  });
});
