import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Context, service, type WorkflowContext, workflow } from '@restatedev/restate-sdk';
import { CommandLoop } from '../../src/loop/command-loop.js';
import { noServer, RestateServer, serverBinary } from '../server/restate-server.js';
import { type ServedWorkers, serveWorkers } from '../server/serve-workers.js';

/** Node i needs the nodes of `needs`, all before it. */
type Graph = readonly { readonly needs: readonly number[]; readonly delay: number }[];

const work = service({
  name: 'work',
  handlers: {
    add: async (_: Context, { values, delay }: { values: number[]; delay: number }) => {
      await new Promise((resolve) => setTimeout(resolve, delay));
      return values.reduce((sum, value) => sum + value, 1);
    },
  },
});

/** Promises and microtasks as a pipeline has them, on one loop. */
async function runGraph(context: WorkflowContext, graph: Graph): Promise<number[]> {
  const loop = new CommandLoop(context);
  const results: Promise<number>[] = [];
  for (const { needs, delay } of graph) {
    const values = Promise.all(needs.map((need) => results[need] as Promise<number>));
    const sum = values.then((taken) => {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      loop.issue((ctx) => ctx.serviceClient(work).add({ values: taken, delay }), resolve, reject);
      return promise;
    });
    const slept = sum.then((value) => {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      if (delay % 3 === 0)
        loop.issue(
          (ctx) => ctx.sleep(delay),
          () => resolve(value),
          reject,
        );
      else resolve(value);
      return promise;
    });
    results.push(slept);
  }
  let all: number[] | undefined;
  const ended = Promise.all(results).then((values) => {
    all = values;
  });
  await loop.run(
    () => all !== undefined,
    () => {},
  );
  await ended;
  return all as unknown as number[];
}

const graphs = workflow({
  name: 'graphs',
  handlers: { run: (context: WorkflowContext, graph: Graph) => runGraph(context, graph) },
  options: { inactivityTimeout: 0, onJournalMismatchErrors: 'fail' },
});

function randomGraph(seed: number, size: number): Graph {
  let state = seed * 2654435761;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length: size }, (_, index) => ({
    needs: [...new Set(Array.from({ length: index === 0 ? 0 : random(4) }, () => random(index)))],
    delay: random(12),
  }));
}

function expected(graph: Graph): number[] {
  const values: number[] = [];
  for (const { needs } of graph) values.push(needs.reduce((sum, need) => sum + (values[need] as number), 1));
  return values;
}

(serverBinary === undefined ? describe.skip : describe)(`the loop that owns a context (${noServer})`, () => {
  let server: RestateServer;
  let workers: ServedWorkers;

  beforeAll(async () => {
    server = await RestateServer.start();
    workers = await serveWorkers({ services: [work, graphs] });
    await server.register(workers.uri);
  }, 30_000);

  afterAll(async () => {
    await workers?.close();
    await server?.stop();
  });

  it('replays random graphs in the same order, suspended after every command', async () => {
    const all = Array.from({ length: 12 }, (_, index) => randomGraph(index + 1, 20));
    const results = await Promise.all(all.map((graph, index) => server.call(`graphs/g${index}/run`, graph)));
    expect(results).toEqual(all.map(expected));
    expect(server.mismatches()).toEqual([]);
  }, 120_000);
});
