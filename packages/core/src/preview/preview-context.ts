import type { GenerateOptions, RunContext, StepContext } from '../context/run-context.js';
import { EspalierError } from '../errors/espalier-error.js';
import type { CompiledAgent } from '../generation/compiled-agent.js';
import { Conversation } from '../generation/conversation.js';
import { shownMemory } from '../generation/shown-memory.js';
import type { Memory, MemoryHandle } from '../memory/memory.js';
import type { Notes, NotesHandle } from '../memory/notes.js';
import type { Prompt } from '../model/prompt.js';
import { isSchemaSource, readSchema } from '../schema/read-schema.js';
import type { SchemaOf, SchemaSource } from '../schema/schema.js';
import type { Learner } from '../sensitive/learn.js';
import { maskRequest } from '../sensitive/mask-request.js';
import { StateRegistry } from '../state/state-definition.js';
import type { StateHandle } from '../state/state-handle.js';
import { StateSession } from '../state/state-session.js';
import { noWriters } from '../state/state-view.js';
import type { PreviewOptions, RequestPreview } from './preview.js';
import { PreviewMemories } from './preview-memories.js';
import { renderRequest } from './render-request.js';

/** The context of an agent that is only asked what it would ask: its first call of the model ends it. */
export class PreviewContext implements RunContext {
  readonly runId = 'preview';
  readonly node: string;
  readonly attempt = 1;
  readonly input: unknown;
  readonly identity: unknown;
  readonly threadId = undefined;
  readonly index = undefined;
  readonly iteration = undefined;
  readonly previous = undefined;
  readonly failure = undefined;
  readonly signal: AbortSignal = new AbortController().signal;
  /** Resolves with the first request. */
  readonly preview: Promise<RequestPreview>;
  readonly #agent: CompiledAgent;
  readonly #options: PreviewOptions;
  readonly #session: StateSession;
  readonly #memories: PreviewMemories;
  readonly #known: Learner;
  #found!: (preview: RequestPreview | Promise<RequestPreview>) => void;

  /** @param known takes up the sensitive values that are met */
  constructor(agent: CompiledAgent, input: unknown, options: PreviewOptions, known: Learner) {
    this.#known = known;
    this.#agent = agent;
    this.#options = options;
    this.node = agent.name;
    this.input = options.input ?? input;
    this.identity = options.identity;
    this.#memories = new PreviewMemories(options.memory);
    this.#session = new StateSession(agent.name, noWriters, agent.definition.writes, new StateRegistry(known));
    this.preview = new Promise((resolve) => {
      this.#found = resolve;
    });
  }

  generate(...args: readonly unknown[]): Promise<never> {
    this.#found(this.#firstRequest(args));
    return never;
  }

  // biome-ignore lint/correctness/useYield: the request is all there is
  async *stream(prompt: Prompt, options?: GenerateOptions): AsyncGenerator<string> {
    this.#found(this.#firstRequest([prompt, options]));
    await never;
  }

  /** The first request of a conversation that begins with this prompt. */
  async #request(prompt: Prompt, options: GenerateOptions = {}, output?: SchemaOf): Promise<RequestPreview> {
    const conversation = new Conversation(this.#agent, { node: this.node, prompt, options, output });
    const { memories } = conversation.generation;
    conversation.open(await shownMemory(memories, (memory) => this.#memories.memory(memory)));
    const request = conversation.request(conversation.generation.maxTurns === 1);
    const model = conversation.model.candidates.map(({ model: { name } }) => name).join(', then ');
    return { model, request, toString: () => renderRequest(model, maskRequest(request, this.#known.sensitive)) };
  }

  async #firstRequest(args: readonly unknown[]): Promise<RequestPreview> {
    const [first] = args;
    if (!isSchemaSource(first)) return this.#request(...(args as [Prompt, GenerateOptions?]));
    const [, prompt, options] = args as [unknown, Prompt, GenerateOptions?];
    return this.#request(prompt, options, await readSchema(first, { node: this.node }));
  }

  state<S extends object>(state: new () => S): StateHandle<S> {
    return this.#session.handle(state);
  }

  memory<T>(memory: Memory<T>): MemoryHandle<T> {
    return this.#memories.memory(memory);
  }

  notes(notes: Notes): NotesHandle {
    return this.#memories.notes(notes);
  }

  async step<T>(name: string, _perform: (step: StepContext) => T | Promise<T>): Promise<T> {
    const { steps = {} } = this.#options;
    if (Object.hasOwn(steps, name)) return steps[name] as T;
    throw this.#blocked(`ctx.step('${name}')`, `Give its result: { steps: { '${name}': … } }.`);
  }

  call(): Promise<never> {
    return Promise.reject(this.#blocked('ctx.call'));
  }

  waitFor<T>(name: string, _schema: SchemaSource<T>): Promise<never> {
    return Promise.reject(this.#blocked(`ctx.waitFor('${name}')`));
  }

  async sleep(): Promise<void> {}

  now(): number {
    return 0;
  }

  random(): number {
    return 0;
  }

  uuid(): string {
    return '00000000-0000-4000-8000-000000000000';
  }

  #blocked(what: string, hint?: string): EspalierError {
    return new EspalierError(
      'preview-blocked',
      `The preview of ${this.#agent.definition.className} came to ${what} before it asked its model: a preview has no effects.`,
      { where: { class: this.#agent.definition.className }, ...(hint === undefined ? {} : { hint }) },
    );
  }
}

/** An agent whose request is known is not waited for any more. */
const never = new Promise<never>(() => {});
