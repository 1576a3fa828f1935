import { types } from 'node:util';
import {
  type ChatChunk,
  type ChatModel,
  type ChatOptions,
  type ChatRequest,
  type ChatResponse,
  type Clock,
  EspalierError,
  type JsonSchema,
  type SchemaIssue,
  type SchemaUse,
  systemClock,
} from '@espalier/core';
import { isFault, type ModelFault } from '../faults/fault.js';
import type { ClockUser } from '../faults/faults.js';
import { type ScriptedAnswer, type Spoken, speak } from './answer.js';
import { checkTurn } from './check-script.js';
import { describeRequest } from './describe-request.js';
import { newestToolResults } from './request-matcher.js';
import { indented } from './text-matcher.js';
import { isKind, Lane, type ScriptEntry, type ScriptedTurn } from './turn.js';

/** Options of {@link ScriptedModel}; a script alone needs none. */
export interface ScriptedModelOptions {
  /** @default 'test:scripted' */
  readonly name?: string;
  /** What the model cannot take of a schema. @default it takes all */
  readonly checkSchema?: (schema: JsonSchema, use: SchemaUse) => readonly SchemaIssue[];
  /** Whose time slow answers take. @default the system's; {@link testWorkflow} gives its own */
  readonly clock?: Clock;
}

/**
 * A model that answers by a script, keeps every request, and fails loudly at a request that is not in the script.
 *
 * S1 A request is answered by the first `when` that it matches and that has turns left; by the next turn in order else.
 * S2 What no turn answers is an error that no policy retries, and {@link assertDone} throws it again: a fallback or an
 *    optional input cannot hide it.
 * S3 Requests are kept as they came: in order of arrival, each as it was then.
 */
export class ScriptedModel implements ChatModel, ClockUser {
  readonly name: string;
  /** Every request, in order of arrival. */
  readonly requests: ChatRequest[] = [];
  /** Options of every call: its signal and its idempotency key. */
  readonly options: ChatOptions[] = [];
  readonly checkSchema?: (schema: JsonSchema, use: SchemaUse) => readonly SchemaIssue[];
  readonly #lanes: readonly Lane[];
  #clock: Clock | undefined;
  #calls = 0;
  #failure: Error | undefined;

  constructor(script: readonly ScriptEntry[], { name, clock, checkSchema }: ScriptedModelOptions = {}) {
    this.name = name ?? 'test:scripted';
    this.#clock = clock;
    if (checkSchema !== undefined) this.checkSchema = checkSchema;
    const plain = script.filter((entry) => !isKind('when', entry)) as readonly Exclude<ScriptEntry, { kind: 'when' }>[];
    this.#lanes = [
      ...script.filter((entry) => isKind('when', entry)).map(({ turns, matcher }) => new Lane(turns, matcher)),
      new Lane(plain),
    ];
  }

  /** The newest request. @throws script-mismatch when nobody has asked */
  get last(): ChatRequest {
    const last = this.requests.at(-1);
    if (last === undefined) throw new EspalierError('script-mismatch', `Nobody has asked model '${this.name}' yet.`);
    return last;
  }

  /** Tool results of the newest request that the model had not answered before: what it was told. */
  get toolResults(): readonly string[] {
    return newestToolResults(this.last);
  }

  useClock(clock: Clock): void {
    this.#clock ??= clock;
  }

  async generate(request: ChatRequest, options: ChatOptions): Promise<ChatResponse> {
    const { fault, spoken } = await this.#turn(request, options);
    if (fault === undefined) return spoken.response;
    return fault.generate(() => Promise.resolve(spoken.response), this.#place(options));
  }

  async *stream(request: ChatRequest, options: ChatOptions): AsyncGenerator<ChatChunk> {
    const { fault, spoken } = await this.#turn(request, options);
    const answer = () => chunksOf(spoken, options.signal);
    yield* fault === undefined ? answer() : fault.stream(answer, this.#place(options));
  }

  /**
   * Says whether all went by the script: no request without a turn, no turn without a request.
   * @throws script-mismatch, script-unfinished, or what an assertion inside of a turn threw
   */
  assertDone(): void {
    if (this.#failure !== undefined) throw this.#failure;
    const unused = this.#lanes.flatMap((lane) => lane.unused);
    if (unused.length === 0) return;
    const asked = this.requests.length === 1 ? '1 request' : `${this.requests.length} requests`;
    const turns = unused.length === 1 ? '1 turn' : `${unused.length} turns`;
    throw new EspalierError(
      'script-unfinished',
      [
        `Model '${this.name}' got ${asked}, and nobody asked for ${turns} of its script:`,
        ...unused.map((turn) => `  - ${turn}`),
        ...(this.requests.length === 0 ? [] : ['The last request was:', indented(describeRequest(this.last))]),
      ].join('\n'),
    );
  }

  /** For `using model = scriptedModel(…)`: {@link assertDone} at the end of the block. */
  [Symbol.dispose](): void {
    this.assertDone();
  }

  #place({ signal }: ChatOptions) {
    return { model: this.name, signal, clock: this.#clock ?? systemClock };
  }

  async #turn(
    request: ChatRequest,
    options: ChatOptions,
  ): Promise<{ readonly fault: ModelFault | undefined; readonly spoken: Spoken }> {
    options.signal.throwIfAborted();
    this.requests.push(structuredClone(request));
    this.options.push(options);
    const turn = await this.#perform(this.#take(request), request, options);
    const fault = isFault(turn) ? turn : undefined;
    const answer = (fault === undefined ? turn : fault.answer) as string | ScriptedAnswer | undefined;
    const spoken = speak(typeof answer === 'string' ? { text: answer } : (answer ?? {}), () => `call-${++this.#calls}`);
    return { fault, spoken };
  }

  #take(request: ChatRequest): ScriptedTurn {
    const lane = this.#lanes.find((one) => one.refusal(request) === undefined);
    if (lane !== undefined) return lane.take();
    throw this.#remember(
      new EspalierError(
        'script-mismatch',
        [
          `Model '${this.name}' has no turn for its request ${this.requests.length}:`,
          indented(describeRequest(request)),
          'What its script has:',
          ...this.#lanes.map((one) => `  - ${one.name}: ${one.refusal(request)}`),
        ].join('\n'),
      ),
    );
  }

  async #perform(turn: ScriptedTurn, request: ChatRequest, options: ChatOptions) {
    if (types.isNativeError(turn)) throw turn;
    if (typeof turn !== 'function') return turn;
    try {
      const given = await turn(request, options);
      checkTurn(given, `scriptedModel(): what ${turn.name || 'a function'} gave`);
      return given;
    } catch (error) {
      if (EspalierError.is(error, 'option-invalid')) throw this.#remember(error);
      if (!isAssertion(error)) throw error;
      this.#remember(error);
      throw new EspalierError('script-mismatch', `An assertion of model '${this.name}' failed: ${error.message}`);
    }
  }

  #remember<E extends Error>(failure: E): E {
    this.#failure ??= failure;
    return failure;
  }
}

async function* chunksOf({ chunks }: Spoken, signal: AbortSignal): AsyncGenerator<ChatChunk> {
  for (const chunk of chunks) {
    signal.throwIfAborted();
    yield chunk;
  }
}

/** What `expect`, `node:assert` and chai throw. */
const isAssertion = (error: unknown): error is Error =>
  types.isNativeError(error) && ('matcherResult' in error || /^Assertion(Error)?\b/.test(error.name));

/**
 * A model that answers by a script: turns in order, and turns for the requests that a matcher means (see {@link when}).
 * A turn is a text, an answer with tool calls, an error, a fault such as {@link rateLimited}, or a function of the request.
 *
 * @example
 * const model = scriptedModel(
 *   { calls: [{ tool: 'search', arguments: { query: 'tides' } }] },
 *   'Tides turn twice a day.',
 * );
 * // … run a workflow with models: { default: model } …
 * model.assertDone();
 * @since 0.1.0
 */
export const scriptedModel = (...script: readonly ScriptEntry[]): ScriptedModel => new ScriptedModel(script);
