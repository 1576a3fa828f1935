import { createEspalier, EmbeddedEngine, type Espalier, MemoryJournal, type RuntimeHost } from '@espalier/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { restate } from '../src/index.js';
import { nodeServiceOf } from '../src/services/node-service.js';
import { runServiceOf } from '../src/services/run-service.js';
import { chaosGraphs } from './chaos/worker.js';
import { noServer, RestateServer, serverBinary } from './server/restate-server.js';
import { type ServedWorkers, serveWorkers } from './server/serve-workers.js';

const COUNT = Number(process.env.SUSPEND_GRAPHS ?? 8);
const SIZE = 12;

(serverBinary === undefined ? describe.skip : describe)(`invocations that are suspended at once (${noServer})`, () => {
  const graphs = chaosGraphs(COUNT, SIZE);
  const workflows = graphs.map(({ workflow }) => workflow);
  let server: RestateServer;
  let workers: ServedWorkers;
  let client: Espalier;

  beforeAll(async () => {
    server = await RestateServer.start();
    const { promise: connected, resolve } = Promise.withResolvers<RuntimeHost>();
    const attempts = await createEspalier({
      workflows,
      engine: {
        connect: async (host) => {
          resolve(host);
          return host.runtime(new EmbeddedEngine(new MemoryJournal(), host.clock, host.owner));
        },
      },
    });
    const host = await connected;
    const times = { namespace: 'espalier', inactivityTimeout: 0, abortTimeout: 60_000 };
    const worker = { runtime: attempts.engineHost, clock: host.clock, owner: host.owner };
    workers = await serveWorkers({
      services: [runServiceOf(host, { ...times, retention: 60_000 }), nodeServiceOf(worker, times)],
    });
    await server.register(workers.uri);
    const { ingress, admin } = server;
    client = await createEspalier({ workflows, engine: restate({ ingress, admin }) });
  }, 60_000);

  afterAll(async () => {
    await client?.drain();
    await workers?.close();
    await server?.stop();
  });

  it('come to the same records on every replay', async () => {
    const results = await Promise.all(
      workflows.map((workflow, at) => client.run(workflow, null as never, { runId: `s${at}` })),
    );
    expect(results).toEqual(graphs.map(({ expected }) => expected));
    expect(server.mismatches()).toEqual([]);
    for (const [at] of graphs.entries()) {
      const history = await client.history(`s${at}`);
      expect(history.map(({ seq }) => seq)).toEqual(history.map((_, position) => position));
      expect(history.filter(({ type }) => type === 'node-end')).toHaveLength(SIZE);
    }
  }, 150_000);
});
