import type { CompiledWorkflow } from '../boot/compiled-workflow.js';
import type { NodeRun } from '../execution/node-run.js';
import type { RunScope } from '../execution/run-scope.js';
import type { Loan } from '../policies/budget-ledger.js';
import type { Json } from '../schema/json.js';
import { sendValues } from '../sensitive/sent-values.js';
import { sendState } from '../state/sent-state.js';
import type { AttemptRequest, SentStep, SentValue } from './attempt-request.js';

/** An attempt as plain data. @param loan what it may spend */
export function sendAttempt(
  run: NodeRun,
  workflow: CompiledWorkflow,
  attempt: number,
  loan: Loan | undefined,
): AttemptRequest {
  const { execution, compiled, path, args } = run;
  const { name, version } = workflow.workflow;
  const sensitive = sendValues(execution.engine);
  return {
    runId: execution.engine.runId,
    workflow: name,
    version,
    fingerprint: workflow.fingerprint,
    node: path,
    attempt,
    agent: { name: compiled.name, index: compiled.index },
    args: args.map(sentValue),
    ...ofNode(run),
    ...ofRun(execution),
    ...(loan === undefined ? {} : { budgets: loan.budgets }),
    ...(sensitive.length === 0 ? {} : { sensitive }),
  };
}

function ofNode({ options, steps, execution, path, frontier, compiled }: NodeRun): Partial<AttemptRequest> {
  const { item, iteration, previous, failure, inputNames } = options;
  const state = sendState(frontier);
  const suffix = execution.suffixOf(path);
  const timeLimit = compiled.policies.find(({ kind }) => kind === 'timeout')?.options as
    | { duration: number }
    | undefined;
  return {
    ...(item === undefined ? {} : { item }),
    ...(iteration === undefined ? {} : { iteration }),
    ...(previous === undefined ? {} : { previous: previous as Json }),
    ...(failure === undefined ? {} : { failure }),
    ...(inputNames === undefined ? {} : { inputNames }),
    ...(steps === undefined ? {} : { steps: sendSteps(steps) }),
    ...(state === undefined ? {} : { state }),
    ...(timeLimit === undefined ? {} : { timeLimit: timeLimit.duration }),
    ...(suffix === '' ? {} : { suffix }),
  };
}

function ofRun({ input, identity, thread }: RunScope): Partial<AttemptRequest> {
  return {
    ...(input === undefined ? {} : { input: input as Json }),
    ...(identity === undefined ? {} : { identity: identity as Json }),
    ...(thread === undefined ? {} : { thread: thread.about }),
  };
}

const sentValue = (value: unknown): SentValue => (value === undefined ? {} : { value: value as Json });

/** Results of steps that count for all attempts of a node. */
export const sendSteps = (steps: ReadonlyMap<string, unknown>): readonly SentStep[] =>
  [...steps].map(([step, value]) => ({ step, ...sentValue(value) }));
