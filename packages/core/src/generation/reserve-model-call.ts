import type { ChatRequest, Usage } from '../model/chat-model.js';
import { estimateRequest } from '../model/estimate-tokens.js';
import type { BudgetLedger } from '../policies/budget-ledger.js';

/** What one model call has set aside. It is closed once: settled, failed or released. */
export interface ModelReservation {
  /** The request, with its answer limited to what was reserved. */
  readonly request: ChatRequest;
  /** Charges what the call used. */
  settle(usage: Usage): void;
  /** The call was made and gave nothing: it counts, its tokens are not known. */
  failed(): void;
  /** The call was not made. */
  release(): void;
}

/**
 * How many tokens of an answer are set aside at the least, where neither the request nor the budget says less. A call
 * takes no more than half of what is left: others that run at the same time must find something too.
 */
const LEAST_OUTPUT = 4096;

/** A call's price is known only afterwards; this much has to be left for it to start. */
const LEAST_COST = 1e-6;

/** Sets aside what a request may use at the most. @throws budget-exceeded */
export function reserveModelCall(ledger: BudgetLedger | undefined, request: ChatRequest): ModelReservation {
  if (ledger === undefined) return { request, settle: nothing, failed: nothing, release: nothing };
  const left = ledger.remaining('tokens');
  const cost = ledger.remaining('cost') === Number.POSITIVE_INFINITY ? 0 : LEAST_COST;
  const input = left === Number.POSITIVE_INFINITY ? 0 : estimateRequest(request);
  const output = left === Number.POSITIVE_INFINITY ? 0 : outputLimit(request, left - input);
  const reserved = { modelCalls: 1, tokens: input + output, cost };
  const reservation = ledger.reserve(reserved);
  let open = true;
  return {
    request: output === 0 ? request : { ...request, settings: { ...request.settings, maxOutputTokens: output } },
    settle(usage) {
      const used = { tokens: usage.inputTokens + usage.outputTokens, cost: usage.cost ?? 0 };
      if (open) reservation.settle({ modelCalls: 1, ...used });
      else ledger.charge(used); // too late for the reservation; spent all the same
      open = false;
    },
    failed() {
      if (open) reservation.settle({ modelCalls: 1 });
      open = false;
    },
    release() {
      open = false;
      reservation.release();
    },
  };
}

function outputLimit({ settings }: ChatRequest, left: number): number {
  const asked = settings?.maxOutputTokens;
  const fair = asked ?? Math.max(LEAST_OUTPUT, Math.floor(left / 2));
  return Math.min(fair, Math.max(1, left));
}

const nothing = (): void => {};
