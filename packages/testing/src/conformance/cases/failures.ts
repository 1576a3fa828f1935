import assert from 'node:assert/strict';
import type { ErrorCode } from '@espalier/core';
import type { ProviderFault, ProviderReply } from '../../server/turn.js';
import {
  type CaseContext,
  type ConformanceCase,
  type ConformanceGroup,
  type Mode,
  scripted,
} from '../conformance-case.js';
import { question } from '../requests.js';
import { within } from '../within.js';

interface Expected {
  readonly codes: readonly ErrorCode[];
  readonly retryable: boolean;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** One call, one request, one error. */
async function failsOnce({ provider, fail }: CaseContext, reply: ProviderReply, expected: Expected): Promise<void> {
  provider.reply(reply);
  const { code, retryable, details, message } = await fail(question('secret question'));

  assert.ok(
    expected.codes.includes(code as ErrorCode),
    `Expected ${expected.codes.join(' or ')}, got ${code}: ${message}`,
  );
  assert.equal(retryable, expected.retryable, `Whether ${code} is retryable: ${message}`);
  for (const [key, value] of Object.entries(expected.details ?? {}))
    assert.deepEqual(details[key], value, `details.${key}`);
  assert.equal(provider.requests.length, 1, 'A model makes one attempt: retries are the runtime’s.');
}

const failure = (name: string, reply: ProviderReply, expected: Expected, modes?: readonly Mode[]): ConformanceCase =>
  scripted(name, (context) => failsOnce(context, reply, expected), modes);

const statuses: readonly (readonly [status: number, code: ErrorCode, retryable: boolean])[] = [
  [400, 'model-request-invalid', false],
  [401, 'model-auth', false],
  [403, 'model-auth', false],
  [404, 'model-request-invalid', false],
  [408, 'model-timeout', true],
  [413, 'model-context-length', false],
  [429, 'model-rate-limited', true],
  [500, 'model-overloaded', true],
  [503, 'model-overloaded', true],
  [504, 'model-timeout', true],
  [529, 'model-overloaded', true],
];

const deltas = ['one ', 'two ', 'three ', 'four'];
const broken = (fault: ProviderFault): ProviderReply => ({ deltas, fault });
const lost: Expected = { codes: ['model-connection', 'model-response-malformed'], retryable: true };
const malformed: Expected = { codes: ['model-response-malformed'], retryable: true };
const overloaded: Expected = { codes: ['model-overloaded'], retryable: true };

export const failures: ConformanceGroup = {
  name: 'failures',
  cases: [
    ...statuses.map(([status, code, retryable]) =>
      failure(`HTTP ${status} is ${code}`, { status }, { codes: [code], retryable, details: { status } }),
    ),
    failure(
      'a rate limit says how long to wait',
      { status: 429, headers: { 'retry-after': '2' } },
      { codes: ['model-rate-limited'], retryable: true, details: { status: 429, retryAfter: 2000 } },
    ),
    failure(
      "a proxy's page of HTML is model-overloaded",
      { status: 502, body: '<html>Bad gateway</html>' },
      overloaded,
    ),
    failure(
      'a prompt that is too long is model-context-length',
      { reason: 'context-length' },
      { codes: ['model-context-length'], retryable: false },
    ),
    failure(
      'a filtered prompt is model-content-filter',
      { reason: 'content-filter' },
      { codes: ['model-content-filter'], retryable: false },
    ),
    failure(
      'an account without money is not asked again',
      { reason: 'quota' },
      { codes: ['model-rate-limited', 'model-auth', 'model-request-invalid'], retryable: false },
    ),
    failure('a connection cut before the answer is model-connection', broken({ type: 'disconnect' }), {
      codes: ['model-connection'],
      retryable: true,
    }),
    failure(
      'a connection cut in the middle of the answer is no answer',
      broken({ type: 'disconnect', after: 2 }),
      lost,
    ),
    failure('half an answer is no answer', broken({ type: 'truncate', after: 2 }), lost),
    failure('a stream that lacks only its last event is no answer', broken({ type: 'truncate' }), lost, ['stream']),
    failure('garbage is model-response-malformed', broken({ type: 'garbage', after: 2 }), malformed),
    failure(
      'an error in the middle of the stream is model-overloaded',
      broken({ type: 'error-event', after: 2 }),
      overloaded,
    ),
    scripted('a provider that is not there is model-connection', async ({ provider, fail }) => {
      await provider.close();
      const { code, retryable } = await fail(question());

      assert.deepEqual([code, retryable], ['model-connection', true]);
    }),
    scripted('a failure leaves the model as it was', async ({ provider, fail, ask, patience }) => {
      provider.reply({ status: 500 }, broken({ type: 'disconnect' }), { text: 'Yes.' });
      await fail(question());
      await fail(question());
      await within(patience, 'the answer after two failures', ask(question()));

      assert.equal(provider.requests.length, 3);
    }),
  ],
};
