import { EspalierError } from '../errors/espalier-error.js';
import type { ChatResponse, Usage } from '../model/chat-model.js';
import type { ModelCandidate } from './compiled-model.js';
import type { GenerationScope } from './generation-scope.js';
import { modelError } from './model-error.js';
import { estimatedUsage } from './read-response.js';
import { type AnswerOptions, requestAnswer } from './request-answer.js';
import type { ModelReservation } from './reserve-model-call.js';
import { underPolicies } from './under-policies.js';

/**
 * One call of one model, under the policies of its provider.
 *
 * M1 What it used is charged when that is known, also when nobody waits for the answer any more.
 * M2 One that is cut off while it is under way is charged its request and what was read of the answer, by estimate. So is
 *    one that fails after text was read. Any other failure has used no tokens.
 * M3 A model that answers late, for it ignores its signal, is charged what it used beyond that.
 */
export class ModelCall {
  readonly #scope: GenerationScope;
  readonly #candidate: ModelCandidate;
  readonly #reserved: ModelReservation;
  readonly #options: Omit<AnswerOptions, 'signal'>;
  /** It was sent, and may go on where it is not aborted. */
  #underWay = false;
  #text = '';
  #charged: Usage | undefined;
  /** It has been answered, or has failed. */
  #ended = false;
  #cutOff = false;

  constructor(
    scope: GenerationScope,
    candidate: ModelCandidate,
    reserved: ModelReservation,
    { step, onText }: Omit<AnswerOptions, 'signal'>,
  ) {
    this.#scope = scope;
    this.#candidate = candidate;
    this.#reserved = reserved;
    this.#options = { step, onText: onText === undefined ? undefined : (text) => this.#read(text, onText) };
  }

  /** Whether somebody has read of the answer. */
  get shown(): boolean {
    return this.#text !== '';
  }

  /** What it was charged. */
  get charged(): Usage | undefined {
    return this.#charged;
  }

  async perform(): Promise<ChatResponse> {
    const { model, policies } = this.#candidate;
    try {
      const response = await (policies.length === 0 ? this.#untilClosed() : this.#underPolicies());
      if (this.#cutOff) throw this.#scope.overReason();
      return response;
    } catch (error) {
      this.#chargeFailure();
      this.#ended = true;
      throw modelError(error, { node: this.#scope.node, model: model.name });
    }
  }

  /** Nobody waits for the answer any more. @returns false where it has come, or the call has failed; else it has no result */
  cutOff(): boolean {
    if (this.#ended || this.#cutOff) return false;
    this.#cutOff = true;
    this.#chargeFailure();
    return true;
  }

  #chargeFailure(): void {
    if (!this.#underWay && !this.shown) this.#reserved.settle(nothingUsed);
    else if (this.#charged === undefined) {
      this.#charge(estimatedUsage(this.#text, this.#reserved.request, this.#candidate.model));
    }
  }

  async #ask(signal: AbortSignal): Promise<ChatResponse> {
    const { model } = this.#candidate;
    this.#underWay = true;
    try {
      const response = await requestAnswer(this.#scope, model, this.#reserved.request, { ...this.#options, signal });
      this.#ended = true;
      this.#charge(response.usage);
      return response;
    } catch (error) {
      this.#underWay = signal.aborted;
      throw error;
    }
  }

  #read(text: string, onText: (text: string) => Promise<void>): Promise<void> {
    this.#text += text;
    return onText(text);
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
   * of a stream is its own already.
   */
  #untilClosed(): Promise<ChatResponse> {
    const scope = this.#scope;
    return new Promise((resolve, reject) => {
      const over = new AbortController();
      const forget = scope.onClose(() => {
        over.abort(scope.overReason());
        reject(scope.overReason()); // a model may ignore its signal
      });
      this.#ask(scope.onText === undefined ? over.signal : scope.signal)
        .finally(forget)
        .then(resolve, reject);
    });
  }

  #underPolicies(): Promise<ChatResponse> {
    const scope = this.#scope;
    const { model, policies } = this.#candidate;
    const env = scope.toolEnv(model.name, [this.#reserved.request]);
    return underPolicies<ChatResponse>(scope, policies, env, (subscriber) => {
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
