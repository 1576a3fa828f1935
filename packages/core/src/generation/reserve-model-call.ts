import type { ChatRequest, Usage } from '../model/chat-model.js';
import { estimateTokens } from '../model/estimate-tokens.js';
import { costOf, type ModelPrice } from '../model/price.js';
import type { BudgetLedger } from '../policies/budget-ledger.js';

/** What one model call has set aside. It is closed once: settled or released. */
export interface ModelReservation {
  /** The request, with its answer limited to what was reserved. */
  readonly request: ChatRequest;
  /** Charges the call and what it used. Once more, it charges what it used besides. */
  settle(usage: Usage): void;
  /** The call was not made. */
  release(): void;
}

/**
 * How many tokens of an answer are set aside at the least, where neither the request nor the budget says less. A call
 * takes no more than half of what is left: others that run at the same time must find something too.
 */
const LEAST_OUTPUT = 4096;

/**
 * And at the most: providers refuse a limit that is above what their model can answer, and this much every model of
 * today can. A request that needs more says so.
 */
const MOST_OUTPUT = 16_384;

/** What has to be left for a call to start whose price is not known before. */
const LEAST_COST = 1e-6;

/**
 * Sets aside what a request may use at the most: tokens, and money where the model's price is known.
 * @throws budget-exceeded
 */
export function reserveModelCall(
  ledger: BudgetLedger | undefined,
  request: ChatRequest,
  price: ModelPrice | undefined,
): ModelReservation {
  if (ledger === undefined) return { request, settle: nothing, release: nothing };
  const tokensLeft = ledger.remaining('tokens');
  const costLeft = ledger.remaining('cost');
  const pays = costLeft !== Number.POSITIVE_INFINITY;
  const counts = tokensLeft !== Number.POSITIVE_INFINITY || (pays && price !== undefined);
  const input = counts ? estimateTokens(request) : 0;
  const affordable = pays && price !== undefined ? affordableOutput(costLeft, input, price) : Number.POSITIVE_INFINITY;
  const output = counts ? outputLimit(request, Math.min(tokensLeft - input, affordable)) : 0;
  const usage = { inputTokens: input, outputTokens: output };
  const cost = !pays ? 0 : price === undefined ? LEAST_COST : costOf(usage, price);
  const tokens = tokensLeft === Number.POSITIVE_INFINITY ? 0 : input + output;
  const reservation = ledger.reserve({ modelCalls: 1, tokens, cost });
  let open = true;
  return {
    request: output === 0 ? request : { ...request, settings: { ...request.settings, maxOutputTokens: output } },
    settle(usage) {
      const used = { tokens: usage.inputTokens + usage.outputTokens, cost: usage.cost ?? 0 };
      if (open) reservation.settle({ modelCalls: 1, ...used });
      else ledger.charge(used); // too late for the reservation; spent all the same
      open = false;
    },
    release() {
      open = false;
      reservation.release();
    },
  };
}

/** How many tokens of an answer can be paid, once the request is. */
function affordableOutput(left: number, input: number, price: ModelPrice): number {
  const rest = left - costOf({ inputTokens: input, outputTokens: 0 }, price);
  const each = costOf({ inputTokens: 0, outputTokens: 1 }, price);
  return each === 0 ? Number.POSITIVE_INFINITY : Math.floor(rest / each);
}

function outputLimit({ settings }: ChatRequest, left: number): number {
  const half = left === Number.POSITIVE_INFINITY ? LEAST_OUTPUT : Math.floor(left / 2);
  const fair = settings?.maxOutputTokens ?? Math.min(MOST_OUTPUT, Math.max(LEAST_OUTPUT, half));
  return Math.min(fair, Math.max(1, left));
}

const nothing = (): void => {};
