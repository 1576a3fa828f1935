import {
  deserializeError,
  type Event,
  type Json,
  type NodeOutcome,
  type Run,
  type RunOutcome,
  type RunStatus,
  type RunUsage,
  type SkipReason,
  type Usage,
} from '@espalier/core';

/** What became of one node, by its path. */
export interface NodeFacts {
  readonly status: string;
  /** Of the last attempt that started. 0 for a node that never did, or where only the outcome is known. */
  readonly attempts: number;
  readonly output?: unknown;
  readonly error?: unknown;
  readonly skipped?: SkipReason;
  /** Positions of its first start and of its last end among the events. */
  readonly started?: number;
  readonly ended?: number;
}

/** What is known of a run, whatever it was read from. */
export interface Facts {
  readonly status: RunStatus;
  readonly output: unknown;
  readonly error: unknown;
  readonly usage: RunUsage;
  readonly nodes: ReadonlyMap<string, NodeFacts>;
  /** Nothing where only the outcome was given. */
  readonly events: readonly Event[] | undefined;
}

/** What matchers take: a run, what `testWorkflow` gives, an outcome, a list of events, or a promise of one of these. */
export type Received = Run<unknown> | RunOutcome<unknown> | readonly Event[] | PromiseLike<unknown>;

/** At once where all is known already, so that a forgotten `await` does not hide a failure. */
export function factsOf(received: unknown): Facts | Promise<Facts> {
  if (isEvents(received)) return factsOfEvents(received);
  if (typeof received === 'object' && received !== null) {
    if ('then' in received) return Promise.resolve(received as PromiseLike<unknown>).then(factsOf);
    if ('events$' in received && 'outcome' in received) return factsOfRun(received as Run<unknown>);
    if ('status' in received && 'nodes' in received) return factsOfOutcome(received as RunOutcome<unknown>);
  }
  const got = received === null ? 'null' : Array.isArray(received) ? 'an array of something else' : typeof received;
  throw new TypeError(`expected a run, its outcome, what testWorkflow's run() gives, or a list of events; got ${got}.`);
}

const isEvents = (received: unknown): received is readonly Event[] =>
  Array.isArray(received) &&
  received.every((one: Partial<Event> | null) => typeof one?.type === 'string' && 'seq' in one);

async function factsOfRun(run: Run<unknown>): Promise<Facts> {
  const events: Event[] = [];
  for await (const event of run) events.push(event);
  return factsOfOutcome(Object.assign({}, await run.outcome, { events }));
}

function factsOfOutcome(outcome: RunOutcome<unknown> & { readonly events?: readonly Event[] }): Facts {
  const { status, output, error, usage, events } = outcome;
  const nodes = new Map<string, NodeFacts>(
    Object.entries(outcome.nodes()).map(([name, node]: [string, NodeOutcome]) => [name, { ...node, attempts: 0 }]),
  );
  for (const [path, node] of events === undefined ? [] : nodesOf(events))
    nodes.set(path, { ...nodes.get(path), ...node });
  return { status, output, error, usage, nodes, events };
}

function factsOfEvents(events: readonly Event[]): Facts {
  const end = events.findLast((event) => event.type === 'run-end');
  const rest = events.findLast(({ type }) => type === 'run-suspend' || type === 'run-resume');
  return {
    status: end?.status ?? (rest?.type === 'run-suspend' ? 'suspended' : 'running'),
    output: end?.output,
    error: end?.error === undefined ? undefined : deserializeError(end.error),
    usage: usageOf(events),
    nodes: nodesOf(events),
    events,
  };
}

function nodesOf(events: readonly Event[]): ReadonlyMap<string, NodeFacts> {
  const nodes = new Map<string, NodeFacts>();
  events.forEach((event, place) => {
    if (!('node' in event)) return;
    const before = nodes.get(event.node) ?? { status: 'pending', attempts: 0 };
    if (event.type === 'node-start') {
      const started = before.started ?? place;
      nodes.set(event.node, {
        ...before,
        status: 'running',
        attempts: Math.max(before.attempts, event.attempt),
        started,
      });
    } else if (event.type === 'node-skip') {
      nodes.set(event.node, { ...before, status: 'skipped', skipped: event.reason });
    } else if (event.type === 'node-end') {
      const error = event.error === undefined ? {} : { error: deserializeError(event.error) };
      const output: { output?: Json } = event.output === undefined ? {} : { output: event.output };
      nodes.set(event.node, { ...before, status: event.status, ...output, ...error, ended: place });
    }
  });
  return nodes;
}

const noUsage: Usage = { inputTokens: 0, outputTokens: 0 };

function usageOf(events: readonly Event[]): RunUsage {
  const sum = { modelCalls: 0, toolCalls: 0, inputTokens: 0, outputTokens: 0, cost: 0 };
  for (const event of events) {
    if (event.type === 'model-start') sum.modelCalls += 1;
    else if (event.type === 'tool-start') sum.toolCalls += 1;
    else if (event.type === 'model-end') {
      const { inputTokens, outputTokens, cost = 0 } = event.value?.usage ?? event.usage ?? noUsage;
      sum.inputTokens += inputTokens;
      sum.outputTokens += outputTokens;
      sum.cost += cost;
    }
  }
  return sum;
}
