import type { Usage } from '../model/chat-model.js';

/** What a run has used so far, its child runs not counted. */
export class UsageTotal {
  modelCalls = 0;
  toolCalls = 0;
  inputTokens = 0;
  outputTokens = 0;
  /** In US dollars, as far as prices are known. */
  cost = 0;

  /** What was used before a restart. */
  restore({ modelCalls, toolCalls, inputTokens, outputTokens, cost }: Omit<UsageTotal, 'add' | 'restore'>): void {
    this.modelCalls += modelCalls;
    this.toolCalls += toolCalls;
    this.inputTokens += inputTokens;
    this.outputTokens += outputTokens;
    this.cost += cost;
  }

  add(usage: Usage): void {
    this.inputTokens += usage.inputTokens;
    this.outputTokens += usage.outputTokens;
    this.cost += usage.cost ?? 0;
  }
}
