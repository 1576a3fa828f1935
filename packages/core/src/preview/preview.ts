import type { RunContext } from '../context/run-context.js';
import type { ParametersOf } from '../metadata/agent-class.js';
import type { ChatRequest } from '../model/chat-model.js';

/** What an agent would send to its model first. */
export interface RequestPreview {
  /** Name of the model that would be asked, such as `openai:gpt-5.5`. */
  readonly model: string;
  /** The exact request: nothing else is sent, nothing is added later. */
  readonly request: ChatRequest;
  /** The request to read: messages, tools, shape of the answer, settings. Sensitive data is masked. */
  toString(): string;
}

export interface PreviewOptions {
  /** What `ctx.input` gives. @default the agent's first input, for an agent without dependencies */
  readonly input?: unknown;
  /** What `ctx.identity` gives. */
  readonly identity?: unknown;
  /** What memories hold, and the texts of notes that are found, by name: a preview reads none. @default nothing */
  readonly memory?: Readonly<Record<string, unknown>>;
  /** Results of `ctx.step`, by name: a preview performs none. */
  readonly steps?: Readonly<Record<string, unknown>>;
}

/** An agent's inputs, as its `run()` takes them before the context; any, for an agent without `run`. */
export type InputsOf<A> =
  ParametersOf<A> extends []
    ? readonly unknown[]
    : ParametersOf<A> extends [...infer Inputs, infer Last]
      ? Last extends Pick<RunContext, 'runId' | 'generate'>
        ? Inputs
        : ParametersOf<A>
      : ParametersOf<A>;
