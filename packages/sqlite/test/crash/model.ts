import { type AssistantMessage, type ChatModel, type ChatRequest, EspalierError, type Message } from '@espalier/core';
import { act } from './effects.js';

/** What the model says in one turn: text, calls of tools, or a failure. */
export type Turn =
  | string
  | { readonly failure: string }
  | readonly { readonly id: string; readonly tool: string; readonly arguments: unknown }[];

/** Turns by the agent's instructions. */
const scripts = new Map<string, readonly Turn[]>();

/** Says what the model answers to an agent, turn by turn. @returns the agent's instructions */
export function script(instructions: string, ...turns: readonly Turn[]): string {
  scripts.set(instructions, turns);
  return instructions;
}

/** A model without a memory of its own: which turn it is stands in the request, in whichever process it is asked. */
export const model: ChatModel = {
  name: 'crash:scripted',
  async generate(request, { idempotencyKey }) {
    const { turn, text } = turnOf(request, idempotencyKey);
    await act('model', idempotencyKey, undefined);
    if (typeof turn === 'object' && 'failure' in turn) throw new EspalierError('model-overloaded', turn.failure);
    const calls = typeof turn === 'string' ? [] : turn;
    const content: AssistantMessage['content'] =
      typeof turn === 'string'
        ? [{ type: 'text', text: turn.replace('{}', text) }]
        : calls.map((call) => ({ ...call, type: 'tool-call', arguments: JSON.stringify(call.arguments) }));
    return {
      message: { role: 'assistant', content },
      finishReason: calls.length > 0 ? 'tool-calls' : 'stop',
      usage: { inputTokens: 10, outputTokens: 5 },
      model: 'scripted-1',
    };
  },
};

function turnOf({ messages }: ChatRequest, key: string): { readonly turn: Turn; readonly text: string } {
  const [system] = messages;
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  const since = messages.slice(asked + 1);
  const turns = scripts.get(system?.role === 'system' ? system.content : '') ?? [];
  const turn = turns[since.filter(({ role }) => role === 'assistant').length + failuresBefore(key, turns)];
  if (turn === undefined) throw new Error(`the script has no turn for ${JSON.stringify(messages)}`);
  return { turn, text: `${since.filter(isTool).map(textOf).join(' ')} after ${messages.length} messages` };
}

/** A failed call leaves no message behind: which attempt it is stands in the key. */
function failuresBefore(key: string, turns: readonly Turn[]): number {
  const attempt = Number(/#(\d+)/.exec(key)?.[1] ?? 1);
  const failures = turns.filter((turn) => typeof turn === 'object' && 'failure' in turn).length;
  return Math.min(attempt - 1, failures);
}

const isTool = ({ role }: Message): boolean => role === 'tool';
const textOf = (message: Message): string => (message.role === 'tool' ? message.content : '');
