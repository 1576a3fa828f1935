import type { CompiledNode, CompiledWorkflow } from '../boot/compiled-workflow.js';
import type { RuntimeServices } from '../execution/runtime-services.js';
import type { ReplayAttempts } from './replay-attempts.js';
import { replayPolicy } from './replay-policy.js';
import type { ReplayRun } from './replay-run.js';

/**
 * The workflow as a replay runs it: what its policies decided is on record, and nothing waits for a slot, as a node that never
 * came to its end would hold one for good.
 */
export function withoutPolicies(compiled: CompiledWorkflow, attempts: ReplayAttempts): CompiledWorkflow {
  const replayed = (node: CompiledNode): CompiledNode => {
    const fallback = node.policies.find(({ kind }) => kind === 'fallback')?.agent;
    const { fanOut } = node.graph;
    return {
      ...node,
      policies: [replayPolicy(attempts, fallback)],
      budget: undefined,
      graph: fanOut === undefined ? node.graph : { ...node.graph, fanOut: { ...fanOut, concurrency: fanOut.max } },
    };
  };
  return {
    ...compiled,
    concurrency: Number.POSITIVE_INFINITY,
    nodes: compiled.nodes.map(replayed),
    nested: new Map([...compiled.nested].map(([agent, node]) => [agent, replayed(node)])),
  };
}

export const hasBudgets = ({ workflow, nodes, nested }: CompiledWorkflow): boolean =>
  workflow.options.budget !== undefined || [...nodes, ...nested.values()].some(({ budget }) => budget !== undefined);

/** Services by which nothing can be changed: threads can be read, and time is that of the record. */
export function effectless(services: RuntimeServices, run: ReplayRun): RuntimeServices {
  const shared = new Map<object, unknown>();
  const { threads, memory } = services;
  return {
    clock: { now: () => run.now(), setTimer: () => nothing },
    random: () => 0,
    uuid: () => '00000000-0000-4000-8000-000000000000',
    shared: <T>(key: object, create: () => T): T => {
      if (!shared.has(key)) shared.set(key, create());
      return shared.get(key) as T;
    },
    threads: {
      append: nothing,
      read: (...range) => threads.read(...range),
      length: (threadId) => threads.length(threadId),
      forget: nothing,
    },
    threadScope: services.threadScope,
    memory,
    idle: { enter: nothing, leave: nothing },
    callChild: () => new Promise(nothing),
  };
}

const nothing = (): void => {};
