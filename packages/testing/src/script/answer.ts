import type { ChatChunk, ChatResponse, FinishReason, ToolCallPart, Usage } from '@espalier/core';

/** A tool call, as a test writes it. */
export interface ScriptedCall {
  readonly tool: string;
  /** Data, or the very text of the model: a text goes out as it is, malformed or not. @default {} */
  readonly arguments?: unknown;
  /** @default `call-1`, `call-2`, … over the whole script */
  readonly id?: string;
}

/** What a scripted model answers. Everything may be left out. */
export interface ScriptedAnswer {
  readonly text?: string;
  /** The text in the pieces in which it is streamed. @default word by word */
  readonly deltas?: readonly string[];
  /** An answer of a shape: its text is this as JSON. */
  readonly data?: unknown;
  /** Thinking that comes before the text. */
  readonly reasoning?: string;
  readonly calls?: readonly ScriptedCall[];
  /** @default 'tool-calls' with calls, else 'stop' */
  readonly finishReason?: FinishReason;
  /** @default 10 input tokens, 5 output tokens */
  readonly usage?: Partial<Usage>;
}

/** An answer with nothing left open. */
export interface Spoken {
  readonly response: ChatResponse;
  /** What a stream gives, the response last. */
  readonly chunks: readonly ChatChunk[];
}

/** Arguments are streamed in pieces of so many characters. */
const PIECE = /[\s\S]{1,12}/gu;

/** Words with the space before them, as models stream them. */
export const wordsOf = (text: string): readonly string[] => text.match(/\s*\S+\s*$|\s*\S+|\s+$/g) ?? [];

/** @param nextId gives ids to calls that have none */
export function speak(answer: ScriptedAnswer, nextId: () => string): Spoken {
  const deltas =
    answer.deltas ?? wordsOf(answer.data === undefined ? (answer.text ?? '') : JSON.stringify(answer.data));
  const calls = (answer.calls ?? []).map((call): ToolCallPart => {
    const { arguments: given = {} } = call;
    const text = typeof given === 'string' ? given : JSON.stringify(given);
    return { type: 'tool-call', id: call.id ?? nextId(), tool: call.tool, arguments: text };
  });
  const text = deltas.join('');
  const { reasoning = '' } = answer;
  const response: ChatResponse = {
    message: {
      role: 'assistant',
      content: [
        ...(reasoning === '' ? [] : [{ type: 'reasoning' as const, text: reasoning }]),
        ...(text === '' ? [] : [{ type: 'text' as const, text }]),
        ...calls,
      ],
    },
    finishReason: answer.finishReason ?? (calls.length > 0 ? 'tool-calls' : 'stop'),
    usage: { inputTokens: 10, outputTokens: 5, ...answer.usage },
    model: 'scripted',
  };
  const chunks: ChatChunk[] = [
    ...wordsOf(reasoning).map((piece): ChatChunk => ({ type: 'reasoning-delta', text: piece })),
    ...deltas.map((piece): ChatChunk => ({ type: 'text-delta', text: piece })),
    ...calls.flatMap(({ id, tool, arguments: whole }) =>
      (whole.match(PIECE) ?? []).map((piece): ChatChunk => ({ type: 'tool-call-delta', id, tool, arguments: piece })),
    ),
    { type: 'response', response },
  ];
  return { response, chunks };
}
