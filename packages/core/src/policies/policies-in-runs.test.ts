import { describe, expect, it } from '@jest/globals';
import { makeAgent } from '../../test/make-agent.js';
import type { Duration } from '../clock/duration.js';
import { VirtualClock } from '../clock/virtual-clock.js';
import type { RunContext } from '../context/run-context.js';
import { Repeat } from '../decorators/repeat.js';
import { defineWorkflow, type Workflow } from '../graph/workflow.js';
import { MemoryJournal } from '../journal/memory-journal.js';
import type { AgentClass } from '../metadata/agent-class.js';
import { createEspalier } from '../runtime/create-espalier.js';
import type { EspalierOptions } from '../runtime/espalier-options.js';
import { Cache } from './cache.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { Concurrency } from './concurrency.js';
import { RateLimit } from './rate-limit.js';
import { Retry } from './retry.js';

async function runtimeOf(output: AgentClass<unknown>, options: Partial<EspalierOptions> = {}) {
  const clock = new VirtualClock(0);
  const workflow = defineWorkflow({ name: 'test', version: 1, output }) as Workflow<unknown, unknown>;
  const espalier = await createEspalier({ workflows: [workflow], clock, ...options });
  return { clock, espalier, workflow, start: (input: unknown = null) => espalier.start(workflow, input) };
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

describe('@Retry in a run that is taken over', () => {
  /** An agent that fails once, in a process that ends soon after; another one goes on. */
  async function interrupted(after: Duration) {
    const store = new MemoryJournal();
    const attempts: number[] = [];
    const agent = makeAgent(
      'flaky',
      [],
      (_inputs, { attempt }: RunContext) => {
        attempts.push(attempt);
        if (attempt === 1) throw new Error('not yet');
        return 'done';
      },
      [Retry({ attempts: 3, backoff: '1h' }) as never],
    );
    const { clock, start, espalier, workflow } = await runtimeOf(agent, { store });
    const run = start();
    await clock.advance(after);
    const drained = espalier.drain({ timeout: 0 });
    await clock.advance(0);
    expect(await drained).toEqual([run.id]);
    const resume = async (at = clock) => {
      const other = await createEspalier({ workflows: [workflow], clock: at, store, recovery: false });
      return other.resume(run.id);
    };
    return { attempts, clock, resume };
  }

  it('waits for what is left of the pause', async () => {
    const { attempts, clock, resume } = await interrupted('20m');
    await clock.advance('10m');
    const resumed = await resume();
    await clock.advance('29m');
    expect(attempts).toEqual([1]);
    await clock.advance('1m');
    expect(attempts).toEqual([1, 2]);
    await expect(resumed.result).resolves.toBe('done');
  });

  it('begins at once where the pause was over meanwhile', async () => {
    const { attempts, clock, resume } = await interrupted('20m');
    await clock.advance('2h');
    await expect((await resume()).result).resolves.toBe('done');
    expect(attempts).toEqual([1, 2]);
  });

  it('never waits longer than the pause, whatever the clock says now', async () => {
    const { attempts, resume } = await interrupted('20m');
    const slow = new VirtualClock(-86_400_000);
    const resumed = await resume(slow);
    await slow.advance('59m');
    expect(attempts).toEqual([1]);
    await slow.advance('1m');
    await expect(resumed.result).resolves.toBe('done');
  });
});
