import { Agent, createEspalier, DependsOn, defineWorkflow, type Espalier, type RunContext } from '@espalier/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { restate } from '../src/index.js';
import { noServer, RestateServer, serverBinary } from './server/restate-server.js';

@Agent()
class Topic {
  run(input: { readonly title: string }): string {
    return input.title.toUpperCase();
  }
}

@Agent()
@DependsOn(Topic)
class Facts {
  async run(topic: string, ctx: RunContext): Promise<readonly string[]> {
    const first = await ctx.step('first', () => `${topic} is one`);
    const second = await ctx.step('second', async () => `${topic} is two`);
    return [first, second];
  }
}

@Agent()
@DependsOn(Topic)
class Opinion {
  async run(topic: string, ctx: RunContext): Promise<string> {
    await ctx.sleep('50ms');
    return `I like ${topic}`;
  }
}

@Agent()
@DependsOn(Facts, Opinion)
class Report {
  run(facts: readonly string[], opinion: string): string {
    return [...facts, opinion].join('; ');
  }
}

const report = defineWorkflow({ name: 'report', version: 1, output: Report });

(serverBinary === undefined ? describe.skip : describe)(`runs on Restate (${noServer})`, () => {
  let server: RestateServer;
  let worker: Espalier;
  let client: Espalier;

  beforeAll(async () => {
    server = await RestateServer.start();
    const { ingress, admin } = server;
    const engine = restate({ ingress, admin });
    worker = await createEspalier({ workflows: [report], engine });
    const { port } = await engine.serve({ port: 0 });
    await engine.register(`http://127.0.0.1:${port}`);
    client = await createEspalier({ workflows: [report], engine: restate({ ingress, admin }) });
  }, 30_000);

  afterAll(async () => {
    await client?.drain();
    await worker?.drain();
    await server?.stop();
  });

  it('a process that only asks gets the result', async () => {
    await expect(client.run(report, { title: 'tides' }, { runId: 'r1' })).resolves.toBe(
      'TIDES is one; TIDES is two; I like TIDES',
    );
    const history = await client.history('r1');
    expect(history.map(({ seq }) => seq)).toEqual(history.map((_, at) => at));
    const types = history.map((event) => ('node' in event ? `${event.type} ${event.node}` : event.type));
    expect(types.slice(0, 5)).toEqual([
      'run-start',
      'node-start topic',
      'node-end topic',
      'node-start facts',
      'node-start opinion',
    ]);
    expect(types.slice(-3)).toEqual(['node-start report', 'node-end report', 'run-end']);
    expect(types.filter((type) => type === 'step-end facts')).toHaveLength(2);
  }, 30_000);
});
