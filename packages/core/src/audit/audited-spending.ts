import { RecordedSpending } from '../engine/recorded-spending.js';
import type { JournalRecord } from '../events/event.js';
import type { Usage } from '../model/chat-model.js';
import type { RunUsage } from '../runtime/run-outcome.js';
import type { AuditedSpending } from './audit.js';

type Total = { -readonly [K in keyof RunUsage]: RunUsage[K] };

/** What a run has spent, by who spent it. */
export class SpendingAudit {
  readonly #run = new RecordedSpending();
  readonly #nodes = new Map<string, Total>();
  readonly #models = new Map<string, Total>();

  /** @param model that was asked, for a `model-end` */
  add(record: JournalRecord, model: string | undefined): void {
    this.#run.addToRun(record);
    if (record.type === 'model-end') {
      const usage = record.value?.usage ?? record.usage;
      addCall(totalOf(this.#nodes, record.node), usage);
      if (model !== undefined) addCall(totalOf(this.#models, model), usage);
    } else if (record.type === 'tool-end') {
      totalOf(this.#nodes, record.node).toolCalls += 1;
    } else if (record.type === 'step-end' && record.usage !== undefined) {
      addUsage(totalOf(this.#nodes, record.node), record.usage);
    }
  }

  get spent(): AuditedSpending {
    const { modelCalls, toolCalls, inputTokens, outputTokens, cost } = this.#run.own;
    return {
      total: this.#run.all,
      own: { modelCalls, toolCalls, inputTokens, outputTokens, cost },
      nodes: Object.fromEntries(this.#nodes),
      models: Object.fromEntries(this.#models),
    };
  }
}

function totalOf(totals: Map<string, Total>, name: string): Total {
  let total = totals.get(name);
  if (total === undefined) {
    total = { modelCalls: 0, toolCalls: 0, inputTokens: 0, outputTokens: 0, cost: 0 };
    totals.set(name, total);
  }
  return total;
}

function addCall(total: Total, usage: Usage | undefined): void {
  total.modelCalls += 1;
  addUsage(total, usage);
}

function addUsage(total: Total, usage: Usage | undefined): void {
  total.inputTokens += usage?.inputTokens ?? 0;
  total.outputTokens += usage?.outputTokens ?? 0;
  total.cost += usage?.cost ?? 0;
}
