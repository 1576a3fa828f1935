import type { ChatRequest, Message } from '@espalier/core';
import { matchesText, shortened, type TextMatcher, writtenText } from './text-matcher.js';

/** What a request must have; what is left out may be anything. */
export interface RequestPattern {
  /** The agent's instructions. */
  readonly instructions?: TextMatcher;
  /** The newest user message. */
  readonly user?: TextMatcher;
  /** One of the tool results that the model has not answered yet. */
  readonly toolResult?: TextMatcher;
  /** Tools that are offered, all of them. */
  readonly tools?: string | readonly string[];
  /** Name of the shape that the answer must have. */
  readonly output?: TextMatcher;
}

/**
 * Which requests are meant: a text or pattern in the instructions or the newest user message, the parts of a
 * {@link RequestPattern}, or a function.
 */
export type RequestMatcher = TextMatcher | RequestPattern | ((request: ChatRequest) => boolean);

/** Parts of a request as texts. */
export const instructionsOf = ({ messages }: ChatRequest): string =>
  messages.flatMap((message) => (message.role === 'system' ? [message.content] : [])).join('\n');

function newestUserText({ messages }: ChatRequest): string {
  const message = messages.findLast(({ role }) => role === 'user');
  return message === undefined ? '' : plainText(message);
}

/** Results that came after the model's last words. */
export function newestToolResults({ messages }: ChatRequest): readonly string[] {
  const since = messages.findLastIndex(({ role }) => role === 'assistant');
  return messages.slice(since + 1).flatMap((message) => (message.role === 'tool' ? [message.content] : []));
}

/** A message's text, with a word for what is none. */
export function plainText(message: Message): string {
  if (typeof message.content === 'string') return message.content;
  return message.content
    .map((part) => {
      if (part.type === 'tool-call') return `calls ${part.tool}(${part.arguments})`;
      if (part.type === 'file') return `[${part.mediaType}${part.name === undefined ? '' : ` ${part.name}`}]`;
      return part.type === 'reasoning' ? `(thinks: ${part.text})` : part.text;
    })
    .join(' ');
}

/** Why a request is not one of those that are meant; nothing where it is. */
export function mismatches(matcher: RequestMatcher, request: ChatRequest): readonly string[] {
  if (typeof matcher === 'function') return predicateMismatches(matcher, request);
  if (typeof matcher === 'string' || matcher instanceof RegExp) {
    const texts = [instructionsOf(request), newestUserText(request)];
    if (texts.some((text) => matchesText(matcher, text))) return [];
    return [`neither the instructions nor the newest user message has ${writtenText(matcher)}`];
  }
  return patternMismatches(matcher, request);
}

function predicateMismatches(matcher: (request: ChatRequest) => boolean, request: ChatRequest): readonly string[] {
  try {
    return matcher(request) ? [] : ['the function gave false'];
  } catch (error) {
    return [`the function threw: ${(error as Error | undefined)?.message ?? String(error)}`];
  }
}

function patternMismatches(
  { instructions, user, toolResult, tools = [], output }: RequestPattern,
  request: ChatRequest,
): readonly string[] {
  const found: string[] = [];
  const expect = (what: string, matcher: TextMatcher | undefined, texts: readonly string[]): void => {
    if (matcher === undefined || texts.some((text) => matchesText(matcher, text))) return;
    const got = texts.length === 0 ? 'there is none' : texts.map((text) => `got "${shortened(text)}"`).join(', ');
    found.push(`${what}: expected ${writtenText(matcher)}, ${got}`);
  };
  expect('instructions', instructions, [instructionsOf(request)]);
  expect('user', user, [newestUserText(request)]);
  expect('toolResult', toolResult, newestToolResults(request));
  expect('output', output, request.output === undefined ? [] : [request.output.name]);
  const offered = (request.tools ?? []).map(({ name }) => name);
  const missing = [tools].flat().filter((name) => !offered.includes(name));
  if (missing.length > 0) found.push(`tools: expected ${missing.join(', ')}, offered: ${offered.join(', ') || 'none'}`);
  return found;
}

/** A matcher as people read it. */
export function writtenMatcher(matcher: RequestMatcher): string {
  if (typeof matcher === 'function') return matcher.name === '' ? 'a function' : `${matcher.name}()`;
  if (typeof matcher === 'string' || matcher instanceof RegExp) return writtenText(matcher);
  const parts = Object.entries(matcher).map(([part, value]) => `${part}: ${writtenPart(value)}`);
  return `{ ${parts.join(', ')} }`;
}

const writtenPart = (value: unknown): string => (value instanceof RegExp ? String(value) : JSON.stringify(value));
