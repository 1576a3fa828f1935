import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogle } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { aiSdk } from '@espalier/ai-sdk';
import { chatModelConformance, startProviderServer } from '@espalier/testing';
import { describe, it } from '@jest/globals';
import { startGeminiServer } from './gemini-server.js';

const apiKey = 'sk-conformance-1234567890';
const ownSettings = {
  tests: ["adds its own settings to the request, and no other provider's"],
  reason: "the AI SDK takes providerOptions, not fields of a provider's request",
};
const common = { secrets: [apiKey], skip: [ownSettings], describe, it };
/** The suite uses settings that not every provider has. */
const lenient = { onWarning: () => undefined };

chatModelConformance({
  ...common,
  name: "the AI SDK's OpenAI (Responses)",
  provider: () => startProviderServer({ api: 'openai-responses', apiKey }),
  create: ({ baseURL }) => aiSdk(createOpenAI({ apiKey, baseURL })('gpt-5.5'), lenient),
});

chatModelConformance({
  ...common,
  name: "the AI SDK's OpenAI (Chat Completions)",
  skip: [
    ownSettings,
    { tests: /^gives reasoning/, reason: '@ai-sdk/openai reads no reasoning of Chat Completions: OpenAI gives none' },
  ],
  provider: () => startProviderServer({ api: 'openai-chat', apiKey }),
  create: ({ baseURL }) => aiSdk(createOpenAI({ apiKey, baseURL }).chat('gpt-5.5'), lenient),
});

chatModelConformance({
  ...common,
  name: "the AI SDK's Anthropic",
  provider: () => startProviderServer({ api: 'anthropic', apiKey }),
  create: ({ url }) => aiSdk(createAnthropic({ apiKey, baseURL: `${url}/v1` })('claude-haiku-4-5'), lenient),
});

chatModelConformance({
  ...common,
  name: "the AI SDK's Google",
  skip: [
    ownSettings,
    { tests: ['tells the provider to make one call at a time'], reason: 'Gemini has no such setting: it is a warning' },
    { tests: /^tells which model answered/, reason: '@ai-sdk/google does not tell it' },
    { tests: /^tells that the model refused/, reason: 'Gemini has no word for it' },
    { tests: /^a filtered prompt/, reason: "Gemini answers with finishReason 'content-filter'" },
    { tests: /^an account without money/, reason: 'Gemini says the same of a quota that is there again in a minute' },
  ],
  provider: () => startGeminiServer(apiKey),
  create: ({ baseURL }) => aiSdk(createGoogle({ apiKey, baseURL })('gemini-3-pro-preview'), lenient),
});
