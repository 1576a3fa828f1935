import { describe, expect, it } from '@jest/globals';
import { Redactor } from './redactor.js';

describe('Redactor', () => {
  it('hides what looks like a key, what it is told, and what the environment holds', () => {
    const env = { ACME_API_KEY: 'q1w2e3r4t5y6u7i8o9', PATH: '/usr/bin/abc123def456ghi789' };
    const redactor = new Redactor(
      { secrets: ['hunter2', 'hunter2-longer', ''], redact: (text) => text.replace('Anna', 'A.') },
      env,
    );
    expect(
      redactor.text(
        'Bearer abcdefghijkl for Anna: hunter2-longer, hunter2, q1w2e3r4t5y6u7i8o9, /usr/bin/abc123def456ghi789',
      ),
    ).toBe('Bearer *** for A.: ***, ***, ***, /usr/bin/abc123def456ghi789');
  });

  it('leaves words that a variable happens to hold: a prompt may have them', () => {
    const redactor = new Redactor({}, { SORT_KEY: 'production', TOKEN_TYPE: 'a sentence of 4 words' });
    expect(redactor.text('in production, a sentence of 4 words')).toBe('in production, a sentence of 4 words');
  });

  it.each([
    'authorization',
    'Proxy-Authorization',
    'x-api-key',
    'apiKey',
    'access_token',
    'token',
    'client_secret',
    'dbPassword',
    'Set-Cookie',
    'private_key',
  ])('hides the text of a field named %s', (name) => {
    const redactor = new Redactor({}, {});
    expect(redactor.data({ a: [{ [name]: 'short', other: 'short' }] })).toEqual({
      a: [{ [name]: '***', other: 'short' }],
    });
    expect(redactor.data({ [name]: ['x', { y: 'z' }] })).toEqual({ [name]: ['***', { y: 'z' }] });
  });

  it.each(['maxTokens', 'inputTokens', 'tokens', 'key', 'primaryKey', 'secretary'])(
    'leaves a field named %s',
    (name) => {
      expect(new Redactor({}, {}).data({ [name]: 'short', number: 7, none: null })).toEqual({
        [name]: 'short',
        number: 7,
        none: null,
      });
    },
  );

  it('looks into JSON that is a text, and leaves its form where there is nothing', () => {
    const redactor = new Redactor({}, {});
    expect(redactor.text('{ "user": "a", "login": [{ "password": "my long pass" }] }')).toBe(
      '{"user":"a","login":[{"password":"***"}]}',
    );
    for (const text of ['{ "user": "a" }', '[1, 2]', '{ broken "password', '{}'])
      expect(redactor.text(text)).toBe(text);
  });

  it('finds a secret that is cut in two', () => {
    const redactor = new Redactor({ secrets: ['hunter2'] }, {});
    expect(redactor.pieces(['It is hun', 'ter2', '.'])).toEqual(['It is ***.']);
    expect(redactor.pieces(['It is', ' not'])).toEqual(['It is', ' not']);
  });

  it('does the same twice as once', () => {
    const redactor = new Redactor({ secrets: ['hunter2'] }, {});
    const text =
      'Authorization: Bearer abcdefghijkl; x-api-key=0123456789, password: hunter2 ?token=abcdef sk-0123456789abc';
    expect(redactor.text(redactor.text(text))).toBe(redactor.text(text));
  });
});
