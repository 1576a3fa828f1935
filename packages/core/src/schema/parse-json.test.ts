import { describe, expect, it } from '@jest/globals';
import { extractJson, parseJson } from './parse-json.js';

const value = (parsed: ReturnType<typeof parseJson>): unknown => (parsed.ok ? parsed.value : parsed.message);

describe('parseJson', () => {
  it('parses JSON, and says what is wrong with other text', () => {
    expect(parseJson('{"a":[1,"b",null]}')).toEqual({ ok: true, value: { a: [1, 'b', null] } });
    expect(parseJson('{a:1}')).toMatchObject({ ok: false, message: expect.stringContaining('JSON') });
    expect(parseJson('')).toMatchObject({ ok: false });
  });

  it.each([
    ['{"__proto__":{"admin":true}}', '__proto__'],
    ['[{"a":{"__proto__":null}}]', '__proto__'],
    ['{"\\u005f_proto__":1}', '__proto__'],
    ['{"constructor":{"prototype":{"admin":true}}}', 'constructor.prototype'],
    ['{"\\u0063onstruct\\u006Fr":{"prot\\u006ftype":1}}', 'constructor.prototype'],
  ])('refuses keys that change prototypes: %s', (text, key) => {
    expect(parseJson(text)).toEqual({ ok: false, message: `the key '${key}' is not allowed` });
  });

  it('takes a key that only looks like one', () => {
    expect(parseJson('{"constructor":"Brunel","prototype":1}').ok).toBe(true);
    expect(parseJson('{"a":"__proto__"}').ok).toBe(true);
  });

  it('takes many values that are not nested', () => {
    const many = Array.from({ length: 2000 }, (_, index) => ({ index: [index] }));
    expect(parseJson(JSON.stringify(many))).toEqual({ ok: true, value: many });
  });

  it('gives an error for 100,000 levels instead of overflowing the stack', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(parseJson(deep)).toEqual({ ok: false, message: 'the value is nested too deeply' });
  });
});

describe('extractJson', () => {
  it.each<[string, string, unknown]>([
    ['the whole text', ' {"a":1}\n', { a: 1 }],
    ['a word', '"yes"', 'yes'],
    ['a fenced block', 'Here:\n```json\n{"a":1}\n```\nDone.', { a: 1 }],
    ['a fenced block without a name, indented', '- it is\n  ```\n  [1]\n  ```', [1]],
    ['the second block, if the first is something else', '```ts\nlet a\n```\n```json\n{"a":1}\n```', { a: 1 }],
    ['a block with a fence inside a text', '```json\n{"a":"```js"}\n```', { a: '```js' }],
    ['what stands between braces', 'The answer is {"a":{"b":1}}. Good?', { a: { b: 1 } }],
    ['what stands between brackets', 'The answer is [{"a":1},{"a":2}].', [{ a: 1 }, { a: 2 }]],
    ['an object after a footnote', 'As in [2]: {"a":1}', { a: 1 }],
    ['a list after a set', 'For {x, y}: [1, 2]', [1, 2]],
  ])('finds %s', (_name, text, expected) => {
    expect(value(extractJson(text))).toEqual(expected);
  });

  it('refuses what changes prototypes, wherever it stands', () => {
    for (const text of ['{"__proto__":{}}', '```json\n{"__proto__":{}}\n```', 'so: {"__proto__":{}}']) {
      expect(extractJson(text).ok).toBe(false);
    }
  });

  it('says what is wrong with the whole text where nothing is found', () => {
    expect(extractJson('I am not sure.')).toEqual(parseJson('I am not sure.'));
    expect(extractJson('} {').ok).toBe(false);
  });

  it.each(['\n', '```', '```\n', '{', '[', '}', ' '])(
    'takes time in proportion to the text: 200,000 times %j',
    (part) => {
      const before = performance.now();
      extractJson(`\`\`\`${part.repeat(200_000)}`);
      expect(performance.now() - before).toBeLessThan(1000);
    },
  );
});
