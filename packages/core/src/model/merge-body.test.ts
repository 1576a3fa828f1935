import { describe, expect, it } from '@jest/globals';
import { mergeBody } from './merge-body.js';
import { userText } from './message.js';

const merged = (body: object, own: object, name = 'openai'): unknown =>
  mergeBody(body, { messages: [userText('Q')], settings: { providers: { [name]: own as never } } }, 'openai', [
    'tools',
    'include',
  ]);

describe('mergeBody', () => {
  it('merges objects, joins lists of tools, and replaces all else', () => {
    const body = {
      model: 'a',
      reasoning: { effort: 'low' },
      tools: [1],
      include: ['x'],
      stop: ['a'],
      text: { format: { type: 'text' } },
    };
    const own = {
      model: 'b',
      reasoning: { summary: 'auto' },
      tools: [2],
      include: ['y'],
      stop: ['b'],
      text: { verbosity: 'low' },
      new: 1,
    };
    expect(merged(body, own)).toEqual({
      model: 'b',
      reasoning: { effort: 'low', summary: 'auto' },
      tools: [1, 2],
      include: ['x', 'y'],
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
