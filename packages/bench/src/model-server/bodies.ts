import { answerAt, deltaText, modelName, stepsAtOnce, toolName } from '../work/journey.js';

/** What the server says, in the words of the Chat Completions API. Texts are made once; only a number goes in between. */

type Spliced = (position: number, turn: number) => string;

const created = 1_790_000_000;
const details = { cached_tokens: 0, reasoning_tokens: 0 };
const usage = {
  prompt_tokens: 212,
  completion_tokens: 24,
  total_tokens: 236,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: details,
};
const positionMark = 777_777_777;
const turnMark = 888_888_888;

/** The text with both numbers in their places. */
function spliced(text: string): Spliced {
  const parts = text.split(new RegExp(`(${positionMark}|${turnMark})`));
  return (position, turn) => {
    let whole = '';
    for (const part of parts) whole += part === `${positionMark}` ? position : part === `${turnMark}` ? turn : part;
    return whole;
  };
}

const toolCall = {
  id: `call_${turnMark}`,
  type: 'function',
  function: {
    name: toolName,
    arguments: JSON.stringify({ position: positionMark, steps: stepsAtOnce, reason: 'There is still some way to go.' }),
  },
};

const completion = (message: object, finish_reason: string): Spliced =>
  spliced(
    JSON.stringify({
      id: `chatcmpl-${turnMark}`,
      object: 'chat.completion',
      created,
      model: modelName,
      choices: [{ index: 0, message, logprobs: null, finish_reason }],
      usage,
      service_tier: 'default',
    }),
  );

const message = { role: 'assistant', refusal: null, annotations: [] };

/** Answers as a whole. */
export const toolCallBody = completion({ ...message, content: null, tool_calls: [toolCall] }, 'tool_calls');
export const answerBody = completion({ ...message, content: answerAt(positionMark) }, 'stop');

const event = (fields: object): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created, model: modelName, service_tier: 'default', ...fields })}\n\n`;

const piece = (delta: object, finish_reason: string | null = null): string =>
  event({ choices: [{ index: 0, delta, logprobs: null, finish_reason }] });

const end = (finish_reason: string): string =>
  `${piece({}, finish_reason)}${event({ choices: [], usage })}data: [DONE]\n\n`;

const opening = piece({ role: 'assistant', content: '' });

/** The same answers as streams. */
export const toolCallEvents = spliced(opening + piece({ tool_calls: [{ index: 0, ...toolCall }] }) + end('tool_calls'));
export const answerEvents = spliced(opening + piece({ content: answerAt(positionMark) }) + end('stop'));

/** How many deltas go out at a time, after the first. */
const deltasAtOnce = 20;

const known = new Map<number, readonly Buffer[]>();

/** What is written one after the other for a stream of so many deltas; the first delta goes out by itself. */
export function streamWrites(deltas: number): readonly Buffer[] {
  const made = known.get(deltas);
  if (made !== undefined) return made;
  const events = Array.from({ length: deltas }, (_, index) => piece({ content: deltaText(index) }));
  const writes = [Buffer.from(opening + (events[0] ?? ''))];
  for (let index = 1; index < deltas; index += deltasAtOnce) {
    writes.push(Buffer.from(events.slice(index, index + deltasAtOnce).join('')));
  }
  writes.push(Buffer.from(end('stop')));
  known.set(deltas, writes);
  return writes;
}
