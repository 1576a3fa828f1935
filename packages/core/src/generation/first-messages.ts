import { describeValue, EspalierError } from '../errors/espalier-error.js';
import { type Message, userText } from '../model/message.js';
import type { Prompt } from '../model/prompt.js';
import { toPlain } from '../schema/plain.js';
import { wellFormed } from './well-formed.js';

/**
 * The conversation that a prompt begins: the agent's instructions and the prompt, and nothing else. A given conversation
 * is copied: who keeps it may change it, while what is sent is on record.
 * @throws option-invalid, not-plain-data
 */
export function firstMessages(instructions: string | undefined, prompt: Prompt): Message[] {
  if (typeof prompt !== 'string' && !Array.isArray(prompt)) {
    throw new EspalierError('option-invalid', `Expected a prompt of text or messages, got ${describeValue(prompt)}.`, {
      hint: 'Write the text, or use the tag `prompt` for text with data in it.',
    });
  }
  const given = typeof prompt === 'string' ? [userText(prompt)] : wellFormed(copyOf(prompt));
  return instructions === undefined ? [...given] : [{ role: 'system', content: instructions }, ...given];
}

const copyOf = (messages: readonly Message[]): readonly Message[] =>
  toPlain(messages, { what: 'the conversation given as the prompt' }) as unknown as readonly Message[];
