import { userText } from '@espalier/core';
import { expect, it, jest } from '@jest/globals';

it('says what to install where the SDK is missing, and does not ask again', async () => {
  jest.unstable_mockModule('@anthropic-ai/sdk', () => {
    throw Object.assign(new Error("Cannot find package '@anthropic-ai/sdk'"), { code: 'ERR_MODULE_NOT_FOUND' });
  });
  const { anthropic } = await import('../src/index.js');
  const options = { signal: new AbortController().signal, idempotencyKey: 'key' };
  const asked = anthropic('some-model', { apiKey: 'any-key' }).generate({ messages: [userText('Hello')] }, options);

  await expect(asked).rejects.toMatchObject({
    code: 'option-invalid',
    retryable: false,
    message: "Model 'anthropic:some-model' cannot be asked: Cannot find package '@anthropic-ai/sdk'",
    hint: 'Install @anthropic-ai/sdk, or give anthropic(…, { client }).',
  });
});
