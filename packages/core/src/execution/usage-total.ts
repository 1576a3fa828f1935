import type { Usage } from '../model/chat-model.js';

/** What a run has used so far, its child runs not counted. */
export class UsageTotal {
  modelCalls = 0;
  toolCalls = 0;
  inputTokens = 0;
  outputTokens = 0;
  /** In US dollars, as far as prices are known. */
  cost = 0;

  add(usage: Usage): void {
    this.inputTokens += usage.inputTokens;
    this.outputTokens += usage.outputTokens;
    this.cost += usage.cost ?? 0;
  }
}
