import type { NodeRun } from '../execution/node-run.js';
import { checkJson } from '../schema/check-json.js';
import type { JsonSchema } from '../schema/json.js';
import type { SchemaOf } from '../schema/schema.js';
import type { AttemptMessage, SentSuspension } from './attempt-message.js';

/**
 * What an attempt that is made elsewhere waits for, as its run sees it: the node is suspended, its slot is free, and answers
 * find it.
 */
export class WaitsElsewhere {
  readonly #run: NodeRun;
  #open: readonly SentSuspension[] = [];
  /** Whether the node gives its slot to others: one wait stands for all that are open there. */
  #waits = false;
  #leaveQueue: (() => void) | undefined;
  #ended = false;

  constructor(run: NodeRun) {
    this.#run = run;
  }

  /** Resolves when the attempt may go on. */
  async take({ open, waits }: AttemptMessage): Promise<void> {
    if (this.#ended) return;
    this.#show(open);
    const { execution, holder } = this.#run;
    if (waits > 0 && !this.#waits) {
      this.#waits = true;
      this.#leaveQueue?.();
      execution.beginWait(holder);
    }
    if (waits > 0 || !this.#waits) return;
    this.#waits = false;
    execution.endWait(holder);
    await new Promise<void>((resolve) => {
      const leave = execution.whenSlot(holder, resolve);
      this.#leaveQueue = () => {
        leave();
        resolve();
      };
    });
  }

  /** Nobody waits any more. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#show([]);
    if (this.#waits) this.#run.execution.endWait(this.#run.holder);
    this.#leaveQueue?.();
  }

  #show(open: readonly SentSuspension[]): void {
    const { suspensions } = this.#run.execution;
    for (const one of this.#open) if (!open.some((other) => isSame(one, other))) suspensions.forget(one);
    for (const one of open) {
      if (this.#open.some((other) => isSame(one, other))) continue;
      const { node, attempt, step, signal, request, until, answer } = one;
      suspensions.remember({
        ...{ node, attempt, step, signal, request, until },
        schema: answer === undefined ? undefined : schemaOf(answer),
      });
    }
    this.#open = open;
  }
}

/** The code of the schema is where the attempt is made: here is only what it says. */
const schemaOf = (jsonSchema: JsonSchema): SchemaOf => ({
  name: 'answer',
  jsonSchema,
  validate(value) {
    const issues = checkJson(value, jsonSchema);
    return issues.length === 0 ? { valid: true, value } : { valid: false, issues };
  },
});

const isSame = (one: SentSuspension, other: SentSuspension): boolean =>
  one.node === other.node && one.step === other.step;
