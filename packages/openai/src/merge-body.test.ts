import { userText } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { mergeBody } from './merge-body.js';
import { setupOf } from './options.js';

const setup = setupOf('gpt-5.5', {}, false);
const merged = (body: object, own: object, name = 'openai'): unknown =>
  mergeBody(body, { messages: [userText('Q')], settings: { providers: { [name]: own as never } } }, setup);

describe('mergeBody', () => {
  it('merges objects, joins lists of tools, and replaces all else', () => {
    const body = {
      model: 'a',
      reasoning: { effort: 'low' },
      tools: [1],
      stop: ['a'],
      text: { format: { type: 'text' } },
    };
    const own = {
      model: 'b',
      reasoning: { summary: 'auto' },
      tools: [2],
      stop: ['b'],
      text: { verbosity: 'low' },
      new: 1,
    };
    expect(merged(body, own)).toEqual({
      model: 'b',
      reasoning: { effort: 'low', summary: 'auto' },
      tools: [1, 2],
      stop: ['b'],
      text: { format: { type: 'text' }, verbosity: 'low' },
      new: 1,
    });
    expect(body.reasoning).toEqual({ effort: 'low' });
  });

  it("leaves other providers' settings out", () => {
    expect(merged({ model: 'a' }, { model: 'b' }, 'acme')).toEqual({ model: 'a' });
  });

  it('changes no prototype', () => {
    const result = merged(
      { text: {} },
      JSON.parse('{"constructor":{"prototype":{"x":1}},"text":{"toString":1}}'),
    ) as object;
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect((Object.prototype as { x?: number }).x).toBeUndefined();
  });
});
