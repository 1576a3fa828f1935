import { describe, expect, it } from '@jest/globals';
import { type HttpFailure, httpModelError } from './http-model-error.js';

const failure = (more: Partial<HttpFailure>) => httpModelError({ model: 'acme:large', message: 'No.', ...more });

const headers =
  (values: Record<string, string>) =>
  (name: string): string | undefined =>
    values[name];

describe('the HTTP failure of a provider', () => {
  it.each([
    [undefined, 'model-connection', true],
    [400, 'model-request-invalid', false],
    [401, 'model-auth', false],
    [403, 'model-auth', false],
    [404, 'model-request-invalid', false],
    [408, 'model-timeout', true],
    [409, 'model-overloaded', true],
    [413, 'model-context-length', false],
    [422, 'model-request-invalid', false],
    [429, 'model-rate-limited', true],
    [500, 'model-overloaded', true],
    [503, 'model-overloaded', true],
    [504, 'model-timeout', true],
    [529, 'model-overloaded', true],
    [200, 'model-response-malformed', true],
  ])('of status %s is %s', (status, code, retryable) => {
    expect(failure({ status })).toMatchObject({ code, retryable });
  });

  it('says which model, what it said, and what its support asks for', () => {
    const error = failure({ status: 429, message: 'Slow down.', requestId: 'req_1' });
    expect(error.message).toBe("Model 'acme:large': Slow down. (HTTP 429, request req_1)");
    expect(error.details).toEqual({ status: 429, requestId: 'req_1' });
    expect(failure({}).message).toBe("Model 'acme:large': No.");
  });

  it.each([
    [{ 'retry-after': '2' }, 2000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after-ms': '120', 'retry-after': '2' }, 120],
    [{ 'retry-after': 'Tue, 24 Nov 2026 10:00:30 GMT', date: 'Tue, 24 Nov 2026 10:00:00 GMT' }, 30_000],
    [{ 'retry-after': 'Tue, 24 Nov 2026 09:00:00 GMT', date: 'Tue, 24 Nov 2026 10:00:00 GMT' }, 0],
    [{ 'retry-after': 'Tue, 24 Nov 2026 10:00:30 GMT' }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': ' ' }, undefined],
    [{}, undefined],
  ] as [Record<string, string>, number | undefined][])('reads how long to wait from %j', (values, retryAfter) => {
    const { details } = failure({ status: 429, header: headers(values) });
    expect((details as { retryAfter?: number }).retryAfter).toBe(retryAfter);
  });

  it('tells the title of a page, and the beginning of a long text: neither is meant for a log', () => {
    const page = '502 <!DOCTYPE html><html><head><title> 502 Bad Gateway </title></head><body>nginx</body></html>';
    expect(failure({ status: 502, message: page }).message).toBe(
      "Model 'acme:large': A page of HTML came back: 502 Bad Gateway. (HTTP 502)",
    );
    expect(failure({ message: '<html>nginx</html>' }).message).toBe("Model 'acme:large': A page of HTML came back.");
    expect(failure({ message: 'no '.repeat(9_999) }).message).toBe(`Model 'acme:large': ${'no '.repeat(166)}no…`);
  });

  it('does not say the status twice', () => {
    expect(failure({ status: 404, message: '404 No such model.' }).message).toBe(
      "Model 'acme:large': No such model. (HTTP 404)",
    );
  });

  it('lets the adapter know better', () => {
    const cause = new Error('below');
    expect(failure({ status: 400, code: 'model-context-length', cause })).toMatchObject({
      code: 'model-context-length',
      cause,
    });
    expect(failure({ status: 429, retryable: false }).retryable).toBe(false);
  });
});
