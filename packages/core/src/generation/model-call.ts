import type { StepRecording } from '../engine/engine.js';
import { EspalierError, serializeError } from '../errors/espalier-error.js';
import type { RecordBody } from '../events/event.js';
import type { ChatResponse, Usage } from '../model/chat-model.js';
import { type AnswerSchemas, answerMarks, learnInvented } from './answer-marks.js';
import type { ModelCandidate } from './compiled-model.js';
import type { GenerationScope } from './generation-scope.js';
import { modelError } from './model-error.js';
import { estimatedUsage, readResponse } from './read-response.js';
import { answerWithReader, callOptions, type OnText } from './request-answer.js';
import type { ModelReservation } from './reserve-model-call.js';
import { underPolicies } from './under-policies.js';

/** What a call is about besides its request: its place, and what reads its answer. */
export interface ModelCallOptions {
  readonly step: string;
  /** Nothing where nobody reads. */
  readonly onText: OnText | undefined;
  /** What is asked for, where parts of it are sensitive. */
  readonly schemas: AnswerSchemas | undefined;
}

/**
 * One call of one model, under the policies of its provider, and what is recorded of it.
 *
 * M1 What it used is charged when that is known, also when nobody waits for the answer any more.
 * M2 One that is cut off while it is under way is charged its request and what was read of the answer, by estimate. So is
 *    one that fails after text was read. Any other failure has used no tokens.
 * M3 A model that answers late, for it ignores its signal, is charged what it used beyond that.
 *
 * There is one for each turn of each agent, so it makes few promises and closures.
 */
export class ModelCall implements StepRecording<ChatResponse> {
  readonly #scope: GenerationScope;
  readonly #candidate: ModelCandidate;
  readonly #reserved: ModelReservation;
  readonly #options: ModelCallOptions;
  /** It was sent, and may go on where it is not aborted. */
  #underWay = false;
  #text = '';
  #charged: Usage | undefined;
  /** It has been answered, or has failed. */
  #ended = false;
  #cutOff = false;
  /** Aborts the request and gives up its answer, where no policy does. */
  #giveUp: ((reason: Error) => void) | undefined;

  constructor(
    scope: GenerationScope,
    candidate: ModelCandidate,
    reserved: ModelReservation,
    options: ModelCallOptions,
  ) {
    this.#scope = scope;
    this.#candidate = candidate;
    this.#reserved = reserved;
    this.#options = options;
  }

  /** Whether somebody has read of the answer. */
  get shown(): boolean {
    return this.#text !== '';
  }

  perform(): Promise<ChatResponse> {
    return this.#candidate.policies.length === 0 ? this.#untilClosed() : this.#underPolicies();
  }

  /**
   * The attempt is over. A call whose answer has not come has no result: that is on record at once, not when the model
   * minds its signal. So nothing stays reserved, and the record stands before the attempt's end.
   */
  close(): void {
    const reason = this.#scope.overReason();
    if (!this.#ended && !this.#cutOff) {
      this.#cutOff = true;
      this.#chargeFailure();
      this.#scope.note(this.#failureRecord(reason));
    }
    this.#giveUp?.(reason);
  }

  // StepRecording

  done(value: ChatResponse): RecordBody {
    const { node, attempt, learner } = this.#scope;
    const { step, schemas } = this.#options;
    learnInvented(learner, value, this.#reserved.request);
    const end = { type: 'model-end', node, attempt, step, value } as const;
    return schemas === undefined ? end : { ...end, ...answerMarks(learner, value, schemas) };
  }

  failed(error: unknown): RecordBody | undefined {
    return this.#cutOff ? undefined : this.#failureRecord(error);
  }

  #failureRecord(error: unknown): RecordBody {
    const { node, attempt, isOver } = this.#scope;
    return {
      type: 'model-end',
      node,
      attempt,
      step: this.#options.step,
      error: serializeError(error),
      ...(this.#charged === undefined ? {} : { usage: this.#charged }),
      ...(this.shown ? { shown: true } : {}),
      ...(isOver ? { aborted: true } : {}),
    };
  }

  #chargeFailure(): void {
    if (!this.#underWay && !this.shown) this.#reserved.settle(nothingUsed);
    else if (this.#charged === undefined) {
      this.#charge(estimatedUsage(this.#text, this.#reserved.request, this.#candidate.model));
    }
  }

  /** What the call fails with. */
  #failure(error: unknown): Error {
    this.#chargeFailure();
    this.#ended = true;
    return modelError(error, { node: this.#scope.node, model: this.#candidate.model.name });
  }

  async #ask(signal: AbortSignal): Promise<ChatResponse> {
    const { model } = this.#candidate;
    const { step, onText } = this.#options;
    const { request } = this.#reserved;
    this.#underWay = true;
    try {
      const options = callOptions(this.#scope, step, signal);
      const response =
        onText === undefined
          ? readResponse(await model.generate(request, options), model, request)
          : await answerWithReader(this.#scope, model, request, { step, signal, onText: this.#reading(onText) });
      this.#ended = true;
      this.#charge(response.usage);
      return response;
    } catch (error) {
      this.#underWay = signal.aborted;
      throw error;
    }
  }

  #reading(onText: OnText): OnText {
    return (text) => {
      this.#text += text;
      return onText(text);
    };
  }

  #charge(usage: Usage): void {
    const more = this.#charged === undefined ? usage : beyond(usage, this.#charged);
    this.#charged = usage;
    this.#scope.spend(more);
    this.#reserved.settle(more);
  }

  /**
   * A call has a signal of its own, which follows the attempt's until the answer is there. Clients listen to the signal
   * that they were given for long after that: at the end of the attempt each would abort what has long come. The signal
   * of a stream is its own already. A model may ignore its signal, so nobody waits for that.
   */
  #untilClosed(): Promise<ChatResponse> {
    const scope = this.#scope;
    return new Promise((resolve, reject) => {
      const over = new AbortController();
      this.#giveUp = (reason) => {
        if (this.#ended) return;
        over.abort(reason);
        reject(this.#failure(reason));
      };
      this.#ask(scope.onText === undefined ? over.signal : scope.signal).then(resolve, (error: unknown) => {
        if (!this.#ended) reject(this.#failure(error));
      });
    });
  }

  #underPolicies(): Promise<ChatResponse> {
    const scope = this.#scope;
    const { model, policies } = this.#candidate;
    const env = scope.toolEnv(model.name, [this.#reserved.request]);
    const answer = underPolicies<ChatResponse>(scope, policies, env, (subscriber) => {
      const over = new AbortController();
      let answered = false;
      this.#ask(scope.onText === undefined ? over.signal : AbortSignal.any([scope.signal, over.signal]))
        .finally(() => {
          answered = true;
        })
        .then(
          (response) => {
            subscriber.next(response);
            subscriber.complete();
          },
          (error: unknown) => subscriber.error(error),
        );
      return () => {
        if (!answered) over.abort(new EspalierError('run-cancelled', 'The model call is over.'));
      };
    });
    return answer.catch((error: unknown) => {
      throw this.#failure(error);
    });
  }
}

const nothingUsed: Usage = Object.freeze({ inputTokens: 0, outputTokens: 0 });

/** What one usage has more than another. */
function beyond(usage: Usage, before: Usage): Usage {
  const cost = Math.max(0, (usage.cost ?? 0) - (before.cost ?? 0));
  return {
    inputTokens: Math.max(0, usage.inputTokens - before.inputTokens),
    outputTokens: Math.max(0, usage.outputTokens - before.outputTokens),
    ...(cost === 0 ? {} : { cost }),
  };
}
