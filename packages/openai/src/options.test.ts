import { EspalierError } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { type OpenAIOptions, openai, openaiCompatible } from './index.js';
import { setupOf } from './options.js';

describe('options', () => {
  it.each<[object, string]>([
    [{ temperature: 1 }, "openai(model, options): unknown option 'temperature'."],
    [{ toString: 1 }, "openai(model, options): unknown option 'toString'."],
    [{ api: 'completions' }, "openai(model, options): api: expected 'responses' or 'chat', got 'completions'."],
    [{ strict: 1 }, 'openai(model, options): strict: expected true or false, got 1.'],
    [
      { structuredOutput: 'yes' },
      "openai(model, options): structuredOutput: expected 'json-schema', 'json-object' or 'instructions', got 'yes'.",
    ],
  ])('%j are refused', (options, message) => {
    expect(() => openai('gpt-5.5', options as OpenAIOptions)).toThrow(
      expect.objectContaining({ code: 'option-invalid', message }),
    );
  });

  it.each([
    ['localhost:11434', "baseURL: expected an address that begins with http:// or https://, got 'localhost:11434'."],
    ['', "baseURL: expected an address that begins with http:// or https://, got ''."],
  ])('need an address that can be asked: %j', (baseURL, message) => {
    expect(() => openaiCompatible(baseURL, 'llama')).toThrow(message);
  });

  it('have headers that can be sent, and do not tell what is in them', () => {
    const headers = { 'X-Key': 'geheim€' };
    expect(() => openai('gpt-5.5', { headers })).toThrow("headers: the value of 'X-Key' is no text of ASCII.");
  });

  it('have a key that can be sent, which is not told', () => {
    const model = "Model 'openai:gpt-5.5'";
    expect(() => openai('gpt-5.5', { apiKey: ' ' })).toThrow(
      expect.objectContaining({ code: 'model-auth', message: `${model} has no API key.` }),
    );
    const message = 'has an API key with characters that no HTTP header can hold.';
    expect(() => openai('gpt-5.5', { apiKey: 'sk-ключ' })).toThrow(
      expect.objectContaining({ code: 'model-auth', message: `${model} ${message}` }),
    );
    expect(() => openaiCompatible('http://localhost', 'llama', { apiKey: 'ключ' })).toThrow(message);
    expect(openaiCompatible('http://localhost', 'llama', { apiKey: '' }).name).toBe('openai-compatible:llama');
  });

  it('need the name of a model', () => {
    expect(() => openai('')).toThrow("openai(model, options): expected the name of a model, got ''.");
    expect(() => openaiCompatible('http://localhost', undefined as never)).toThrow(EspalierError);
  });

  it('name the model, and the provider after its server', () => {
    expect(openai('gpt-5.5').name).toBe('openai:gpt-5.5');
    expect(openaiCompatible('http://localhost', 'llama').name).toBe('openai-compatible:llama');
    expect(openaiCompatible('http://localhost', 'llama', { name: 'ollama' }).name).toBe('ollama:llama');
  });

  it('of compatible servers begin with less', () => {
    const { api, strict, maxTokensField, compatible } = setupOf('llama', {}, true);
    expect({ api, strict, maxTokensField, compatible }).toEqual({
      api: 'chat',
      strict: false,
      maxTokensField: 'max_tokens',
      compatible: true,
    });
  });
});
