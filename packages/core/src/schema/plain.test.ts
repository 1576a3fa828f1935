import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EspalierError } from '../errors/espalier-error.js';
import { toPlain } from './plain.js';

class Point {
  constructor(
    readonly x: number,
    readonly y?: number,
  ) {}
}

class Secretive {
  readonly shown = 1;
  toJSON(): unknown {
    return {};
  }
}

const errorOf = (value: unknown): EspalierError => {
  try {
    toPlain(value, { node: 'writer', what: 'the output of Writer.run' });
  } catch (error) {
    if (EspalierError.is(error)) return error;
    throw error;
  }
  throw new Error('it was taken for plain data');
};

describe('toPlain', () => {
  it('gives plain data back as a frozen copy', () => {
    const value = { text: 'a', list: [1, null, { deep: true }], empty: {} };
    const plain = toPlain(value) as typeof value;
    expect(plain).toEqual(value);
    expect(plain).not.toBe(value);
    expect([plain, plain.list, plain.list[2], plain.empty].every(Object.isFrozen)).toBe(true);
    expect(Object.isFrozen(value)).toBe(false);
  });

  it.each(['', 'ü\u2028', 0, -1.5, true, false, null, undefined])('takes %p as it is', (value) => {
    expect(toPlain(value)).toBe(value);
  });

  it('does not copy again what it made, also inside of something else', () => {
    const plain = toPlain({ list: [{ a: 1 }] }) as { list: readonly unknown[] };
    expect(toPlain(plain)).toBe(plain);
    expect((toPlain({ plain }) as { plain: unknown }).plain).toBe(plain);
    expect((toPlain([plain.list[0]]) as readonly unknown[])[0]).toBe(plain.list[0]);
  });

  it('copies what was frozen by somebody else: it may hold anything', () => {
    const frozen = Object.freeze({ a: Object.freeze([1]) });
    expect(toPlain(frozen)).not.toBe(frozen);
    expect(() => toPlain(Object.freeze({ at: new Date() }))).toThrow('is not plain data');
  });

  it('makes instances that hold data plain objects, and leaves out what is undefined', () => {
    const plain = toPlain(new Point(1));
    expect(plain).toEqual({ x: 1 });
    expect(Object.getPrototypeOf(plain)).toBe(Object.prototype);
    expect(Object.keys(plain as object)).toEqual(['x']);
    expect(toPlain(Object.assign(Object.create(null), { a: 1 }))).toEqual({ a: 1 });
    expect(toPlain(runInNewContext('({ a: [1] })'))).toEqual({ a: [1] });
  });

  it('reads getters once', () => {
    let reads = 0;
    const value = {
      get once() {
        reads += 1;
        return reads;
      },
    };
    expect([toPlain(value), reads]).toEqual([{ once: 1 }, 1]);
  });

  it('has no -0: it would be another number after a journey through JSON', () => {
    expect(Object.is(toPlain(-0), 0)).toBe(true);
    expect(Object.is((toPlain([-0]) as readonly number[])[0], 0)).toBe(true);
  });

  it.each<[string, unknown, string, string]>([
    ['NaN', { a: [Number.NaN] }, '$.a[0] is NaN', 'Write null, or leave it out.'],
    ['Infinity', -Infinity, '$ is -Infinity', 'Write null, or leave it out.'],
    ['a bigint', { id: 5n }, '$.id is a bigint', 'Write String(value).'],
    ['a function', { call: Math.max }, '$.call is the function max', 'Leave it out: code does not cross borders.'],
    ['a nameless function', [() => 1], '$[0] is the function (anonymous)', 'Leave it out'],
    ['a symbol', [Symbol('s')], '$[0] is a symbol', 'Write a string.'],
    ['undefined in an array', [1, undefined], '$[1] is undefined in an array', 'Write null, or leave it out.'],
    // biome-ignore lint/suspicious/noSparseArray: it is what is tested
    ['a hole', [1, , 2], '$[1] is undefined in an array', 'Write null, or leave it out.'],
    ['a Date', { at: new Date() }, '$.at is a Date', 'Write date.toISOString().'],
    ['a Map', { m: new Map() }, '$.m is a Map', 'Write Object.fromEntries(map).'],
    ['a Set', { s: new Set() }, '$.s is a Set', 'Write [...set].'],
    ['a Promise', { p: Promise.resolve() }, '$.p is a Promise', 'Write await before it.'],
    ['an Error', { e: new TypeError() }, '$.e is an Error', 'Write error.message.'],
    ['a RegExp', { r: /a/ }, '$.r is a RegExp', 'Write regexp.source.'],
    ['bytes', { b: new Uint8Array(1) }, '$.b is binary data', 'Write it as base64 text.'],
    ['a buffer', { b: new ArrayBuffer(1) }, '$.b is binary data', 'Write it as base64 text.'],
    ['what has toJSON', { s: new Secretive() }, '$.s is an instance of Secretive', 'Write what its toJSON() gives.'],
    ['a URL', { u: new URL('https://a.example') }, '$.u is an instance of URL', 'Write what its toJSON() gives.'],
    ['a boxed string', { s: new String('a') }, '$.s is an instance of String', 'Write the data that it holds.'],
    ['a boxed number', { n: new Number(1) }, '$.n is an instance of Number', 'Write the data that it holds.'],
    ['a WeakMap', { w: new WeakMap() }, '$.w is an instance of WeakMap', 'Write the data that it holds.'],
    [
      'a Map of another realm',
      { m: runInNewContext('new Map([[1, 2]])') },
      '$.m is an instance of Map',
      'Write the data that it holds.',
    ],
    ['a strange key', { 'a b': { "it's": 1n } }, `$["a b"]["it's"] is a bigint`, 'Write String(value).'],
    [
      '__proto__',
      JSON.parse('{"a":{"__proto__":{"admin":true}}}'),
      "$.a.__proto__ is a key '__proto__'",
      'Use another key',
    ],
    [
      'constructor.prototype',
      JSON.parse('{"constructor":{"prototype":{}}}'),
      "$.constructor is a key 'constructor' with a prototype",
      'Use another key',
    ],
  ])('refuses %s, with its path and what to write', (_name, value, problem, hint) => {
    const error = errorOf(value);
    expect(error.code).toBe('not-plain-data');
    expect(error.message).toBe(`The output of Writer.run is not plain data: ${problem}.`);
    expect(error.hint).toContain(hint);
    expect(error.where).toEqual({ node: 'writer', path: problem.split(' is ')[0] });
  });

  it('names the field whose getter throws, and what cannot be read at all', () => {
    const error = errorOf({
      a: [
        {
          get secret(): never {
            throw new TypeError('not yours');
          },
        },
      ],
    });
    expect(error.message).toContain('$.a[0].secret is not readable: not yours.');
    expect(error.cause).toEqual(new TypeError('not yours'));
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(errorOf({ proxy }).message).toContain('$.proxy is not readable: ');
  });

  it('refuses a circle, and takes what is only shared', () => {
    const round: { self?: unknown; list: unknown[] } = { list: [] };
    round.list.push({ round });
    expect(errorOf(round).message).toContain('$.list[0].round is a reference to itself');
    const shared = { a: 1 };
    const plain = toPlain([shared, { shared }, shared]) as readonly unknown[];
    expect(plain).toEqual([shared, { shared }, shared]);
    expect(plain[0]).toBe(plain[2]);
  });

  it('copies what is shared once: 60 doublings are 60 objects', () => {
    let value: unknown = [];
    for (let level = 0; level < 60; level++) value = [value, value];
    let plain = toPlain(value) as readonly unknown[];
    for (let level = 0; level < 60; level++) plain = plain[0] as readonly unknown[];
    expect(plain).toEqual([]);
  });

  it('refuses 100,000 levels instead of overflowing the stack, and takes 1,000', () => {
    const nested = (levels: number): unknown => {
      let value: unknown = 1;
      for (let level = 0; level < levels; level++) value = { a: value };
      return value;
    };
    expect(errorOf(nested(100_000)).message).toMatch(/nested deeper than 1000 levels\.$/);
    expect(toPlain(nested(1000))).toBeDefined();
  });

  it('says something useful without knowing what the value is', () => {
    expect(() => toPlain(5n)).toThrow('A value is not plain data: $ is a bigint.');
  });

  it('reads the same after a journey through JSON, whatever the data (property)', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!JSON.stringify(value).includes('__proto__'));
        const plain = toPlain(value);
        expect(JSON.parse(JSON.stringify(plain))).toEqual(plain);
      }),
    );
  });

  it('gives JSON or an error of ours, whatever the value (property)', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
      withNullPrototype: true,
      withBoxedValues: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        try {
          const plain = toPlain(value);
          if (plain !== undefined) expect(JSON.parse(JSON.stringify(plain))).toEqual(plain);
        } catch (error) {
          expect(EspalierError.is(error, 'not-plain-data')).toBe(true);
        }
      }),
    );
  });
});
