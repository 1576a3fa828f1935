import { describeValue, EspalierError } from '../errors/espalier-error.js';
import { type Message, userText } from '../model/message.js';
import type { Prompt } from '../model/prompt.js';
import { readMessages } from './read-messages.js';

/**
 * The messages that a prompt stands for.
 * @throws option-invalid, not-plain-data
 */
export function promptMessages(prompt: Prompt): Message[] {
  if (typeof prompt === 'string') return [userText(prompt)];
  if (Array.isArray(prompt)) return [...readMessages(prompt, { what }, wrongMessage)];
  throw new EspalierError('option-invalid', `Expected a prompt of text or messages, got ${describeValue(prompt)}.`, {
    hint: 'Write the text, or use the tag `prompt` for text with data in it.',
  });
}

const what = 'the conversation given as the prompt';

const wrongMessage = (problem: string): EspalierError =>
  new EspalierError('option-invalid', `The conversation given as the prompt: ${problem}.`, {
    hint: "Write [userText('…'), …], or messages as the model has given them.",
  });
