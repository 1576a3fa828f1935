import { describeValue, EspalierError } from '../errors/espalier-error.js';
import { type Message, userText } from '../model/message.js';
import type { Prompt } from '../model/prompt.js';
import { toPlain } from '../schema/plain.js';
import { wellFormed } from './well-formed.js';

/**
 * The messages that a prompt stands for. A given conversation is copied: who keeps it may change it, while what is sent is
 * on record.
 * @throws option-invalid, not-plain-data
 */
export function promptMessages(prompt: Prompt): Message[] {
  if (typeof prompt === 'string') return [userText(prompt)];
  if (Array.isArray(prompt)) return [...wellFormed(copyOf(prompt))];
  throw new EspalierError('option-invalid', `Expected a prompt of text or messages, got ${describeValue(prompt)}.`, {
    hint: 'Write the text, or use the tag `prompt` for text with data in it.',
  });
}

const copyOf = (messages: readonly Message[]): readonly Message[] =>
  toPlain(messages, { what: 'the conversation given as the prompt' }) as unknown as readonly Message[];
