import assert from 'node:assert/strict';
import { type ChatChunk, type ChatResponse, type ToolCallPart, textOf, toolCallsOf } from '@espalier/core';
import { checkPlain, checkResponse } from './check-response.js';

/**
 * What holds for every stream: its deltas make up the response that ends it.
 * @param structured whether JSON was asked for: then its deltas may have the shape that the provider was asked for, and
 *   the response the one that the user asked for
 */
export function checkChunks(chunks: readonly ChatChunk[], structured = false): ChatResponse {
  const last = chunks.at(-1);
  assert.ok(last?.type === 'response', `A stream ends with its response, got ${JSON.stringify(last)}.`);
  const ends = chunks.filter((chunk) => chunk.type === 'response');
  assert.equal(ends.length, 1, 'A stream has one response, at its end.');
  const { response } = last;
  checkResponse(response);
  checkPlain(chunks, 'the chunks of a stream');
  const reasoning = response.message.content.flatMap((part) => (part.type === 'reasoning' ? [part.text] : []));
  const text = joined(chunks, 'text-delta');
  if (!(structured && isJson(text) && isJson(textOf(response.message))))
    assert.equal(text, textOf(response.message), 'Text deltas join to the text.');
  assert.equal(joined(chunks, 'reasoning-delta'), reasoning.join(''), 'Reasoning deltas join to the reasoning.');
  checkCalls(chunks, toolCallsOf(response.message));
  return response;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function joined(chunks: readonly ChatChunk[], type: 'text-delta' | 'reasoning-delta'): string {
  let text = '';
  for (const chunk of chunks) if (chunk.type === type) text += chunk.text;
  return text;
}

function checkCalls(chunks: readonly ChatChunk[], calls: readonly ToolCallPart[]): void {
  const streamed = new Map<string, { tool: string; arguments: string }>();
  for (const chunk of chunks) {
    if (chunk.type !== 'tool-call-delta') continue;
    const call = streamed.get(chunk.id) ?? { tool: chunk.tool, arguments: '' };
    assert.equal(chunk.tool, call.tool, 'Each delta of a call names the same tool.');
    streamed.set(chunk.id, { tool: call.tool, arguments: call.arguments + chunk.arguments });
  }
  assert.deepEqual(
    [...streamed.keys()],
    calls.map(({ id }) => id),
    'Calls are streamed in the order of the response.',
  );
  for (const { id, tool, arguments: text } of calls) {
    const call = streamed.get(id);
    assert.equal(call?.tool, tool, 'The deltas of a call name its tool.');
    if (call?.arguments !== text)
      assert.deepEqual(readable(call?.arguments ?? ''), readable(text), 'Deltas join to the arguments.');
  }
}

/** Restoring the shape of a lowered schema may write arguments anew: what they say stays. No arguments are `{}`. */
function readable(text: string): unknown {
  if (text === '') return {};
  try {
    return withoutNulls(JSON.parse(text));
  } catch {
    return text;
  }
}

function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== null)
      .map(([key, part]) => [key, withoutNulls(part)]),
  );
}
