import { userText } from '@espalier/core';
import { expect, it, jest } from '@jest/globals';

it('says what to install where the SDK is missing, and does not ask again', async () => {
  jest.unstable_mockModule('openai', () => {
    throw Object.assign(new Error("Cannot find package 'openai'"), { code: 'ERR_MODULE_NOT_FOUND' });
  });
  const { openai } = await import('../src/index.js');
  const options = { signal: new AbortController().signal, idempotencyKey: 'key' };
  const asked = openai('some-model', { apiKey: 'any-key' }).generate({ messages: [userText('Hello')] }, options);

  await expect(asked).rejects.toMatchObject({
    code: 'option-invalid',
    retryable: false,
    message: "Model 'openai:some-model' cannot be asked: Cannot find package 'openai'",
    hint: 'Install openai, or give openai(…, { client }).',
  });
});
