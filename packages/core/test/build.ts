import {
  type AgentClass,
  createEspalier,
  defineWorkflow,
  type Espalier,
  type EspalierOptions,
  type Event,
  type Run,
  type RunContext,
  type Workflow,
  type WorkflowOptions,
} from '@espalier/core';

export interface Built {
  readonly espalier: Espalier;
  readonly workflow: Workflow<unknown, unknown>;
  start(input?: unknown): Run<unknown>;
}

/** A workflow of one output agent in a runtime of its own. */
export async function build(
  output: AgentClass,
  workflowOptions: Partial<WorkflowOptions<never, AgentClass>> = {},
  options: Partial<EspalierOptions> = {},
): Promise<Built> {
  const workflow = defineWorkflow({ name: 'test', version: 1, output, ...workflowOptions }) as Workflow<
    unknown,
    unknown
  >;
  const espalier = await createEspalier({ workflows: [workflow], ...options });
  return { espalier, workflow, start: (input = null) => espalier.start(workflow, input) };
}

/** All events of a run, once it has ended. */
export async function eventsOf(run: Run<unknown>): Promise<readonly Event[]> {
  const events: Event[] = [];
  for await (const event of run) events.push(event);
  return events;
}

/** The node paths that started, in order. */
export const startsOf = (events: readonly Event[]): readonly string[] =>
  events.flatMap((event) => (event.type === 'node-start' ? [event.node] : []));

/** The behaviour of an agent that sleeps, then gives its node path. */
export const sleep = (ms: number) => async (_inputs: readonly unknown[], ctx: RunContext) => {
  await ctx.sleep(ms);
  return ctx.node;
};

/** Lets turns of the event loop pass until something holds. */
export async function until(holds: () => boolean): Promise<void> {
  for (let turns = 0; turns < 10_000; turns++) {
    if (holds()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`it never came to hold: ${holds}`);
}
