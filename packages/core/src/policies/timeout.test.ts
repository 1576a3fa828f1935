import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, range, take, toArray } from 'rxjs';
import { marbles } from '../../test/marbles.js';
import { policyEnv } from '../../test/policy-env.js';
import { EspalierError } from '../errors/espalier-error.js';
import { timeoutPolicy, withTimeout } from './timeout.js';

const late = new EspalierError('timeout', 'The source took longer than 5 ms.', { details: { timeout: 5 } });

describe('withTimeout', () => {
  it('lets through what completes in time', () => {
    marbles(({ cold, expectObservable, clock }) => {
      expectObservable(cold('-a-b|').pipe(withTimeout(5, clock))).toBe('-a-b|');
      expectObservable(cold('-#').pipe(withTimeout(5, clock))).toBe('-#');
    });
  });

  it('fails, and stops the source, when it has not completed in time', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, clock }) => {
      const source = cold('-a------b|');
      expectObservable(source.pipe(withTimeout(5, clock))).toBe('-a---#', undefined, late);
      expectSubscriptions(source.subscriptions).toBe('^----!');
    });
  });

  it('leaves no timer when it is unsubscribed', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, clock }) => {
      const source = cold('-a----');
      expectObservable(source.pipe(withTimeout(5, clock)), '^--!').toBe('-a--');
      expectSubscriptions(source.subscriptions).toBe('^--!');
    });
  });

  it('takes synchronous sources, also without end', async () => {
    const { clock } = policyEnv();
    expect(await lastValueFrom(range(0, 10_000).pipe(withTimeout('1s', clock), toArray()))).toHaveLength(10_000);
    const endless = range(0, Number.POSITIVE_INFINITY).pipe(withTimeout('1s', clock), take(2), toArray());
    expect(await lastValueFrom(endless)).toEqual([0, 1]);
    expect(clock.pending).toBe(0);
  });
});

describe('@Timeout', () => {
  it('names the node that was too slow, and is worth another attempt', () => {
    marbles(({ cold, expectObservable, clock }) => {
      const env = { ...policyEnv(), clock };
      const error = new EspalierError('timeout', "Node 'n' took longer than 2 ms.", {
        where: { node: 'n' },
        details: { timeout: 2 },
      });
      expect(error.retryable).toBe(true);
      expectObservable(timeoutPolicy('2ms').apply(cold('----|'), env)).toBe('--#', undefined, error);
    });
  });

  it('bounds the wall time of an attempt and nothing else', () => {
    const inner = { attempts: 1, modelCalls: 2, toolCalls: 3, wallTime: Number.POSITIVE_INFINITY };
    expect(timeoutPolicy('1s').bound?.(inner)).toEqual({ ...inner, wallTime: 1000 });
    expect(timeoutPolicy('1s').bound?.({ ...inner, wallTime: 5 }).wallTime).toBe(5);
  });

  it('says what it expects', () => {
    expect(() => timeoutPolicy('soon' as never)).toThrow(`@Timeout: expected a duration such as 1500, '200ms'`);
    expect(() => withTimeout(-1)).toThrow('withTimeout: expected a duration such as');
  });
});
