import { describeValue } from '../errors/espalier-error.js';
import type { Message } from '../model/message.js';
import { toPlain } from '../schema/plain.js';
import { wellFormed } from './well-formed.js';

/**
 * A conversation from code of the user's, copied, for who keeps it may change it, and well-formed.
 * @param refuse makes the error of what is wrong with it
 * @throws not-plain-data
 */
export function readMessages(
  messages: readonly unknown[],
  what: { readonly node?: string; readonly what: string },
  refuse: (problem: string) => Error,
): readonly Message[] {
  const copy = toPlain(messages, what) as unknown as readonly Message[];
  copy.forEach((message, index) => {
    const problem = problemOf(message, index + 1);
    if (problem !== undefined) throw refuse(problem);
  });
  return wellFormed(copy);
}

/** Which roles have text for content; the others have parts. */
const hasText: ReadonlyMap<unknown, boolean> = new Map([
  ['system', true],
  ['tool', true],
  ['user', false],
  ['assistant', false],
]);

function problemOf(message: unknown, place: number): string | undefined {
  if (typeof message !== 'object' || message === null) {
    return `expected a message in place ${place}, got ${describeValue(message)}`;
  }
  const { role, content } = message as { readonly role?: unknown; readonly content?: unknown };
  const text = hasText.get(role);
  if (text === undefined) return `expected a message in place ${place}, got role ${describeValue(role)}`;
  if (text ? typeof content === 'string' : Array.isArray(content)) return undefined;
  const expected = text ? 'text' : 'a list of parts';
  return `expected the content of message ${place} ('${role as string}') to be ${expected}, got ${describeValue(content)}`;
}
