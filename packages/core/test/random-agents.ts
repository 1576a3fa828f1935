import {
  type AgentClass,
  append,
  type Clock,
  createEspalier,
  defineWorkflow,
  type Espalier,
  type Event,
  each,
  Fallback,
  ForEach,
  firstOf,
  type Journal,
  MemoryJournal,
  Merge,
  optional,
  Repeat,
  Retry,
  SharedState,
  systemClock,
  Timeout,
  When,
  type Workflow,
} from '@espalier/core';
import { loopback } from './loopback.js';
import { type Decorator, makeAgent } from './make-agent.js';
import type { RandomGraph } from './random-graph.js';
import { compute, entry, numberOf, parentsOf, standIn } from './sequential-model.js';

@SharedState()
export class Trail {
  @Merge(append) entries: string[] = [];
}

/** The clock of a test: a delay is a number of turns of the event loop, and one of ages never ends. Counts open timers. */
function turningClock(): Clock & { pending: number } {
  return {
    pending: 0,
    now: () => systemClock.now(),
    setTimer(delay, callback) {
      this.pending += 1;
      let open = true;
      const close = (): void => {
        if (open) this.pending -= 1;
        open = false;
      };
      const turn = (left: number): void => {
        if (!open) return;
        if (left > 0) {
          setImmediate(turn, left - 1);
          return;
        }
        close();
        callback();
      };
      if (delay < AGES) setImmediate(turn, delay);
      return close;
    },
  };
}

const AGES = 1e9;
/** In turns: longer than any attempt that is not stuck. */
const TIMEOUT = 40;

function enter(observed: Observed): void {
  observed.active += 1;
  observed.mostActive = Math.max(observed.mostActive, observed.active);
}

interface Observed {
  active: number;
  mostActive: number;
  /** The node whose code gives something else by now. */
  changed?: number;
  readonly runs: number[];
  readonly seen: (readonly string[] | undefined)[];
  /** Nodes that started before what they wait for was settled. */
  readonly early: string[];
}

/** Agents that do what the model says, and note what they see. The last one depends on all that nothing else needs. */
function agentsFor({ nodes }: RandomGraph, jitter: () => number): { output: AgentClass; observed: Observed } {
  const observed: Observed = {
    active: 0,
    mostActive: 0,
    runs: nodes.map(() => 0),
    seen: nodes.map(() => undefined),
    early: [],
  };
  const agents: AgentClass[] = [];
  const needed = new Set<number>();
  nodes.forEach((node, index) => {
    for (const parent of parentsOf(node)) needed.add(parent);
    const source = (at: number): AgentClass => agents[at] as AgentClass;
    const isFanOut = (at: number): boolean => nodes[at]?.forEach !== undefined;
    const decorators: Decorator[] = [];
    const required = node.required.map((at) => (isFanOut(at) ? each(source(at)) : source(at)));
    const dependencies = [
      ...required,
      ...node.optional.map((at) => optional(isFanOut(at) ? each(source(at)) : source(at))),
      ...(node.firstOf.length === 0 ? [] : [firstOf(...node.firstOf.map(source))]),
    ];
    if (node.condition !== undefined)
      decorators.push(When(source(node.condition), (output) => numberOf(output) % 2 === 0));
    if (node.forEach !== undefined) {
      const items = (output: unknown): number[] => Array.from({ length: numberOf(output) % 4 }, (_, item) => item);
      decorators.push(ForEach(source(node.forEach), { items, max: 4, dependsOn: dependencies }) as Decorator);
    }
    if (node.repeat > 0) {
      decorators.push(Repeat({ until: () => false, max: node.repeat, otherwise: 'keep-last' }) as Decorator);
    }
    decorators.push(Retry({ attempts: node.attempts, backoff: 0 }) as Decorator);
    if (node.stuck) decorators.push(Timeout(TIMEOUT) as Decorator);
    const taken = node.forEach === undefined && parentsOf(node).length > 0 ? dependencies.length : 0;
    if (node.fallback) {
      const other = makeAgent(`f${index}`, [], async (inputs, ctx) => {
        const turns = jitter() % (node.turns + 1);
        if (node.sleeps) await ctx.sleep(turns);
        else for (let turn = turns; turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve));
        const trail = ctx.state(Trail);
        observed.seen[index] = trail.read().entries;
        if (node.writes) trail.write({ entries: [entry(index, undefined, 0)] });
        return standIn(index, inputs.slice(0, taken));
      });
      decorators.push(Fallback(other as never) as Decorator);
    }
    agents.push(
      makeAgent(
        `n${index}`,
        node.forEach === undefined ? dependencies : [],
        async (inputs, ctx) => {
          let awake = true;
          const asleep = async (duration: number): Promise<void> => {
            observed.active -= 1;
            awake = false;
            await ctx.sleep(duration);
            awake = true;
            enter(observed);
          };
          enter(observed);
          observed.runs[index] = (observed.runs[index] as number) + 1;
          try {
            const fails = ctx.attempt <= node.failures;
            const turns = jitter() % (node.turns + 1);
            if (fails && node.stuck) await asleep(AGES);
            else if (node.sleeps && !node.stuck) await asleep(turns);
            else for (let turn = turns; turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve));
            if (fails) throw new Error(`attempt ${ctx.attempt} fails`);
            const trail = ctx.state(Trail);
            if (ctx.iteration === undefined || ctx.iteration === 1) {
              if (ctx.index === undefined || ctx.index === 0) observed.seen[index] = trail.read().entries;
            }
            if (node.writes) trail.write({ entries: [entry(index, ctx.index, ctx.iteration ?? 0)] });
            const given = node.forEach === undefined ? inputs : inputs.slice(1);
            const own = parentsOf(node).length === 0 ? [] : given.slice(0, dependencies.length);
            const output = compute(index, own, ctx.index, ctx.previous as number | undefined, ctx.iteration);
            return observed.changed === index ? output + 1 : output;
          } finally {
            if (awake) observed.active -= 1;
          }
        },
        decorators,
      ),
    );
  });
  const ends = agents.flatMap((agent, index) => {
    if (needed.has(index)) return [];
    return [optional(nodes[index]?.forEach === undefined ? agent : each(agent))];
  });
  return { output: makeAgent('output', ends, () => 'done'), observed };
}

/** A runtime that takes over nothing by itself. */
export function runtimeOf(workflow: Workflow<unknown, unknown>, clock: Clock, store: Journal): Promise<Espalier> {
  return createEspalier({ workflows: [workflow], clock, store, recovery: false });
}

/** One whose attempts are made in another runtime. */
export function loopedRuntimeOf(workflow: Workflow<unknown, unknown>, clock: Clock, store: Journal): Promise<Espalier> {
  const options = { workflows: [workflow], clock };
  return createEspalier({ ...options, engine: loopback({ ...options, store }) });
}

export async function start<J extends Journal = MemoryJournal>(
  graph: RandomGraph,
  jitter: () => number,
  store: J = new MemoryJournal() as Journal as J,
  makeRuntime: typeof runtimeOf = runtimeOf,
) {
  const { output, observed } = agentsFor(graph, jitter);
  const workflow = defineWorkflow({ name: 'random', version: 1, output, concurrency: graph.concurrency }) as Workflow<
    unknown,
    unknown
  >;
  const clock = turningClock();
  const espalier = await makeRuntime(workflow, clock, store);
  const run = espalier.start(workflow, null);
  const events: Event[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    run.events$.subscribe({ next: (event) => events.push(event), error: reject, complete: resolve });
  });
  return { run, events, ended, observed, clock, store, espalier, workflow };
}

/** A stream of numbers that a seed fixes: timing that differs between runs and can be repeated. */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
}
