import type { NodeStatus, RunEndStatus } from '../events/event.js';
import type { Execution } from '../execution/execution.js';
import { firstConflict, viewOf } from '../state/state-view.js';

/** What became of one node. */
export interface NodeOutcome {
  readonly status: NodeStatus;
  readonly output?: unknown;
  readonly error?: unknown;
}

/** What a run used. Child runs have their own. */
export interface RunUsage {
  readonly modelCalls: number;
  readonly toolCalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** In US dollars, as far as prices are known. */
  readonly cost: number;
}

/** How a run ended, with every result it has: a failed run keeps its partial ones. */
export interface RunOutcome<Output = unknown> {
  readonly runId: string;
  readonly status: RunEndStatus | 'parked';
  /** The result of a completed run. */
  readonly output: Output | undefined;
  /** Why it did not complete. */
  readonly error: unknown;
  readonly usage: RunUsage;
  /** What became of each node, by name. Made when asked for. */
  nodes(): Readonly<Record<string, NodeOutcome>>;
  /** Shared state as all nodes together left it. @throws state-conflict */
  state<S extends object>(state: new () => S): Readonly<S>;
}

const settledStatuses: ReadonlySet<NodeStatus> = new Set(['completed', 'failed', 'skipped']);

/** The outcome of an execution that has stopped or settled. */
export function outcomeOf<Output>(
  execution: Execution,
  status: RunEndStatus | 'parked',
  output: Output | undefined,
  error: unknown,
): RunOutcome<Output> {
  const { engine, usage, workflow, statuses, outputs, errors } = execution;
  return {
    runId: engine.runId,
    status,
    output,
    error,
    usage,
    nodes() {
      const open = (at: NodeStatus): NodeStatus => (status !== 'parked' && !settledStatuses.has(at) ? 'cancelled' : at);
      return Object.fromEntries(
        workflow.nodes.map(({ name, index }) => [
          name,
          {
            status: open(statuses[index] as NodeStatus),
            ...(outputs[index] === undefined ? {} : { output: outputs[index] }),
            ...(errors?.has(index) === true ? { error: errors.get(index) } : {}),
          },
        ]),
      );
    },
    state<S extends object>(state: new () => S) {
      return viewOf(execution.states.read(state), execution.frontiers.final) as Readonly<S>;
    },
  };
}

/** The first conflict in the state that all nodes together left, if there is one. */
export function finalStateConflict(execution: Execution): unknown {
  const frontier = execution.frontiers.final;
  if (frontier.length === 0) return undefined;
  for (const definition of execution.states.all()) {
    try {
      viewOf(definition, frontier);
    } catch (error) {
      return error;
    }
  }
  for (const shape of execution.states.told()) {
    const clash = firstConflict(shape, frontier);
    if (clash !== undefined) return clash;
  }
  return undefined;
}
