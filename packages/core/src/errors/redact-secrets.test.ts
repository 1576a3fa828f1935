import { describe, expect, it } from '@jest/globals';
import { EspalierError, serializeError } from './espalier-error.js';
import { redactSecrets } from './redact-secrets.js';

describe('an error that is kept', () => {
  it('has no key in its message, nor in that of its causes', () => {
    const cause = new Error('sent Bearer abcdefghijkl');
    const kept = serializeError(new EspalierError('model-failed', 'password=hunter22', { cause }));
    expect(kept).toMatchObject({ message: 'password=***', cause: { message: 'sent Bearer ***' } });
  });
});

describe('redactSecrets', () => {
  it.each([
    ['Authorization: Bearer abc.def-123456', 'Authorization: ***'],
    ['{"x-api-key": "0123456789", "a": 1}', '{"x-api-key": "***", "a": 1}'],
    ['x-api-key=0123456789&page=2', 'x-api-key=***&page=2'],
    ['sent Bearer eyJhbGciOi.J9.abc', 'sent Bearer ***'],
    ['GET https://host/v1?key=AIzaSy000&x=1', 'GET https://host/v1?key=***&x=1'],
    ['postgres://user:secret@host/db', 'postgres://***@host/db'],
    ['key sk-ant-api03-abcdefghijkl failed', 'key sk-*** failed'],
    ['ghp_0123456789abcdefghij', '***'],
    ['xoxb-0123456789-abc', '***'],
    ['AKIA0123456789ABCDEF', '***'],
    ['ya29.a0AfH6SMBx0123456789', '***'],
    ['groq gsk_0123456789abcdefghij', 'groq ***'],
    ['stripe sk_live_0123456789abcdefghij', 'stripe ***'],
    ['jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl', 'jwt ***'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIEow==\n-----END RSA PRIVATE KEY----- end', '*** end'],
  ])('hides the key in %s', (text, redacted) => {
    expect(redactSecrets(text)).toBe(redacted);
  });

  it.each([
    'The token budget of node a is 20000 tokens: 5 spent.',
    "Model 'openai:gpt' failed: fetch failed",
    'The API key is missing. Set OPENAI_API_KEY.',
    'See https://host/docs?page=2 and mail me@host.org',
    'basic idea: a bearer of news',
  ])('leaves %s', (text) => {
    expect(redactSecrets(text)).toBe(text);
  });

  it('takes time in proportion to the text', () => {
    const texts = ['a://', 'Bearer ', 'api_key: ', '?key=', 'sk-', ' \n', 'eyJ', '-----BEGIN PRIVATE KEY-----'].map(
      (part) => part.repeat(40_000),
    );
    const start = performance.now();
    for (const text of texts) redactSecrets(text);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
