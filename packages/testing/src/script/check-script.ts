import { types } from 'node:util';
import { EspalierError } from '@espalier/core';
import { isFault } from '../faults/fault.js';
import type { ScriptedAnswer } from './answer.js';
import type { RequestPattern } from './request-matcher.js';

const answerFields: readonly string[] = [
  'text',
  'deltas',
  'data',
  'reasoning',
  'calls',
  'finishReason',
  'usage',
] satisfies (keyof ScriptedAnswer)[];

const patternFields: readonly string[] = [
  'instructions',
  'user',
  'toolResult',
  'tools',
  'output',
] satisfies (keyof RequestPattern)[];

/**
 * A slip of the pen in a turn would be an empty answer, and one in a matcher would fit every request.
 * @throws option-invalid
 */
export function checkTurn(turn: unknown, where: string): void {
  if (typeof turn === 'string' || typeof turn === 'function' || types.isNativeError(turn)) return;
  if (!isPlain(turn)) {
    throw invalid(where, `expected a text, an answer, an error, a fault or a function, got ${written(turn)}`);
  }
  if (!isFault(turn)) checkFields(turn, answerFields, where);
}

/** @throws option-invalid */
export function checkMatcher(matcher: unknown): void {
  const where = 'when(matcher, …)';
  if (typeof matcher === 'string' || typeof matcher === 'function' || types.isRegExp(matcher)) return;
  if (!isPlain(matcher)) {
    throw invalid(where, `expected a text, a pattern, parts of a request or a function, got ${written(matcher)}`);
  }
  checkFields(matcher, patternFields, where);
}

function checkFields(given: object, known: readonly string[], where: string): void {
  const unknown = Object.keys(given).find((field) => !known.includes(field));
  if (unknown !== undefined) throw invalid(where, `unknown field '${unknown}'; known are ${known.join(', ')}`);
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const written = (value: unknown): string => (Array.isArray(value) ? 'an array' : String(value));

const invalid = (where: string, what: string): EspalierError =>
  new EspalierError('option-invalid', `${where}: ${what}.`);
