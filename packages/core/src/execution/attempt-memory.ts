import { EspalierError, serializeError } from '../errors/espalier-error.js';
import { modelError } from '../generation/model-error.js';
import { underPolicies } from '../generation/under-policies.js';
import { type EmbeddingCall, embedFirst } from '../memory/embed-first.js';
import type { EmbeddingModel, EmbeddingResponse } from '../memory/embedding-model.js';
import type { MemoryEffects, MemoryStep } from '../memory/memory-effects.js';
import { embeddingOf } from '../memory/memory-services.js';
import type { ScopedStore } from '../memory/scoped-store.js';
import type { Usage } from '../model/chat-model.js';
import type { Policy } from '../policies/policy.js';
import type { Json } from '../schema/json.js';
import { toPlain } from '../schema/plain.js';
import { type Learner, type Marks, together } from '../sensitive/learn.js';
import type { Attempt } from './attempt.js';

/** Memories and notes as an attempt uses them: each step is recorded, and what it costs is charged to the node. */
export class AttemptMemory implements MemoryEffects {
  readonly #attempt: Attempt;
  readonly #prefix: string;

  /** @param prefix begins the names of steps: nothing for `run()`, its own step for a tool call */
  constructor(attempt: Attempt, prefix: string) {
    this.#attempt = attempt;
    this.#prefix = prefix;
  }

  get store(): ScopedStore {
    return this.#attempt.run.execution.services.memory.store;
  }

  get identity(): unknown {
    return this.#attempt.identity;
  }

  get learner(): Learner {
    return this.#attempt.learner;
  }

  get place(): string {
    return `${this.#attempt.runId}/${this.#attempt.node}/${this.#prefix}`;
  }

  count(kind: string): number {
    return this.#attempt.count(this.#prefix + kind);
  }

  now(): number {
    return this.#attempt.now();
  }

  embedding(name: string, what: string): EmbeddingModel {
    return embeddingOf(this.#attempt.run.execution.services.memory, name, what);
  }

  async task<T extends Json | undefined>(given: string, perform: (step: MemoryStep) => Promise<T>): Promise<T> {
    const attempt = this.#attempt;
    const step = this.#prefix + given;
    const place = { node: attempt.node, attempt: attempt.attempt, step };
    const key = `${attempt.runId}/${attempt.node}#${attempt.attempt}/${step}`;
    let usage: Usage | undefined;
    let marks: Marks = {};
    const mark = (more: Marks): void => {
      marks = together(marks, more);
    };
    const spent = (more: Usage): void => {
      usage = usage === undefined ? more : sumOf(usage, more);
      attempt.spend(more);
    };
    const embed: MemoryStep['embed'] = (model, texts) => this.#embed(model, texts, key, spent);
    return attempt.task<T>(step, async () => toPlain(await perform({ key, embed, mark })) as T, {
      done: (value) => ({
        type: 'step-end',
        ...place,
        ...(value === undefined ? {} : { value }),
        ...marks,
        ...(usage === undefined ? {} : { usage }),
      }),
      failed: (error) =>
        attempt.isOver || attempt.run.execution.stopReason !== undefined
          ? undefined // it was cut off: nobody knows how it would have come out
          : { type: 'step-end', ...place, error: serializeError(error), ...(usage === undefined ? {} : { usage }) },
    });
  }

  /** A call has a signal of its own, which aborts with the attempt; whoever ignores it is not waited for. */
  #embed(
    model: EmbeddingModel,
    texts: readonly string[],
    idempotencyKey: string,
    spent: (usage: Usage) => void,
  ): Promise<readonly Float32Array[]> {
    const attempt = this.#attempt;
    const { ledger, node } = attempt;
    const policies = attempt.run.execution.services.memory.policies.get(model) ?? [];
    return new Promise((resolve, reject) => {
      const over = new AbortController();
      const forget = attempt.onClose(() => {
        over.abort(attempt.overReason());
        reject(attempt.overReason());
      });
      const under = policies.length === 0 ? {} : { under: underModelPolicies(attempt, model, policies) };
      const failed = (error: unknown): unknown => modelError(error, { node, model: model.name });
      embedFirst(model, texts, { signal: over.signal, idempotencyKey, ledger, spent, failed, ...under })
        .finally(forget)
        .then(resolve, reject);
    });
  }
}

/** A call under the policies of its provider, which all calls of the runtime share. */
const underModelPolicies =
  (attempt: Attempt, { name }: EmbeddingModel, policies: readonly Policy[]): EmbeddingCall =>
  (texts, call) =>
    underPolicies<EmbeddingResponse>(attempt, policies, attempt.toolEnv(name, [texts]), (subscriber) => {
      const over = new AbortController();
      call(over.signal).then(
        (response) => {
          subscriber.next(response);
          subscriber.complete();
        },
        (error: unknown) => subscriber.error(error),
      );
      return () => over.abort(new EspalierError('run-cancelled', 'The call of the embedding model is over.'));
    });

const sumOf = (a: Usage, b: Usage): Usage => ({
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: 0,
  ...(a.cost === undefined && b.cost === undefined ? {} : { cost: (a.cost ?? 0) + (b.cost ?? 0) }),
});
