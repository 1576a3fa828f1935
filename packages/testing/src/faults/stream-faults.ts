import {
  type ChatChunk,
  type Duration,
  type EspalierError,
  httpModelError,
  milliseconds,
  textOf,
} from '@espalier/core';
import { type ScriptedAnswer, wordsOf } from '../script/answer.js';
import { type FaultPlace, failsWith, type ModelFault, wait } from './fault.js';

/** What a scripted model says where a fault only says how the answer comes. */
const SPOKEN = 'This answer comes word by word, so that there is something to cut.';

export interface ConnectionCutOptions {
  /** After so many deltas. @default before the answer */
  readonly after?: number;
  /** What the scripted model was about to say. */
  readonly answer?: string | ScriptedAnswer;
}

/**
 * The connection is cut: before the answer, or in the middle of a stream.
 * A call that does not stream fails either way.
 * @example scriptedModel(connectionCut({ after: 3, answer: 'One two three four.' }), 'One two three four.')
 * @since 0.1.0
 */
export function connectionCut({ after = 0, answer = SPOKEN }: ConnectionCutOptions = {}): ModelFault {
  const name = after === 0 ? 'connectionCut()' : `connectionCut({ after: ${after} })`;
  return cutting(name, answer, after, (model) => httpModelError({ model, message: 'The connection was cut.' }));
}

/**
 * The stream ends well, as far as HTTP goes, but without its last events: a real adapter reports it as a lost connection.
 * @param options.answer what the scripted model was about to say: half of it comes
 * @since 0.1.0
 */
export function halfAStream({ answer = SPOKEN }: { readonly answer?: string | ScriptedAnswer } = {}): ModelFault {
  const message = 'The stream ended before the answer was whole.';
  return cutting('halfAStream()', answer, 'half', (model) => httpModelError({ model, message }));
}

/** What comes is no JSON: a proxy's page, or half an answer. @since 0.1.0 */
export const garbage = (): ModelFault =>
  failsWith('garbage()', (model) =>
    httpModelError({
      model,
      code: 'model-response-malformed',
      message: 'The answer is no JSON: "<html><title>502 Bad Gateway</title>".',
    }),
  );

/** The model never answers: the call ends when it is aborted, by a timeout or a cancelled run. @since 0.1.0 */
export function neverAnswers(): ModelFault {
  const hang = ({ signal }: FaultPlace): Promise<never> =>
    new Promise((_resolve, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  return {
    kind: 'fault',
    name: 'neverAnswers()',
    generate: (_answer, place) => hang(place),
    // biome-ignore lint/correctness/useYield: nothing ever comes
    stream: async function* (_answer, place) {
      await hang(place);
    },
  };
}

export interface SlowTokensOptions {
  /** The pause before each delta. A call that does not stream waits for all of them. */
  readonly every: Duration;
  /** What the scripted model says. */
  readonly answer?: string | ScriptedAnswer;
}

/**
 * The answer comes, but slowly. The pauses are those of the test's clock: they cost no real time under a virtual one.
 * @example scriptedModel(slowTokens({ every: '1s', answer: 'One two three.' }))
 * @since 0.1.0
 */
export function slowTokens({ every, answer = SPOKEN }: SlowTokensOptions): ModelFault {
  const pause = milliseconds(every, 'slowTokens({ every })');
  return {
    kind: 'fault',
    name: 'slowTokens()',
    answer,
    async generate(given, place) {
      const response = await given();
      await wait(pause * Math.max(1, wordsOf(textOf(response.message)).length), place);
      return response;
    },
    async *stream(given, place) {
      for await (const chunk of given()) {
        if (chunk.type !== 'response') await wait(pause, place);
        yield chunk;
      }
    },
  };
}

/** Gives so many deltas of the answer, then fails. An answer that is shorter fails at its end. */
function cutting(
  name: string,
  answer: string | ScriptedAnswer,
  after: number | 'half',
  errorOf: (model: string) => EspalierError,
): ModelFault {
  return {
    kind: 'fault',
    name,
    answer,
    generate: (_answer, { model }) => Promise.reject(errorOf(model)),
    async *stream(given, { model }) {
      if (after === 0) throw errorOf(model);
      if (after === 'half') {
        const chunks: ChatChunk[] = [];
        for await (const chunk of given()) if (chunk.type !== 'response') chunks.push(chunk);
        yield* chunks.slice(0, Math.ceil(chunks.length / 2));
        throw errorOf(model);
      }
      let seen = 0;
      for await (const chunk of given()) {
        if (chunk.type === 'response') break;
        yield chunk;
        seen += 1;
        if (seen === after) break;
      }
      throw errorOf(model);
    },
  };
}
