import { describe, expect, it } from '@jest/globals';
import { makeAgent } from '../../test/make-agent.js';
import { VirtualClock } from '../clock/virtual-clock.js';
import type { RunContext } from '../context/run-context.js';
import { Repeat } from '../decorators/repeat.js';
import { defineWorkflow, type Workflow } from '../graph/workflow.js';
import type { AgentClass } from '../metadata/agent-class.js';
import { createEspalier } from '../runtime/create-espalier.js';
import type { EspalierOptions } from '../runtime/espalier-options.js';
import { Cache } from './cache.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { Concurrency } from './concurrency.js';
import { RateLimit } from './rate-limit.js';

async function runtimeOf(output: AgentClass<unknown>, options: Partial<EspalierOptions> = {}) {
  const clock = new VirtualClock(0);
  const workflow = defineWorkflow({ name: 'test', version: 1, output }) as Workflow<unknown, unknown>;
  const espalier = await createEspalier({ workflows: [workflow], clock, ...options });
  return { clock, start: (input: unknown = null) => espalier.start(workflow, input) };
}

describe('policies over all runs of a runtime', () => {
  it('@Concurrency holds for all runs together', async () => {
    let active = 0;
    let most = 0;
    const work = async (_inputs: readonly unknown[], ctx: RunContext) => {
      most = Math.max(most, ++active);
      await new Promise<void>((resolve) => clock.setTimer(10, resolve));
      active -= 1;
      return ctx.runId;
    };
    const agent = makeAgent('busy', [], work, [Concurrency(2) as never]);
    const { clock, start } = await runtimeOf(agent);
    const runs = Array.from({ length: 7 }, () => start());
    expect(await clock.runAll()).toBe(40);
    expect(await Promise.all(runs.map(({ result }) => result))).toEqual(runs.map(({ id }) => id));
    expect([most, active]).toEqual([2, 0]);
  });

  it('@RateLimit holds for all runs together', async () => {
    const starts: number[] = [];
    const agent = makeAgent('often', [], () => starts.push(clock.now()), [RateLimit({ limit: 2, per: '1s' }) as never]);
    const { clock, start } = await runtimeOf(agent);
    const runs = Array.from({ length: 5 }, () => start());
    await clock.runAll();
    await Promise.all(runs.map(({ result }) => result));
    expect(starts).toEqual([0, 0, 1000, 1000, 2000]);
  });

  it('@CircuitBreaker spares every run what has failed in another', async () => {
    let calls = 0;
    const fail = () => {
      calls += 1;
      throw new Error('down');
    };
    const agent = makeAgent('down', [], fail, [CircuitBreaker({ failures: 2, cooldown: '1m' }) as never]);
    const { clock, start } = await runtimeOf(agent);
    const causeOf = async (): Promise<string> => {
      const run = start();
      await clock.advance(1);
      return await run.result.then(String, (error: Error) => error.message);
    };
    expect(await causeOf()).toContain('down');
    expect(await causeOf()).toContain('down');
    expect(await causeOf()).toContain('The circuit breaker is open and tries again in 59999 ms.');
    expect(calls).toBe(2);
  });

  it('policies for the whole runtime hold for each node by itself', async () => {
    const one = makeAgent('one', [], () => 'one');
    const two = makeAgent('two', [], () => 'two');
    const both = makeAgent('both', [one, two], (inputs) => inputs);
    const { start } = await runtimeOf(both, { policies: { cache: { ttl: '1m' } } });
    expect(await start('same').result).toEqual(['one', 'two']);
    expect(await start('same').result).toEqual(['one', 'two']);
  });
});

describe('@Cache over all runs of a runtime', () => {
  it('gives the result of an earlier run', async () => {
    let calls = 0;
    const { start } = await runtimeOf(makeAgent('slow', [], () => ++calls, [Cache({ ttl: '1h' }) as never]));
    expect([await start('a').result, await start('a').result, await start('b').result]).toEqual([1, 1, 2]);
  });

  it('survives the cancellation of the run that executes', async () => {
    const work = async (_inputs: readonly unknown[], ctx: RunContext) => {
      const answer = await ctx.step('ask', async () => {
        await new Promise<void>((resolve) => clock.setTimer(100, resolve));
        return ctx.runId;
      });
      return answer;
    };
    const { clock, start } = await runtimeOf(makeAgent('slow', [], work, [Cache({ ttl: '1h' }) as never]));
    const first = start('a');
    const second = start('a');
    await clock.advance(50);
    await first.cancel();
    await expect(first.result).rejects.toMatchObject({ code: 'run-cancelled' });
    await clock.runAll();
    expect(await second.result).toBe(second.id);
    expect(clock.pending).toBe(0);
  });

  it('does not take one iteration of @Repeat for the other', async () => {
    const count = (_inputs: readonly unknown[], ctx: RunContext) => ((ctx.previous as number | undefined) ?? 0) + 1;
    const again = Repeat({ until: (n: number) => n >= 3, max: 5 }) as never;
    const { start } = await runtimeOf(makeAgent('counter', [], count, [again, Cache({ ttl: '1h' }) as never]));
    expect(await start().result).toBe(3);
  });
});
