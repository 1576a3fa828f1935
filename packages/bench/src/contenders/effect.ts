import { Effect, Fiber } from 'effect';
import type { Contender, Prepared } from '../contender.js';
import { addOne, combine, type Graph, type Work } from '../work/graph.js';
import type { Workload } from '../work/workload.js';

/** Effect has no graph: the shapes are written by hand with its own combinators. Each node is one `Effect.promise`. */
export const effect: Contender = {
  prepare: async (workload) => {
    const program = programOf(workload);
    return ((seed) => Effect.runPromise(program(seed))) satisfies Prepared;
  },
};

const perform = (work: Work, inputs: readonly number[]): Effect.Effect<number> => Effect.promise(() => work(inputs));

const together = { concurrency: 'unbounded' } as const;

function programOf(workload: Workload): (seed: number) => Effect.Effect<number> {
  switch (workload.shape) {
    case 'chain':
      return (seed) =>
        Effect.gen(function* () {
          let value = seed;
          for (let index = 0; index < workload.graph.length; index += 1) value = yield* perform(workload.work, [value]);
          return value;
        });
    case 'fan-out':
      return (seed) =>
        Effect.gen(function* () {
          const value = yield* perform(workload.source, [seed]);
          const parts = yield* Effect.forEach(workload.workers, (work) => perform(work, [value]), together);
          return yield* perform(combine, parts);
        });
    case 'layers':
      return (seed) =>
        Effect.gen(function* () {
          let values: readonly number[] = [yield* perform(addOne, [seed])];
          for (const layer of workload.layers) {
            const inputs = values;
            values = yield* Effect.forEach(layer, (work) => perform(work, inputs), together);
          }
          return yield* perform(combine, values);
        });
    case 'diamond':
      return (seed) =>
        Effect.gen(function* () {
          const top = yield* perform(addOne, [seed]);
          const sides = yield* Effect.all([perform(workload.middle, [top]), perform(addOne, [top])], together);
          return yield* perform(combine, sides);
        });
    case 'uneven':
      return (seed) => fibers(workload.graph, seed);
    case 'loop':
      return (seed) =>
        Effect.gen(function* () {
          let value = seed;
          while (value < seed + workload.times) value = yield* perform(workload.work, [value]);
          return value;
        });
  }
}

/** A fiber a node; each joins the fibers that it depends on. */
const fibers = (graph: Graph, seed: number): Effect.Effect<number> =>
  Effect.gen(function* () {
    const started: Fiber.Fiber<number>[] = [];
    for (const { dependsOn, work } of graph) {
      const inputs = dependsOn.map((index) => Fiber.join(started[index] as Fiber.Fiber<number>));
      const node = Effect.flatMap(Effect.all(inputs), (values) => perform(work, values.length === 0 ? [seed] : values));
      started.push(yield* Effect.forkChild(node));
    }
    return yield* Fiber.join(started.at(-1) as Fiber.Fiber<number>);
  });
