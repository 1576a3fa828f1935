import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { ChatResponse } from '@espalier/core';

const finishReasons: ReadonlySet<unknown> = new Set([
  'stop',
  'tool-calls',
  'length',
  'content-filter',
  'refusal',
  'other',
]);
const fields: Readonly<Record<string, readonly string[]>> = {
  text: ['text'],
  reasoning: ['text'],
  'tool-call': ['id', 'tool', 'arguments'],
};

/** What holds for every answer. */
export function checkResponse(response: ChatResponse): void {
  checkPlain(response, 'the response');
  const { message, finishReason, usage, model, requestId } = response;
  assert.equal(message.role, 'assistant', 'The message of a response is of the assistant.');
  for (const part of message.content) {
    const texts = fields[part.type];
    assert.ok(texts, `Unknown type of part: ${JSON.stringify(part)}.`);
    for (const field of texts) {
      const value = (part as unknown as Record<string, unknown>)[field];
      assert.equal(
        typeof value,
        'string',
        `'${field}' of a ${part.type} part must be a text, got ${JSON.stringify(part)}.`,
      );
    }
  }
  const ids = message.content.flatMap((part) => (part.type === 'tool-call' ? [part.id] : []));
  assert.ok(!ids.includes(''), 'A tool call needs an id.');
  assert.equal(new Set(ids).size, ids.length, `Ids of tool calls must differ: ${ids.join(', ')}.`);
  assert.ok(finishReasons.has(finishReason), `Unknown finish reason: ${JSON.stringify(finishReason)}.`);
  assert.ok(typeof model === 'string' && model !== '', 'response.model is the name that the provider gives.');
  assert.ok(requestId === undefined || (typeof requestId === 'string' && requestId !== ''), 'requestId is a text.');
  checkUsage(usage);
}

function checkUsage(usage: ChatResponse['usage']): void {
  const { cost, inputTokens, outputTokens, cachedInputTokens = 0, cacheWriteTokens = 0, reasoningTokens = 0 } = usage;
  const counts = { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens };
  for (const [name, count] of Object.entries(counts))
    assert.ok(Number.isInteger(count) && count >= 0, `usage.${name} must be a whole number ≥ 0, got ${count}.`);
  assert.ok(
    cachedInputTokens + cacheWriteTokens <= inputTokens,
    'usage.inputTokens includes cached tokens and those written into the cache.',
  );
  assert.ok(reasoningTokens <= outputTokens, 'usage.outputTokens includes the tokens of reasoning.');
  assert.ok(
    cost === undefined || (Number.isFinite(cost) && cost >= 0),
    `usage.cost must be a number ≥ 0, got ${cost}.`,
  );
}

/** Plain data comes back from JSON as it was: no classes, no undefined, no functions. */
export function checkPlain(value: unknown, where: string): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  const isObject = typeof value === 'object' && (Array.isArray(value) || isRecord(value));
  assert.ok(isObject, `Plain data is wanted, but ${where} is ${inspect(value, { depth: 1 })}.`);
  for (const [key, part] of Object.entries(value as object)) checkPlain(part, `${where}.${key}`);
}

/** An object literal, also one of another realm, such as what `Response.json()` gives under a test runner. */
function isRecord(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
