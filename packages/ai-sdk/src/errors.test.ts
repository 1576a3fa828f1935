import {
  APICallError,
  InvalidPromptError,
  JSONParseError,
  LoadAPIKeyError,
  NoContentGeneratedError,
  UnsupportedFunctionalityError,
} from '@ai-sdk/provider';
import { EspalierError } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { requestIdOf, toModelError } from './errors.js';

const apiError = (more: Partial<ConstructorParameters<typeof APICallError>[0]>) =>
  new APICallError({
    message: 'Oops',
    url: 'https://api.example/v1?key=secret-key',
    requestBodyValues: { secret: 'secret-prompt' },
    ...more,
  });

describe('errors of the AI SDK', () => {
  it('keep nothing of the request', () => {
    const error = toModelError(
      apiError({ statusCode: 500, responseHeaders: { 'set-cookie': 'secret-cookie' } }),
      'acme:large',
    );
    expect(error).toMatchObject({
      code: 'model-overloaded',
      message: "Model 'acme:large': Oops (HTTP 500)",
      details: { status: 500 },
    });
    expect(error.cause).toMatchObject({ name: 'AI_APICallError', message: 'Oops' });
    expect(Object.keys(error.cause as object)).toEqual(['name']);
    expect(JSON.stringify([error, error.cause])).not.toContain('secret');
  });

  it.each<[unknown, string, boolean]>([
    [new LoadAPIKeyError({ message: 'no key' }), 'model-auth', false],
    [new UnsupportedFunctionalityError({ functionality: 'video' }), 'model-request-invalid', false],
    [new InvalidPromptError({ prompt: '', message: 'wrong' }), 'model-request-invalid', false],
    [new JSONParseError({ text: '{', cause: new Error('x') }), 'model-response-malformed', true],
    [new NoContentGeneratedError(), 'model-response-malformed', true],
    [new Error('odd'), 'model-failed', true],
    [new TypeError('fetch failed'), 'model-connection', true],
    ['odd', 'model-failed', true],
    [undefined, 'model-failed', true],
    [
      Object.assign(new Error('x'), { cause: Object.assign(new Error('y'), { code: 'ECONNRESET' }) }),
      'model-connection',
      true,
    ],
    [Object.assign(new Error('x'), { code: 'UND_ERR_BODY_TIMEOUT' }), 'model-timeout', true],
    [apiError({ isRetryable: true }), 'model-connection', true],
    [apiError({ cause: Object.assign(new Error('y'), { code: 'UND_ERR_HEADERS_TIMEOUT' }) }), 'model-timeout', true],
    [apiError({ statusCode: 200, cause: new Error('not valid') }), 'model-response-malformed', true],
    [
      apiError({
        statusCode: 400,
        responseBody: '[{"error":{"code":400,"message":"x","status":"FAILED_PRECONDITION"}}]',
      }),
      'model-request-invalid',
      false,
    ],
    [
      apiError({ statusCode: 400, data: { error: { code: 'content_filter', message: 'x' } } }),
      'model-content-filter',
      false,
    ],
    [
      apiError({ statusCode: 400, message: "This model's maximum context length is 8192 tokens." }),
      'model-context-length',
      false,
    ],
    [{ type: 'overloaded_error', message: 'x' }, 'model-overloaded', true],
    [{ code: 503, status: 'SOMETHING', message: 'x' }, 'model-overloaded', true],
    [{ message: 'x', statusCode: 401 }, 'model-auth', false],
    [{ error: { type: 'invalid_request_error', message: 'x' } }, 'model-request-invalid', false],
  ])('mean one of our codes: %#', (error, code, retryable) => {
    expect(toModelError(error, 'acme:large')).toMatchObject({ code, retryable });
  });

  it('are shortened, and never without a message', () => {
    expect(toModelError(new Error('x'.repeat(5_000)), 'acme:large').message).toBe(
      `Model 'acme:large': ${'x'.repeat(500)}…`,
    );
    expect(toModelError(apiError({ statusCode: 502, message: '' }), 'acme:large').message).toBe(
      "Model 'acme:large': no message (HTTP 502)",
    );
    expect(toModelError({}, 'acme:large').message).toBe("Model 'acme:large': the provider failed without a message");
  });

  it('that are ours pass', () => {
    const ours = new EspalierError('model-refused', 'no');
    expect(toModelError(ours, 'acme:large')).toBe(ours);
  });

  it('have a request id under several names', () => {
    expect(requestIdOf({ 'x-amzn-requestid': 'a', 'cf-ray': 'b' })).toBe('a');
    expect(requestIdOf({ 'cf-ray': 'b' })).toBeUndefined();
    expect(requestIdOf(undefined)).toBeUndefined();
  });
});
