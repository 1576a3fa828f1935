import { describe, expect, it } from '@jest/globals';
import { type AnthropicOptions, anthropic } from './index.js';

const address = 'expected an address that begins with http:// or https://, got';

describe('options', () => {
  it.each<[object, string]>([
    [{ temperature: 1 }, "unknown option 'temperature'."],
    [{ toString: 1 }, "unknown option 'toString'."],
    [{ strictTools: 1 }, 'strictTools: expected true or false, got 1.'],
    [{ maxOutputTokens: 0 }, 'maxOutputTokens: expected a whole number from 1, got 0.'],
    [{ maxOutputTokens: '9' }, "maxOutputTokens: expected a whole number from 1, got '9'."],
    [{ baseURL: 'localhost:80' }, `baseURL: ${address} 'localhost:80'.`],
    [{ baseURL: '' }, `baseURL: ${address} ''.`],
    [{ client: {}, apiKey: 'key' }, 'give either a client, or apiKey and baseURL.'],
    [{ headers: { 'X-Key': 'geheim€' } }, "headers: the value of 'X-Key' is no text of ASCII."],
  ])('%j are refused', (options, message) => {
    expect(() => anthropic('claude-haiku-4-5', options as AnthropicOptions)).toThrow(
      expect.objectContaining({ code: 'option-invalid', message: `anthropic(model, options): ${message}` }),
    );
  });

  it('need the name of a model', () => {
    expect(() => anthropic('')).toThrow("anthropic(model, options): expected the name of a model, got ''.");
  });

  it('have a key that can be sent, which is not told', () => {
    const model = "Model 'anthropic:claude-haiku-4-5'";
    expect(() => anthropic('claude-haiku-4-5', { apiKey: ' ' })).toThrow(
      expect.objectContaining({ code: 'model-auth', message: `${model} has no API key.` }),
    );
    expect(() => anthropic('claude-haiku-4-5', { apiKey: 'sk-ant-ключ' })).toThrow(
      expect.objectContaining({
        code: 'model-auth',
        message: `${model} has an API key with characters that no HTTP header can hold.`,
      }),
    );
  });
});
