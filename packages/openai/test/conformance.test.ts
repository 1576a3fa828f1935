import { chatModelConformance, startProviderServer } from '@espalier/testing';
import { beforeAll, describe, it, jest } from '@jest/globals';
import { openai, openaiCompatible } from '../src/index.js';

// What the API does not know is left out with a warning, which other tests look at.
beforeAll(() => {
  jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
});

const apiKey = 'sk-proj-conformance-secret-0123456789';
const common = { describe, it, secrets: [apiKey] };

chatModelConformance({
  ...common,
  name: 'openai (Responses)',
  provider: () => startProviderServer({ api: 'openai-responses' }),
  create: ({ baseURL }) => openai('gpt-5.5', { apiKey, baseURL }),
});

chatModelConformance({
  ...common,
  name: 'openai (Chat Completions)',
  provider: () => startProviderServer({ api: 'openai-chat' }),
  create: ({ baseURL }) => openai('gpt-5.5', { apiKey, baseURL, api: 'chat' }),
});

chatModelConformance({
  ...common,
  name: 'openaiCompatible',
  provider: () => startProviderServer({ api: 'openai-chat' }),
  create: ({ baseURL }) => openaiCompatible(baseURL, 'llama3.3', { apiKey, name: 'ollama' }),
});
