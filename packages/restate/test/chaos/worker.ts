// Graphs of nodes that take some time, and the process that works on them: run by Node itself, which strips the types.
import { appendFileSync } from 'node:fs';
import { Agent, createEspalier, DependsOn, defineWorkflow, type RunContext, type Workflow } from '@espalier/core';
import { restate } from '@espalier/restate';

type Node = new () => { run(...args: never[]): unknown };

/** A number in [0, below), always the same for a seed. */
function randomOf(seed: number): (below: number) => number {
  let state = (seed + 1) * 2654435761;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function node(name: string, delay: number): Node {
  const { CHAOS_LOG: log } = process.env;
  class Counted {
    async run(...args: readonly unknown[]): Promise<number> {
      const ctx = args.at(-1) as RunContext;
      const sums = args.slice(0, -1).filter((arg): arg is number => typeof arg === 'number');
      const before = await ctx.step('before', () => sums.reduce((sum, one) => sum + one, 1));
      return ctx.step('work', async () => {
        if (log !== undefined) appendFileSync(log, `${ctx.runId} ${name}\n`);
        await new Promise((resolve) => setTimeout(resolve, delay));
        return before;
      });
    }
  }
  return Counted;
}

/** A graph of random shape, and what its nodes come to. */
export interface ChaosGraph {
  readonly workflow: Workflow<never, number>;
  readonly expected: number;
  readonly size: number;
}

export function chaosGraph(seed: number, size: number): ChaosGraph {
  const random = randomOf(seed);
  const nodes: Node[] = [];
  const values: number[] = [];
  const isUsed = new Set<number>();
  for (let index = 0; index < size; index++) {
    const isLast = index === size - 1;
    const some = new Set(Array.from({ length: index === 0 ? 0 : random(3) }, () => random(index)));
    const needs = isLast ? nodes.map((_, at) => at).filter((at) => !isUsed.has(at)) : [...some];
    for (const need of needs) isUsed.add(need);
    const agent = node(`n${index}`, random(120));
    if (needs.length > 0) DependsOn(...(needs.map((need) => nodes[need]) as [Node]))(agent as never);
    Agent({ name: `n${index}` })(agent);
    nodes.push(agent);
    values.push(needs.reduce((sum, need) => sum + (values[need] as number), 1));
  }
  const output = nodes.at(-1) as Node;
  const workflow = defineWorkflow({ name: `chaos-${seed}`, version: 1, output } as never) as unknown as Workflow<
    never,
    number
  >;
  return { workflow, expected: values.at(-1) as number, size };
}

export const chaosGraphs = (count: number, size: number): readonly ChaosGraph[] =>
  Array.from({ length: count }, (_, seed) => chaosGraph(seed, size));

const [, , what, ingress, port, count, size] = process.argv;
if (what === 'serve' && ingress !== undefined) {
  const engine = restate({ ingress });
  await createEspalier({ workflows: chaosGraphs(Number(count), Number(size)).map(({ workflow }) => workflow), engine });
  await engine.serve({ port: Number(port) });
  process.send?.('ready');
}
