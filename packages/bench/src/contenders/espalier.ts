import { Agent, createEspalier, DependsOn, defineWorkflow, Repeat, type RunContext } from '@espalier/core';
import type { Contender, Prepared } from '../contender.js';
import type { Graph, Work } from '../work/graph.js';
import type { WorkloadOf } from '../work/workload.js';

// biome-ignore lint/suspicious/noExplicitAny: the root takes the seed, others what they depend on and the context
type NumberAgent = new () => { run(...args: any[]): number | Promise<number> };

/** Agents that are plain code, on a runtime with nothing set: runs are journaled in memory, as for every user. */
export const espalier: Contender = {
  prepare: (workload) => (workload.shape === 'loop' ? prepareLoop(workload) : prepareGraph(workload.graph)),
};

function prepareGraph(graph: Graph): Promise<Prepared> {
  const agents: NumberAgent[] = [];
  for (const { name, dependsOn, work } of graph) {
    const agent = dependsOn.length === 0 ? rootAgent(work) : dependentAgent(work);
    if (dependsOn.length > 0) DependsOn(...dependsOn.map((index) => agents[index] as NumberAgent))(agent);
    Agent({ name })(agent);
    agents.push(agent);
  }
  return prepareRuns(agents.at(-1) as NumberAgent);
}

function rootAgent(work: Work): NumberAgent {
  return class {
    run(seed: number): Promise<number> {
      return work([seed]);
    }
  };
}

/** Takes the outputs of what it depends on, and then the context. */
function dependentAgent(work: Work): NumberAgent {
  return class {
    run(...args: [...number[], RunContext]): Promise<number> {
      return work(args.slice(0, -1) as number[]);
    }
  };
}

/** Always as many turns as `max` allows, each going on from the output of the one before. */
function prepareLoop({ times, work }: WorkloadOf<'loop'>): Promise<Prepared> {
  @Agent({ name: 'body' })
  @Repeat({ until: () => false, max: times, otherwise: 'keep-last' })
  class Body {
    run(seed: number, { previous }: RunContext): Promise<number> {
      return work([(previous as number | undefined) ?? seed]);
    }
  }
  return prepareRuns(Body);
}

async function prepareRuns(output: NumberAgent): Promise<Prepared> {
  const workflow = defineWorkflow({ name: 'bench', version: 1, output });
  const runtime = await createEspalier({ workflows: [workflow] });
  return (seed) => runtime.run(workflow, seed);
}
