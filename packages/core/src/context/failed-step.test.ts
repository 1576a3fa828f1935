import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { build, eventsOf } from '../../test/build.js';
import { turns } from '../../test/scripted-model.js';
import { Agent } from '../decorators/agent.js';
import { MemoryJournal } from '../journal/memory-journal.js';
import { Retry } from '../policies/retry.js';
import type { RunContext } from './run-context.js';

describe('a step that fails', () => {
  it('is on record, and not performed again where its attempt goes on after a restart', async () => {
    let performed = 0;
    @Agent()
    class Payer {
      async run(_input: unknown, ctx: RunContext): Promise<unknown> {
        const paid = await ctx
          .step('pay', () => {
            performed += 1;
            throw Object.assign(new Error('no money'), { code: 'poor' });
          })
          .catch((error: Error & { code?: string }) => `${error.code}: ${error.message}`);
        return [paid, await ctx.waitFor('go', z.boolean())];
      }
    }
    const store = new MemoryJournal();
    const first = await build(Payer, {}, { store });
    const run = first.start();
    await turns();
    await first.espalier.drain();
    const second = await build(Payer, {}, { store });
    const resumed = await second.espalier.resume(run.id);
    await turns();
    await second.espalier.signal(run.id, 'go', true);
    expect(await resumed.result).toEqual(['poor: no money', true]);
    expect(performed).toBe(1);
    const steps = store.read(run.id).filter(({ type }) => type === 'step-end');
    expect(steps).toMatchObject([{ step: 'step:pay', attempt: 1, error: { code: 'poor', message: 'no money' } }]);
    expect(await second.espalier.replay(run.id)).toMatchObject({ diverged: undefined });
    const audit = await second.espalier.audit(run.id);
    expect(audit.steps).toMatchObject([{ name: 'pay', error: { message: 'no money' } }]);
    expect(String(audit)).toContain('payer pay: failed: no money');
  });

  it('is performed again by the next attempt, and its result counts for all that follow', async () => {
    let performed = 0;
    let attempts = 0;
    @Agent()
    @Retry({ attempts: 3, backoff: 0 })
    class Payer {
      async run(_input: unknown, ctx: RunContext): Promise<unknown> {
        attempts = ctx.attempt;
        const paid = await ctx.step('pay', () => {
          performed += 1;
          if (performed === 1) throw new Error('again');
          return performed;
        });
        if (ctx.attempt === 2) throw new Error('and again');
        return paid;
      }
    }
    const store = new MemoryJournal();
    const { espalier, start } = await build(Payer, {}, { store });
    const run = start();
    expect([await run.result, performed, attempts]).toEqual([2, 2, 3]);
    const steps = (await eventsOf(run)).filter(({ type }) => type === 'step-end');
    expect(steps).toMatchObject([
      { attempt: 1, error: { message: 'again' } },
      { attempt: 0, value: 2 },
    ]);
    expect(await espalier.replay(run.id)).toMatchObject({ diverged: undefined });
  });

  it('leaves no record where it was cut off: it is performed again', async () => {
    let performed = 0;
    @Agent()
    class Payer {
      run(_input: unknown, ctx: RunContext): Promise<unknown> {
        return ctx.step('pay', async ({ signal }) => {
          performed += 1;
          if (performed > 1) return 'paid';
          return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        });
      }
    }
    const store = new MemoryJournal();
    const first = await build(Payer, {}, { store });
    const run = first.start();
    run.result.catch(() => {});
    await turns();
    await first.espalier.drain({ timeout: 0 } as never);
    const second = await build(Payer, {}, { store });
    expect(await (await second.espalier.resume(run.id)).result).toBe('paid');
    expect(store.read(run.id).flatMap((record) => (record.type === 'step-end' ? [record.error] : []))).toEqual([
      undefined,
    ]);
  });
});
