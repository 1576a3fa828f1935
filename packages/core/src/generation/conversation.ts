import type { GenerateOptions } from '../context/run-context.js';
import { EspalierError } from '../errors/espalier-error.js';
import type { ChatRequest } from '../model/chat-model.js';
import { type Message, userText } from '../model/message.js';
import type { Prompt } from '../model/prompt.js';
import type { SchemaOf } from '../schema/schema.js';
import type { AnswerSchemas } from './answer-marks.js';
import { checkOutputSchema } from './check-output-schema.js';
import type { AgentGeneration, CompiledAgent } from './compiled-agent.js';
import type { CompiledModel } from './compiled-model.js';
import { generationOf } from './generation-of.js';
import { passOn } from './pass-on.js';
import { promptMessages } from './prompt-messages.js';
import { handoffTargets, toolDefinitions } from './tool-definitions.js';
import { callIdsOf } from './unique-calls.js';

export interface ConversationOptions {
  /** Path of the node, for messages. */
  readonly node: string;
  readonly prompt: Prompt;
  readonly options: GenerateOptions;
  /** The final answer's shape; text without it. */
  readonly output: SchemaOf | undefined;
}

/** What one call of `generate` says to its model, and whose turn it is: the agent's own, or one it was handed to. */
export class Conversation {
  #generation: AgentGeneration;
  #messages: Message[];
  /** What was said in this call, for the thread. */
  readonly #turn: Message[];
  /** Whether it goes on with the thread of the run, and adds to it. */
  readonly inThread: boolean;
  #callIds: Set<string> | undefined;
  #handoffs = 0;
  readonly #maxHandoffs: number;
  readonly #node: string;
  readonly #options: GenerateOptions;
  readonly #output: SchemaOf | undefined;
  /** What is the same in all requests of an agent. */
  #frame: Omit<ChatRequest, 'messages'> | undefined;

  constructor(agent: CompiledAgent, { node, prompt, options, output }: ConversationOptions) {
    this.#generation = generationOf(agent);
    const { instructions, thread } = this.#generation;
    const given = promptMessages(prompt);
    this.#messages = instructions === undefined ? given : [{ role: 'system', content: instructions }, ...given];
    this.inThread = thread !== undefined && options.thread !== false;
    this.#turn = this.inThread ? given.filter(({ role }) => role !== 'system') : [];
    this.#maxHandoffs = this.#generation.handoff?.max ?? 0;
    this.#node = node;
    this.#options = options;
    this.#output = output;
  }

  get generation(): AgentGeneration {
    return this.#generation;
  }

  /** What the next answer may be, where parts of it may be sensitive. */
  get schemas(): AnswerSchemas | undefined {
    const output = this.#output;
    const { tools } = this.#generation;
    const sensitive = output?.sensitive !== undefined || [...tools.values()].some(({ input }) => input.sensitive);
    return sensitive ? { output, tools } : undefined;
  }

  /** The ids of all tool calls so far. Whoever adds a message adds its ids. */
  get callIds(): Set<string> {
    this.#callIds ??= callIdsOf(this.#messages);
    return this.#callIds;
  }

  /** The model that is asked next. @throws model-unknown */
  get model(): CompiledModel {
    const { model: name } = this.#options;
    const { model, models } = this.#generation;
    if (name === undefined) return model;
    const named = models.get(name);
    if (named !== undefined) return named;
    throw new EspalierError(
      'model-unknown',
      `Node '${this.#node}' asked for model '${name}'; registered: ${[...models.keys()].join(', ')}.`,
      { where: { node: this.#node } },
    );
  }

  /** What was said in this call, as its thread keeps it; nothing where it keeps none. */
  get turn(): readonly Message[] | undefined {
    return this.inThread ? this.#turn.map(withoutReasoning) : undefined;
  }

  /** Puts what was said before in front of the prompt. */
  open(history: readonly Message[]): void {
    const prompt = this.#messages.findIndex(({ role }) => role !== 'system');
    this.#messages.splice(prompt < 0 ? this.#messages.length : prompt, 0, ...history);
  }

  add(message: Message): void {
    this.#messages.push(message);
    if (this.inThread) this.#turn.push(message);
  }

  /** Says what is wrong with the answer. The thread keeps neither. */
  correct(correction: string): void {
    this.#messages.push(userText(correction));
    if (this.#turn.at(-1)?.role === 'assistant') this.#turn.pop();
  }

  /**
   * The exact request that goes out next.
   * @param mustAnswer tools may not be called any more
   * @throws schema-unsupported
   */
  request(mustAnswer: boolean): ChatRequest {
    this.#frame ??= this.#newFrame();
    const messages = [...this.#messages];
    if (this.#frame.tools === undefined) return { ...this.#frame, messages };
    return { ...this.#frame, messages, toolChoice: mustAnswer ? 'none' : 'auto' };
  }

  #newFrame(): Omit<ChatRequest, 'messages'> {
    const output = this.#output;
    const tools = toolDefinitions(this.#generation, this.#mayHandOff);
    if (output !== undefined) checkOutputSchema(output, this.model, this.#node);
    const settings = this.#options.settings ?? this.#generation.settings;
    return {
      ...(tools.length === 0 ? {} : { tools }),
      ...(output === undefined ? {} : { output: { name: output.name, schema: output.jsonSchema } }),
      ...(settings === undefined ? {} : { settings }),
    };
  }

  /** Whom the conversation may still be passed to, by the tools that do it. */
  get handoffTargets(): ReadonlyMap<string, CompiledAgent> {
    return this.#mayHandOff ? handoffTargets(this.#generation) : none;
  }

  get #mayHandOff(): boolean {
    return this.#handoffs < this.#maxHandoffs;
  }

  /** Another agent goes on, under its own instructions, with what is passed on to it. */
  handOver(target: CompiledAgent): void {
    const passed = passOn(this.#generation, this.#messages, this.#node);
    this.#handoffs += 1;
    this.#frame = undefined;
    this.#generation = generationOf(target);
    const { instructions } = this.#generation;
    this.#messages = instructions === undefined ? [...passed] : [{ role: 'system', content: instructions }, ...passed];
  }
}

const none: ReadonlyMap<string, CompiledAgent> = new Map();

/** Providers want their reasoning back within a turn; later it only costs. */
const withoutReasoning = (message: Message): Message =>
  message.role === 'assistant'
    ? { ...message, content: message.content.filter(({ type }) => type !== 'reasoning') }
    : message;
