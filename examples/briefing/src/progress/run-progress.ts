import type { Event, WorkflowPlan } from '@espalier/core';

export type Standing = 'waiting' | 'running' | 'done' | 'skipped' | 'failed' | 'cancelled';

/** What is known of one node so far. For `@ForEach`, its items are counted in the one entry. */
export interface NodeProgress {
  readonly name: string;
  readonly usesModel: boolean;
  standing: Standing;
  /** When it started and ended, in milliseconds since the Unix epoch. */
  startedAt: number | undefined;
  endedAt: number | undefined;
  /** Attempts, items and iterations after the first of each. */
  retries: number;
  fallbacks: number;
  iterations: number;
  items: { readonly count: number; ended: number } | undefined;
  modelCalls: number;
  toolCalls: number;
  /** Time of all model calls together; more than the node's own where they overlap. */
  modelTime: number;
  /** Why it failed or was skipped. */
  why: string | undefined;
}

/** Follows a run by its events. */
export class RunProgress {
  readonly nodes: readonly NodeProgress[];
  startedAt = 0;
  endedAt: number | undefined;
  readonly #byName: ReadonlyMap<string, NodeProgress>;
  readonly #openCalls = new Map<string, number>();

  constructor(plan: WorkflowPlan) {
    this.nodes = plan.nodes.filter(({ nested }) => !nested).map(({ name, usesModel }) => fresh(name, usesModel));
    this.#byName = new Map(this.nodes.map((node) => [node.name, node]));
  }

  /** @returns whether a node stands otherwise now */
  take(event: Event): boolean {
    if (event.type === 'run-start') this.startedAt = event.time;
    else if (event.type === 'run-end') this.#end(event.time);
    else if ('node' in event) {
      const node = this.#byName.get(ownerOf(event.node));
      const before = node?.standing;
      if (node !== undefined) this.#note(node, event);
      return node?.standing !== before;
    }
    return false;
  }

  #note(
    node: NodeProgress,
    event: Exclude<Event, { type: 'run-start' | 'run-end' }> & { readonly node: string },
  ): void {
    const whole = event.node === node.name;
    switch (event.type) {
      case 'node-fan-out':
        node.items = { count: event.count, ended: 0 };
        this.#start(node, event.time);
        break;
      case 'node-start':
        this.#start(node, event.time);
        if (event.attempt === 1) node.iterations = Math.max(node.iterations, iterationOf(event.node));
        break;
      case 'node-retry':
        node.retries += 1;
        break;
      case 'node-fallback':
        node.fallbacks += 1;
        break;
      case 'node-skip':
        node.standing = 'skipped';
        node.why =
          event.reason.kind === 'condition'
            ? `@When(${event.reason.source}) does not hold`
            : `${event.reason.source} ${event.reason.status}`;
        break;
      case 'node-end':
        if (whole) {
          node.standing = event.status === 'completed' ? 'done' : event.status;
          node.endedAt = event.time;
          node.why = event.error?.message;
          node.startedAt ??= event.time;
        } else if (node.items !== undefined && /^[^/@]*\[\d+\]$/.test(event.node)) node.items.ended += 1;
        break;
      case 'model-start':
        node.modelCalls += 1;
        this.#openCalls.set(`${event.node}#${event.attempt}#${event.step}`, event.time);
        break;
      case 'model-end':
        node.modelTime += event.time - this.#close(`${event.node}#${event.attempt}#${event.step}`, event.time);
        break;
      case 'tool-start':
        node.toolCalls += 1;
        break;
    }
  }

  #start(node: NodeProgress, time: number): void {
    node.standing = 'running';
    node.startedAt ??= time;
  }

  #close(key: string, time: number): number {
    const started = this.#openCalls.get(key) ?? time;
    this.#openCalls.delete(key);
    return started;
  }

  /** What never started has no record of its own when the run is cancelled. */
  #end(time: number): void {
    this.endedAt = time;
    for (const node of this.nodes) {
      if (node.standing !== 'waiting' && node.standing !== 'running') continue;
      node.standing = 'cancelled';
      if (node.startedAt !== undefined) node.endedAt = time;
    }
  }
}

/** The node that a path belongs to: `digest[3]`, `key-points@2` and `read[1]/give-up` are part of one. */
const ownerOf = (path: string): string => path.replace(/[[@/].*$/, '');

const iterationOf = (path: string): number => Number(/@(\d+)$/.exec(path)?.[1] ?? 1);

function fresh(name: string, usesModel: boolean): NodeProgress {
  return {
    name,
    usesModel,
    standing: 'waiting',
    startedAt: undefined,
    endedAt: undefined,
    retries: 0,
    fallbacks: 0,
    iterations: 1,
    items: undefined,
    modelCalls: 0,
    toolCalls: 0,
    modelTime: 0,
    why: undefined,
  };
}
