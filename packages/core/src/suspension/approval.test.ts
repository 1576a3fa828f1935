import {
  Agent,
  createEspalier,
  DependsOn,
  MemoryJournal,
  Retry,
  type Run,
  type RunContext,
  Tool,
  VirtualClock,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { build, eventsOf } from '../../test/build.js';
import { ScriptedModel, type ScriptedTurn, turns } from '../../test/scripted-model.js';

const paid: number[] = [];
const Payment = z.object({ amount: z.number().default(100) });

@Agent({ instructions: 'Pay.' })
class Payer {
  @Tool({ description: 'Pay', input: Payment, approval: true })
  pay({ amount }: { amount: number }): string {
    paid.push(amount);
    return `paid ${amount}`;
  }
}

const pay = (args: object, id = 'c') => ({ tool: 'pay', arguments: args, id });

async function waiting(...script: readonly ScriptedTurn[]) {
  paid.length = 0;
  const model = new ScriptedModel(...script);
  const store = new MemoryJournal();
  const built = await build(Payer, {}, { store, models: { default: model } });
  const run = built.start('x');
  await turns();
  return { ...built, run, model, store };
}

const only = (run: Run<unknown>) => run.suspensions.map(({ signal, request }) => ({ signal, request }));

describe('a tool that needs approval', () => {
  it('does not run before a person approves; the run rests meanwhile and shows what is asked', async () => {
    const { espalier, run, model } = await waiting({ calls: [pay({})] }, 'done');
    expect(run.status).toBe('suspended');
    expect(only(run)).toEqual([
      { signal: 'generate[1]/tool[1.c]', request: { tool: 'pay', arguments: { amount: 100 } } },
    ]);
    expect(paid).toEqual([]);
    await espalier.signal(run.id, 'generate[1]/tool[1.c]', true);
    await expect(run.result).resolves.toBe('done');
    expect(paid).toEqual([100]);
    expect(model.told).toEqual(['paid 100']);
  });

  it('does not run when a person refuses, and the model is told why', async () => {
    for (const [answer, told] of [
      [false, "A person refused the call of 'pay'."],
      [{ approved: false, reason: 'Too much.' }, "A person refused the call of 'pay': Too much."],
    ] as const) {
      const { espalier, run, model } = await waiting({ calls: [pay({ amount: 5 })] }, 'done');
      await espalier.signal(run.id, 'generate[1]/tool[1.c]', answer);
      await run.result;
      expect(model.told).toEqual([told]);
      expect(paid).toEqual([]);
    }
  });

  it('goes on waiting when an answer is none, and says what is expected', async () => {
    const { espalier, run } = await waiting({ calls: [pay({ amount: 5 })] }, 'done');
    await expect(espalier.signal(run.id, 'generate[1]/tool[1.c]', 'yes')).rejects.toMatchObject({
      code: 'signal-invalid',
      message:
        'The answer to \'generate[1]/tool[1.c]\' does not match: $: expected true, false or { approved, reason }, got "yes" (string).',
    });
    await expect(espalier.signal(run.id, 'generate[1]/tool[1.c]', { approved: true, reason: 3 })).rejects.toMatchObject(
      { message: expect.stringContaining('$.reason: expected text, got 3 (number)') },
    );
    expect(run.status).toBe('suspended');
    await espalier.signal(run.id, 'generate[1]/tool[1.c]', { approved: true });
    await expect(run.result).resolves.toBe('done');
    expect(paid).toEqual([5]);
  });

  it('does not ask a person for arguments that do not match, or for a tool that is none', async () => {
    const { run, model } = await waiting({ calls: [pay({ amount: 'all' }), { tool: 'refund' }] }, 'done');
    await expect(run.result).resolves.toBe('done');
    expect(model.told).toHaveLength(2);
    expect(paid).toEqual([]);
  });

  it('asks for each call of one answer by itself', async () => {
    const { espalier, run, model } = await waiting(
      { calls: [pay({ amount: 1 }, 'a'), pay({ amount: 2 }, 'b')] },
      'done',
    );
    await espalier.signal(run.id, 'generate[1]/tool[1.b]', true);
    await turns();
    expect(run.status).toBe('suspended');
    expect(paid).toEqual([2]);
    await espalier.signal(run.id, 'generate[1]/tool[1.a]', false);
    await run.result;
    expect(model.told).toEqual(["A person refused the call of 'pay'.", 'paid 2']);
  });

  it('is asked for once over restarts, and the model is not asked again', async () => {
    const { espalier, run, model, store, workflow } = await waiting({ calls: [pay({ amount: 5 })] }, 'done');
    await espalier.drain();
    const other = await createEspalier({ workflows: [workflow], store, models: { default: model } });
    const resumed = await other.resume(run.id);
    await turns();
    await other.signal(run.id, 'generate[1]/tool[1.c]', true);
    await expect(resumed.result).resolves.toBe('done');
    expect(model.done).toBe(true);
    expect((await eventsOf(resumed)).filter(({ type }) => type === 'node-suspend')).toHaveLength(1);
  });

  it('is asked for again in another attempt: the same id may be another call', async () => {
    paid.length = 0;
    @Agent({ instructions: 'x' })
    @Retry({ attempts: 2, backoff: '1s' })
    class Twice extends Payer {
      async run(_input: unknown, ctx: RunContext): Promise<string> {
        const answer = await ctx.generate('Pay.');
        if (ctx.attempt === 1) throw new Error('the line broke');
        return answer;
      }
    }
    const model = new ScriptedModel({ calls: [pay({ amount: 5 })] }, '1', { calls: [pay({ amount: 5000 })] }, '2');
    const clock = new VirtualClock();
    const { start, espalier } = await build(Twice, {}, { clock, models: { default: model } });
    const run = start('x');
    await turns();
    await espalier.signal(run.id, 'generate[1]/tool[1.c]', true);
    await clock.advance('2s');
    expect(paid).toEqual([5]);
    expect(only(run)).toEqual([
      { signal: 'generate[1]/tool[1.c]', request: { tool: 'pay', arguments: { amount: 5000 } } },
    ]);
    await espalier.signal(run.id, 'generate[1]/tool[1.c]', false);
    await expect(run.result).resolves.toBe('2');
    expect(paid).toEqual([5]);
  });

  it('lets other branches go on', async () => {
    paid.length = 0;
    const done: string[] = [];
    @Agent()
    class Side {
      async run(_input: unknown, ctx: RunContext): Promise<string> {
        await ctx.sleep('1 hour');
        done.push('side');
        return 'side';
      }
    }
    @Agent()
    @DependsOn(Payer, Side)
    class Both {
      run(payment: string, side: string): string {
        return `${payment}, ${side}`;
      }
    }
    const clock = new VirtualClock();
    const model = new ScriptedModel({ calls: [pay({ amount: 5 })] }, 'done');
    const { start, espalier } = await build(Both, { concurrency: 1 }, { clock, models: { default: model } });
    const run = start('x');
    await clock.advance('2 hours');
    expect(done).toEqual(['side']);
    expect(run.status).toBe('suspended');
    await espalier.signal(run.id, 'generate[1]/tool[1.c]', true);
    await expect(run.result).resolves.toBe('done, side');
  });
});
