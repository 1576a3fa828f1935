import {
  Agent,
  createEspalier,
  DependsOn,
  defineWorkflow,
  type Espalier,
  Fallback,
  optional,
  Retry,
  type RunContext,
  Timeout,
} from '@espalier/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { restate } from '../src/index.js';
import { noServer, RestateServer, serverBinary } from './server/restate-server.js';

const aborted: string[] = [];

/** Waits until it is aborted. */
function forEver(name: string, ctx: RunContext): Promise<never> {
  return new Promise((_, reject) => {
    ctx.signal.addEventListener('abort', () => {
      aborted.push(name);
      reject(ctx.signal.reason);
    });
  });
}

let tries = 0;

@Agent()
@Retry({ attempts: 3, backoff: '20ms' })
class Flaky {
  run(): number {
    tries += 1;
    if (tries < 3) throw new Error('not yet');
    return tries;
  }
}

@Agent()
class Instead {
  run(): string {
    return 'instead';
  }
}

@Agent()
@Timeout('200ms')
@Fallback(Instead)
class Endless {
  run(_input: null, ctx: RunContext): Promise<string> {
    return forEver('endless', ctx);
  }
}

@Agent()
@DependsOn(Flaky, Endless)
class Both {
  run(flaky: number, endless: string): string {
    return `${flaky} ${endless}`;
  }
}

@Agent()
class Failing {
  async run(): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, 150));
    throw new Error('broken');
  }
}

@Agent()
class Sibling {
  run(_input: null, ctx: RunContext): Promise<string> {
    return forEver('sibling', ctx);
  }
}

@Agent()
@DependsOn(Failing, optional(Sibling))
class Never {
  run(failing: string): string {
    return failing;
  }
}

const policies = defineWorkflow({ name: 'policies', version: 1, output: Both });
const failing = defineWorkflow({ name: 'failing', version: 1, output: Never, failFast: true });
const workflows = [policies, failing];

(serverBinary === undefined ? describe.skip : describe)(`policies on Restate (${noServer})`, () => {
  let server: RestateServer;
  let espalier: Espalier;

  beforeAll(async () => {
    server = await RestateServer.start();
    const { ingress, admin } = server;
    const engine = restate({ ingress, admin });
    espalier = await createEspalier({ workflows, engine });
    const { port } = await engine.serve({ port: 0 });
    await engine.register(`http://127.0.0.1:${port}`);
  }, 30_000);

  afterAll(async () => {
    await espalier?.drain();
    await server?.stop();
  });

  it('attempts are made again after a pause, and one that takes too long is aborted where it is made', async () => {
    await expect(espalier.run(policies, null as never, { runId: 'p1' })).resolves.toBe('3 instead');
    expect(tries).toBe(3);
    expect(aborted).toEqual(['endless']);
    const history = await espalier.history('p1');
    expect(history.filter(({ type }) => type === 'node-retry')).toHaveLength(2);
    expect(history.filter(({ type }) => type === 'node-fallback')).toHaveLength(1);
    expect(server.mismatches()).toEqual([]);
  }, 30_000);

  it('a node that fails has its siblings cancelled, wherever they are', async () => {
    aborted.length = 0;
    await expect(espalier.run(failing, null as never, { runId: 'p2' })).rejects.toMatchObject({ code: 'run-failed' });
    for (let waited = 0; aborted.length === 0 && waited < 100; waited++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(aborted).toEqual(['sibling']);
    expect(await server.query("select id from sys_invocation where status <> 'completed'")).toEqual([]);
  }, 30_000);
});
