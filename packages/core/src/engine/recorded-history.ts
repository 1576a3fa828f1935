import type { SerializedError } from '../errors/espalier-error.js';
import type {
  JournalRecord,
  NodeEndEvent,
  NodeFanOutEvent,
  NodeSkipEvent,
  RunStartEvent,
  StepRecord,
} from '../events/event.js';
import type { StepKey } from './engine.js';
import { RecordedSpending } from './recorded-spending.js';

/** The records of a run that is taken over, by what replay asks for. */
export class RecordedHistory {
  readonly start: RunStartEvent;
  readonly length: number;
  readonly ended: boolean;
  /** What was used before. */
  readonly spending = new RecordedSpending();
  readonly #ends = new Map<string, NodeEndEvent | NodeSkipEvent>();
  readonly #fanOuts = new Map<string, NodeFanOutEvent>();
  readonly #steps = new Map<string, StepRecord>();
  readonly #failedAttempts = new Map<string, number>();
  readonly #replaced = new Map<string, SerializedError>();
  readonly #suspensions = new Map<string, number | undefined>();

  constructor(records: readonly JournalRecord[]) {
    this.start = records[0] as RunStartEvent;
    this.length = records.length;
    this.ended = records.at(-1)?.type === 'run-end';
    for (const record of records) this.#add(record);
  }

  /** How the node at this path settled, if it has. A node that was cancelled has not: it runs again. */
  end(node: string): NodeEndEvent | NodeSkipEvent | undefined {
    return this.#ends.get(node);
  }

  fanOut(node: string): NodeFanOutEvent | undefined {
    return this.#fanOuts.get(node);
  }

  /** How many attempts of the node have failed for good: the next one is one more. */
  failedAttempts(node: string): number {
    return this.#failedAttempts.get(node) ?? 0;
  }

  /** What the node failed with for good, where a fallback has taken its place. */
  replaced(node: string): SerializedError | undefined {
    return this.#replaced.get(node);
  }

  step(key: StepKey): StepRecord | undefined {
    return this.#steps.get(stepKey(key));
  }

  /** Whether the step began to wait before, and until when. */
  suspension(key: StepKey): { readonly until: number | undefined } | undefined {
    const id = stepKey(key);
    return this.#suspensions.has(id) ? { until: this.#suspensions.get(id) } : undefined;
  }

  #add(record: JournalRecord): void {
    this.spending.add(record);
    switch (record.type) {
      case 'node-end':
        if (record.status !== 'cancelled') this.#ends.set(record.node, record);
        break;
      case 'node-skip':
        this.#ends.set(record.node, record);
        break;
      case 'node-fan-out':
        this.#fanOuts.set(record.node, record);
        break;
      case 'node-retry':
        this.#failedAttempts.set(record.node, record.attempt);
        break;
      case 'node-fallback':
        this.#failedAttempts.set(record.node, record.attempt);
        this.#replaced.set(record.node, record.error);
        break;
      case 'node-suspend':
        this.#suspensions.set(stepKey(record), record.until);
        break;
      case 'model-end':
        if (record.aborted !== true) this.#steps.set(stepKey(record), record);
        break;
      case 'tool-end':
      case 'step-end':
      case 'node-resume':
        this.#steps.set(stepKey(record), record);
        break;
      default:
        break;
    }
  }
}

const stepKey = ({ node, attempt, step }: StepKey): string => `${node}\n${attempt}\n${step}`;
