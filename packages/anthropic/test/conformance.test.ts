import { chatModelConformance, startProviderServer } from '@espalier/testing';
import { beforeAll, jest } from '@jest/globals';
import { anthropic } from '../src/index.js';

// What the API does not know is left out with a warning, which other tests look at.
beforeAll(() => {
  jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
});

chatModelConformance({
  name: 'anthropic',
  provider: () => startProviderServer({ api: 'anthropic' }),
  create: ({ baseURL }) => anthropic('claude-haiku-4-5', { apiKey: 'sk-ant-secret', baseURL }),
  secrets: ['sk-ant-secret'],
  skip: [{ tests: /idempotency key/, reason: 'the Messages API has no such header' }],
});
