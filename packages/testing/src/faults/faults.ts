import {
  type ChatChunk,
  type ChatModel,
  type ChatRequest,
  type Clock,
  EspalierError,
  systemClock,
} from '@espalier/core';
import { isFault, type ModelFault } from './fault.js';

/** A fault, or nothing where the call goes through. */
export type FaultScript =
  | readonly (ModelFault | undefined)[]
  /** @param call number of the call, from 1 */
  | ((call: number, request: ChatRequest) => ModelFault | undefined);

export interface FaultsOptions {
  /** Whose time slow answers take. @default the system's; {@link testWorkflow} gives its own */
  readonly clock?: Clock;
}

/**
 * Any model, with faults: of a list, the first call gets the first, and so on; calls after its end go through.
 *
 * @example
 * faults(offline(), [rateLimited({ retryAfter: '2s' }), undefined, connectionCut({ after: 5 })])
 * @example
 * faults(openai('gpt-5.5'), (call) => (call % 3 === 0 ? overloaded() : undefined)) // every third call
 * @since 0.1.0
 */
export function faults(model: ChatModel, script: FaultScript, options: FaultsOptions = {}): ChatModel & ClockUser {
  if (typeof script !== 'function') {
    for (const [index, entry] of script.entries()) check(entry, `faults: entry ${index + 1}`);
  }
  let calls = 0;
  let clock = options.clock;
  const next = (request: ChatRequest): ModelFault | undefined => {
    calls += 1;
    if (typeof script !== 'function') return script[calls - 1];
    const fault = script(calls, request);
    check(fault, `faults: what the function gives for call ${calls}`);
    return fault;
  };
  const place = (signal: AbortSignal) => ({ model: model.name, signal, clock: clock ?? systemClock });
  return {
    name: model.name,
    ...(model.checkSchema === undefined ? {} : { checkSchema: model.checkSchema.bind(model) }),
    useClock(given) {
      clock ??= given;
      if (isClockUser(model)) model.useClock(given);
    },
    async generate(request, chat) {
      const fault = next(request);
      const answer = () => model.generate(request, chat);
      return fault === undefined ? answer() : fault.generate(answer, place(chat.signal));
    },
    async *stream(request, chat) {
      const fault = next(request);
      const answer = () => streamOf(model, request, chat);
      yield* fault === undefined ? answer() : fault.stream(answer, place(chat.signal));
    },
  };
}

function check(entry: unknown, what: string): void {
  if (entry === undefined || isFault(entry)) return;
  throw new EspalierError('option-invalid', `${what}: expected a fault or undefined, got ${typeof entry}.`, {
    hint: 'Write rateLimited(), connectionCut(), …; undefined lets the call go through.',
  });
}

/** A model that takes the time of a test. */
export interface ClockUser {
  /** The first clock that it is given counts. */
  useClock(clock: Clock): void;
}

export const isClockUser = (model: object): model is ClockUser =>
  typeof (model as Partial<ClockUser>).useClock === 'function';

/** A model's stream; of one that cannot stream, the whole answer. */
export async function* streamOf(
  model: ChatModel,
  request: ChatRequest,
  options: Parameters<ChatModel['generate']>[1],
): AsyncGenerator<ChatChunk> {
  if (model.stream !== undefined) yield* model.stream(request, options);
  else yield { type: 'response', response: await model.generate(request, options) };
}
