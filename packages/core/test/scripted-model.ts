import type {
  ChatChunk,
  ChatModel,
  ChatOptions,
  ChatRequest,
  ChatResponse,
  FinishReason,
  ToolCallPart,
  Usage,
} from '@espalier/core';

/** A tool call, as a test writes it: arguments as data, or as the very text of the model. */
export interface ScriptedCall {
  readonly tool: string;
  readonly arguments?: unknown;
  /** @default `call-1`, `call-2`, … over the whole script */
  readonly id?: string;
}

export interface ScriptedAnswer {
  readonly text?: string;
  /** How the text comes when it is streamed. @default whole */
  readonly pieces?: readonly string[];
  readonly calls?: readonly ScriptedCall[];
  readonly finishReason?: FinishReason;
  readonly usage?: Partial<Usage>;
}

type Answer = string | ScriptedAnswer;
/** What the model does in one turn: answers, throws, or looks at the request first. */
export type ScriptedTurn = Answer | Error | ((request: ChatRequest, options: ChatOptions) => Answer | Promise<Answer>);

/** A model that answers by a script, turn by turn, keeps every request, and fails at a call that is not in the script. */
export class ScriptedModel implements ChatModel {
  readonly name = 'test:scripted';
  readonly requests: ChatRequest[] = [];
  readonly options: ChatOptions[] = [];
  readonly #turns: readonly ScriptedTurn[];
  #calls = 0;

  constructor(...turns: readonly ScriptedTurn[]) {
    this.#turns = turns;
  }

  get last(): ChatRequest {
    return this.requests.at(-1) as ChatRequest;
  }

  /** The newest request's tool results: what the model has been told. */
  get told(): readonly string[] {
    return this.last.messages.flatMap((message) => (message.role === 'tool' ? [message.content] : []));
  }

  /** True when every turn of the script was asked for, and nothing more. */
  get done(): boolean {
    return this.requests.length === this.#turns.length;
  }

  async generate(request: ChatRequest, options: ChatOptions): Promise<ChatResponse> {
    return this.#response(await this.#next(request, options));
  }

  async #next(request: ChatRequest, options: ChatOptions): Promise<ScriptedAnswer> {
    const turn = this.#turns[this.requests.length];
    this.requests.push(request);
    this.options.push(options);
    if (turn === undefined) {
      throw new Error(`The script has ${this.#turns.length} turns; turn ${this.requests.length} was asked for.`);
    }
    if (turn instanceof Error) throw turn;
    const answer = typeof turn === 'function' ? await turn(request, options) : turn;
    return typeof answer === 'string' ? { text: answer } : answer;
  }

  #response({ text, pieces, calls = [], finishReason, usage }: ScriptedAnswer): ChatResponse {
    const all = text ?? pieces?.join('') ?? '';
    const parts = calls.map(({ tool, arguments: given = {}, id }): ToolCallPart => {
      this.#calls += 1;
      const text = typeof given === 'string' ? given : JSON.stringify(given);
      return { type: 'tool-call', id: id ?? `call-${this.#calls}`, tool, arguments: text };
    });
    return {
      message: {
        role: 'assistant',
        content: [...(all === '' ? [] : [{ type: 'text' as const, text: all }]), ...parts],
      },
      finishReason: finishReason ?? (parts.length > 0 ? 'tool-calls' : 'stop'),
      usage: { inputTokens: 10, outputTokens: 5, ...usage },
      model: 'scripted',
    };
  }

  /** The same script for a model that streams. */
  streaming(): ScriptedModel &
    Required<Pick<ChatModel, 'stream'>> & { readonly read: string[]; readonly ended: string[] } {
    const read: string[] = [];
    const ended: string[] = [];
    const self = this;
    async function* stream(request: ChatRequest, options: ChatOptions): AsyncGenerator<ChatChunk> {
      let how = 'stopped';
      try {
        const answer = await self.#next(request, options);
        const response = self.#response(answer);
        for (const text of answer.pieces ?? (answer.text === undefined ? [] : [answer.text])) {
          read.push(text);
          yield { type: 'text-delta', text };
        }
        how = 'answered';
        yield { type: 'response', response };
      } catch (error) {
        how = 'failed';
        throw error;
      } finally {
        ended.push(how);
      }
    }
    return Object.assign(this, { stream, read, ended });
  }
}

/** A turn of the event loop: everything that can go on has. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Several turns: for what needs more than one. */
export async function turns(count = 10): Promise<void> {
  for (let done = 0; done < count; done++) await turn();
}
