import { serializeError } from '../errors/espalier-error.js';
import type { NodeRun } from '../execution/node-run.js';
import { budgetKinds } from '../policies/budget.js';
import type { Amounts } from '../policies/budget-ledger.js';
import type { Json } from '../schema/json.js';
import { sendValues } from '../sensitive/sent-values.js';
import type { SentShape } from '../state/sent-state.js';
import type { StateDefinition } from '../state/state-definition.js';
import { viewOf } from '../state/state-view.js';
import type { AttemptRequest } from './attempt-request.js';
import type { AttemptResult } from './attempt-result.js';
import type { AttemptScope } from './attempt-scope.js';
import { sendSteps } from './send-attempt.js';

/** The result of an attempt that succeeded. */
export function successfulResult(
  scope: AttemptScope,
  run: NodeRun,
  request: AttemptRequest,
  output: unknown,
): AttemptResult {
  const { writes } = run;
  const { said } = scope;
  return {
    ...(output === undefined ? {} : { output: output as Json }),
    ...(writes.length === 0 ? {} : { writes: [...writes], states: shapesOf(scope, run) }),
    ...(said.length === 0 ? {} : { thread: said }),
    ...used(scope, request),
  };
}

export function failedResult(
  scope: AttemptScope,
  run: NodeRun,
  request: AttemptRequest,
  error: unknown,
): AttemptResult {
  const known = new Set(request.steps?.map(({ step }) => step));
  const steps = sendSteps(run.steps ?? new Map()).filter(({ step }) => !known.has(step));
  return { error: serializeError(error), ...(steps.length === 0 ? {} : { steps }), ...used(scope, request) };
}

function used({ engine, usage, ledger }: AttemptScope, { sensitive, budgets }: AttemptRequest): Partial<AttemptResult> {
  const { modelCalls, toolCalls, inputTokens, outputTokens, cost } = usage;
  const met = sendValues(engine, sensitive);
  const isUsed = modelCalls + toolCalls + inputTokens + outputTokens + cost > 0;
  return {
    ...(isUsed ? { usage: { modelCalls, toolCalls, inputTokens, outputTokens, cost } } : {}),
    ...(ledger === undefined ? {} : { spent: spentSince(ledger.spent, budgets?.[0]?.spent ?? {}) }),
    ...(met.length === 0 ? {} : { sensitive: met }),
  };
}

function spentSince(now: Amounts, before: Amounts): Amounts {
  return Object.fromEntries(budgetKinds.map((kind) => [kind, (now[kind] ?? 0) - (before[kind] ?? 0)]));
}

function shapesOf({ states }: AttemptScope, run: NodeRun): readonly SentShape[] {
  const after = run.frontierAfter(run.writes);
  const names = new Set(run.writes.map(({ state }) => state));
  return [...names].map((name) => {
    const definition = states.named(name) as StateDefinition;
    return {
      name,
      merged: [...definition.rules.keys()],
      sensitive: [...definition.sensitive],
      view: viewOf(definition, after) as Json,
    };
  });
}
