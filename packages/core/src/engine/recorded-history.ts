import type { SerializedError } from '../errors/espalier-error.js';
import type {
  JournalRecord,
  NodeEndEvent,
  NodeFanOutEvent,
  NodeRetryEvent,
  NodeSkipEvent,
  RunStartEvent,
  StepRecord,
} from '../events/event.js';
import { crashesInARow } from './crashes-in-a-row.js';
import type { StepKey } from './engine.js';
import { migratedRecords } from './migrated-records.js';
import { rootOf } from './node-paths.js';
import { RecordedSpending } from './recorded-spending.js';

/** The records of a run that is taken over, by what replay asks for. */
export class RecordedHistory {
  /** The first record, with what the newest migration says. */
  start!: RunStartEvent;
  length!: number;
  ended!: boolean;
  /** How many processes in a row have died with it without getting further. */
  crashes!: number;
  /** What was used before. */
  spending!: RecordedSpending;
  #anew!: ReadonlyMap<string, number>;
  readonly #ends = new Map<string, NodeEndEvent | NodeSkipEvent>();
  readonly #fanOuts = new Map<string, NodeFanOutEvent>();
  readonly #steps = new Map<string, StepRecord>();
  readonly #failedAttempts = new Map<string, number>();
  /** Pauses after which the next attempt has not started. */
  readonly #pauses = new Map<string, NodeRetryEvent>();
  readonly #replaced = new Map<string, SerializedError>();
  readonly #suspensions = new Map<string, number | undefined>();

  constructor(records: readonly JournalRecord[]) {
    this.reread(records);
  }

  /** Forgets what it knows and reads the records: a migration among them may change what counts. */
  reread(records: readonly JournalRecord[]): void {
    const { start, records: counting, dropped, anew } = migratedRecords(records);
    this.start = start;
    this.length = records.length;
    this.ended = records.at(-1)?.type === 'run-end';
    this.crashes = crashesInARow(records);
    this.#anew = anew;
    this.spending = new RecordedSpending();
    for (const map of [this.#ends, this.#fanOuts, this.#steps, this.#suspensions]) map.clear();
    for (const map of [this.#failedAttempts, this.#pauses, this.#replaced]) map.clear();
    for (const record of counting) this.#add(record);
    for (const record of dropped) this.spending.addToRun(record);
  }

  /**
   * Tells ids of a node that began anew with a version of its workflow from those it had before: what it waits for, and
   * its child runs, are its own. Nothing for a node that did not.
   */
  suffixOf(path: string): string {
    const version = this.#anew.size === 0 ? undefined : this.#anew.get(rootOf(path));
    return version === undefined ? '' : `@v${version}`;
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

  /** What is left of the pause before the node's next attempt, in milliseconds. */
  pauseLeft(node: string, now: number): number {
    const pause = this.#pauses.get(node);
    return pause === undefined ? 0 : Math.max(0, Math.min(pause.delay, pause.time + pause.delay - now));
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
        this.#pauses.set(record.node, record);
        break;
      case 'node-start':
        this.#pauses.delete(record.node);
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
