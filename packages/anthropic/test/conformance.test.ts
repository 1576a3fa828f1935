import { chatModelConformance, startProviderServer } from '@espalier/testing';
import { anthropic } from '../src/index.js';

chatModelConformance({
  name: 'anthropic',
  provider: () => startProviderServer({ api: 'anthropic' }),
  create: ({ baseURL }) => anthropic('claude-haiku-4-5', { apiKey: 'sk-ant-secret', baseURL }),
  secrets: ['sk-ant-secret'],
  skip: [{ tests: /idempotency key/, reason: 'the Messages API has no such header' }],
});
