import { describe, expect, it } from '@jest/globals';
import { concat, defer, EMPTY, NEVER, Observable, of, Subject, throwError } from 'rxjs';
import { policyEnv, type TestEnv } from '../../test/policy-env.js';
import { VirtualClock } from '../clock/virtual-clock.js';
import { EspalierError } from '../errors/espalier-error.js';
import { type CacheOptions, cachePolicy, stableJson } from './cache.js';

/** One cache, asked in the name of many runs. */
function cached(options: CacheOptions) {
  const policy = cachePolicy(options);
  const clock = new VirtualClock(0);
  const share: TestEnv = policyEnv({ clock });
  const executed: unknown[] = [];
  const call = (inputs: readonly unknown[], source: Observable<unknown> = of('fresh')) => {
    const seen: unknown[] = [];
    const counted = defer(() => {
      executed.push(inputs[0]);
      return source;
    });
    const subscription = policy.apply(counted, policyEnv({ clock, share, inputs })).subscribe({
      next: (value) => seen.push(value),
      error: (error) => seen.push(error),
      complete: () => seen.push('|'),
    });
    return { seen, cancel: () => subscription.unsubscribe() };
  };
  return { call, executed, clock };
}

describe('@Cache', () => {
  it('gives the earlier result for the same inputs, until it is too old', async () => {
    const { call, executed, clock } = cached({ ttl: '1m' });
    expect(call([{ a: 1, b: 2 }]).seen).toEqual(['fresh', '|']);
    expect(call([{ b: 2, a: 1 }], of('never')).seen).toEqual(['fresh', '|']);
    await clock.advance('59s');
    expect(call([{ a: 1, b: 2 }], of('never')).seen).toEqual(['fresh', '|']);
    await clock.advance('1s');
    expect(call([{ a: 1, b: 2 }], of('newer')).seen).toEqual(['newer', '|']);
    expect(executed).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  it('tells inputs apart: by value, by place, and what is absent from what is null', () => {
    const { call, executed } = cached({ ttl: '1m' });
    for (const inputs of [
      ['1'],
      [1],
      [[1]],
      [1, 2],
      [2, 1],
      [12],
      [null],
      [undefined],
      [],
      [undefined, null],
      [null, undefined],
    ])
      call(inputs);
    expect(executed).toHaveLength(11);
  });

  it('takes a key of your own', () => {
    const { call, executed } = cached({ ttl: '1m', key: (topic: { id: string }) => topic.id });
    call([{ id: 'a', at: 1 }]);
    call([{ id: 'a', at: 2 }]);
    call([{ id: 'b', at: 1 }]);
    expect(executed).toHaveLength(2);
    expect(cached({ ttl: 1, key: (() => 5) as never }).call([1]).seen).toMatchObject([
      { code: 'policy-invalid', message: '@Cache({ key }): expected it to give a string, got 5 (number).' },
    ]);
    const broken = () => {
      throw new TypeError('a bug');
    };
    expect(cached({ ttl: 1, key: broken }).call([1]).seen).toEqual([new TypeError('a bug')]);
  });

  it('shares one execution between calls that overlap', () => {
    const { call, executed } = cached({ ttl: '1m' });
    const source = new Subject();
    const calls = [call([1], source), call([1]), call([1])];
    source.next('shared');
    source.complete();
    expect(calls.map(({ seen }) => seen)).toEqual([
      ['shared', '|'],
      ['shared', '|'],
      ['shared', '|'],
    ]);
    expect(executed).toHaveLength(1);
  });

  it('shares a failure, and does not keep it', () => {
    const { call, executed } = cached({ ttl: '1m' });
    const source = new Subject();
    const calls = [call([1], source), call([1])];
    source.error('broken');
    expect(calls.map(({ seen }) => seen)).toEqual([['broken'], ['broken']]);
    expect(call([1]).seen).toEqual(['fresh', '|']);
    expect(
      call(
        [2],
        throwError(() => 'at once'),
      ).seen,
    ).toEqual(['at once']);
    expect(call([2]).seen).toEqual(['fresh', '|']);
    expect(executed).toHaveLength(4);
  });

  it('lets the next call execute when the one that did is cancelled: it was another run', () => {
    const { call, executed } = cached({ ttl: '1m' });
    const first = call([1], concat(of('half'), NEVER));
    const second = new Subject();
    const waiting = [call([1], second), call([1])];
    first.cancel();
    expect(executed).toHaveLength(2);
    second.next('whole');
    second.complete();
    expect([first, ...waiting].map(({ seen }) => seen)).toEqual([[], ['whole', '|'], ['whole', '|']]);
  });

  it('stops an execution that nobody waits for any more, and begins a new one when asked', () => {
    const { call, executed } = cached({ ttl: '1m' });
    let stopped = 0;
    const watched = new Observable(() => () => stopped++);
    const calls = [call([1], watched), call([1], watched)];
    calls[1]?.cancel();
    expect(stopped).toBe(0);
    calls[0]?.cancel();
    expect(stopped).toBe(1);
    expect(call([1]).seen).toEqual(['fresh', '|']);
    expect(executed).toHaveLength(2);
  });

  it('keeps a spent budget to the run that spent it', () => {
    const { call } = cached({ ttl: '1m' });
    const source = new Subject();
    const spent = new EspalierError('budget-exceeded', 'spent');
    const first = call([1], source);
    const second = call([1]);
    source.error(spent);
    expect([first.seen, second.seen]).toEqual([[spent], ['fresh', '|']]);
  });

  it('keeps what was used last', () => {
    const { call, executed } = cached({ ttl: '1m', max: 2 });
    for (const key of ['a', 'b', 'a', 'c']) call([key]);
    executed.length = 0;
    for (const key of ['a', 'c', 'b']) call([key]);
    expect(executed).toEqual(['b']);
  });

  it('keeps no more than its bound, also of what still executes and of what begins within another', () => {
    const { call, executed } = cached({ ttl: '1m', max: 1 });
    const slow = new Subject();
    const first = call(['a'], slow);
    call(['b']);
    slow.complete();
    expect(first.seen).toEqual(['|']);
    call(
      ['outer'],
      defer(() => {
        call(['inner']);
        return of('x');
      }),
    );
    executed.length = 0;
    for (const key of ['inner', 'outer', 'outer']) call([key]);
    expect(executed).toEqual(['outer']);
  });

  it('keeps results of what gives none', () => {
    const { call, executed } = cached({ ttl: '1m' });
    expect([call([1], EMPTY).seen, call([1]).seen]).toEqual([['|'], ['|']]);
    expect(executed).toHaveLength(1);
  });

  it.each<[unknown, string]>([
    [{}, '@Cache({ ttl }): expected a duration'],
    [{ ttl: 'x' }, '@Cache({ ttl }): expected a duration'],
    [{ ttl: 1, max: 0 }, '@Cache({ max }): expected a whole number from 1, got 0 (number).'],
    [{ ttl: 1, key: 'id' }, '@Cache({ key }): expected a function, got "id" (string).'],
    [{ ttl: 1, size: 5 }, "@Cache: expected ttl, max, key, got 'size'."],
    ['1h', '@Cache: expected options { ttl, max, key }, got "1h" (string).'],
  ])('refuses %p', (options, message) => {
    expect(() => cachePolicy(options as CacheOptions)).toThrow(message);
  });
});

describe('stableJson', () => {
  it('is the same for equal data, in whatever order it was written', () => {
    expect(stableJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
    expect(stableJson({ a: null, b: [{ c: 2, d: 1 }] })).toBe(stableJson({ b: [{ d: 1, c: 2 }], a: null }));
    expect(stableJson([1, 2])).not.toBe(stableJson([2, 1]));
  });
});
