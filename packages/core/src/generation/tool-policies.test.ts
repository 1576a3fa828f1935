import {
  Agent,
  Concurrency,
  Retry,
  type RunContext,
  Timeout,
  Tool,
  type ToolContext,
  VirtualClock,
} from '@espalier/core';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { build } from '../../test/build.js';
import { type ScriptedCall, ScriptedModel, turns } from '../../test/scripted-model.js';

const log: string[] = [];
const seen = { active: 0, most: 0 };
const none = z.object({});

@Agent({ instructions: 'Work.' })
class Worker {
  @Tool({ description: 'Never ends', input: none })
  @Timeout('5s')
  hang(_none: unknown, { signal }: ToolContext): Promise<never> {
    signal.addEventListener('abort', () => log.push(`aborted: ${(signal.reason as Error).message}`));
    return new Promise(() => {});
  }

  @Tool({ description: 'Never ends, and has no bound', input: none })
  stay(_none: unknown, { signal }: ToolContext): Promise<never> {
    signal.addEventListener('abort', () => log.push(`aborted: ${(signal.reason as Error).message}`));
    return new Promise(() => {});
  }

  @Tool('Works the third time')
  @Retry({ attempts: 3, backoff: '1s' })
  flaky(): string {
    log.push('flaky');
    if (log.length < 3) throw new Error('no luck');
    return 'luck';
  }

  @Tool('Never works')
  @Retry({ attempts: 2, backoff: '1s' })
  broken(): never {
    log.push('broken');
    throw new Error('out of order');
  }

  @Tool({ description: 'Slow the first time', input: none })
  @Retry({ attempts: 2, backoff: '1s' })
  @Timeout('5s')
  slow(_none: unknown, { idempotencyKey }: ToolContext): unknown {
    log.push(idempotencyKey.replace(/^[^/]+/, 'run'));
    return log.length === 1 ? new Promise(() => {}) : 'quick';
  }

  @Tool('One at a time')
  @Concurrency(1)
  async alone(): Promise<string> {
    seen.active += 1;
    seen.most = Math.max(seen.most, seen.active);
    await turns(3);
    seen.active -= 1;
    return 'alone';
  }
}

beforeEach(() => {
  log.length = 0;
});

async function calling(...tools: readonly string[]) {
  const model = new ScriptedModel({ calls: tools.map((tool) => ({ tool })) }, 'done');
  const clock = new VirtualClock();
  const { start } = await build(Worker, {}, { clock, models: { default: model } });
  return { run: start('x'), clock, model };
}

describe('policies on a tool', () => {
  it('@Timeout ends the call, aborts its signal, and the model is told', async () => {
    const { run, clock, model } = await calling('hang');
    await clock.advance('6s');
    await expect(run.result).resolves.toBe('done');
    expect(model.told).toEqual(["'hang' failed: Worker.hang took longer than 5000 ms."]);
    expect(log).toEqual(['aborted: The tool call is over.']);
    expect(clock.pending).toBe(0);
  });

  it('@Retry tries again; the model sees only how it ended', async () => {
    const { run, clock, model } = await calling('flaky');
    await clock.runAll();
    await run.result;
    expect(model.told).toEqual(['luck']);
    expect((await run.outcome).usage.toolCalls).toBe(1);
  });

  it('@Retry that is spent tells the last failure', async () => {
    const { run, clock, model } = await calling('broken');
    await clock.runAll();
    await run.result;
    expect(log).toEqual(['broken', 'broken']);
    expect(model.told).toEqual(["'broken' failed: All 2 attempts failed; the last one: out of order"]);
  });

  it('@Retry around @Timeout: each try has its time, and the same idempotency key', async () => {
    const { run, clock, model } = await calling('slow');
    await clock.runAll();
    await run.result;
    expect(model.told).toEqual(['quick']);
    const [call] = log;
    expect(call).toBe('run/worker#1/generate[1]/tool[1.call-1]');
    expect(log).toEqual([call, call]);
  });

  it('@Concurrency holds over all calls, and results stay in order', async () => {
    const { run, model } = await calling('alone', 'alone', 'alone');
    await run.result;
    expect(model.told).toEqual(['alone', 'alone', 'alone']);
    expect(seen).toEqual({ active: 0, most: 1 });
  });

  it('do not keep a tool running when the run is cancelled', async () => {
    const { run, clock, model } = await calling('hang', 'stay');
    await turns();
    run.cancel('enough');
    expect((await run.outcome).status).toBe('cancelled');
    expect(log).toEqual(['aborted: The tool call is over.', 'aborted: The tool call is over.']);
    expect(model.requests).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('do not keep a tool running when its node times out', async () => {
    @Agent({ instructions: 'x' })
    @Timeout('2s')
    class Hasty extends Worker {
      run(_input: unknown, ctx: RunContext): Promise<string> {
        return ctx.generate('x');
      }
    }
    const model = new ScriptedModel({ calls: [{ tool: 'stay' }] });
    const clock = new VirtualClock();
    const { start } = await build(Hasty, {}, { clock, models: { default: model } });
    const run = start();
    await clock.advance('3s');
    expect(((await run.outcome).error as Error).message).toContain("Node 'hasty' took longer than 2000 ms.");
    expect(log).toEqual(['aborted: The tool call is over.']);
    expect(clock.pending).toBe(0);
  });
});

describe('options of @Tool', () => {
  const Order = z.object({ order: z.string() });

  @Agent({ instructions: 'Work.' })
  class Desk {
    @Tool({ description: 'Refund', input: Order, idempotencyKey: ({ order }) => `refund-${order}` })
    refund({ order }: z.infer<typeof Order>, { idempotencyKey }: ToolContext): string {
      return `${order}: ${idempotencyKey}`;
    }

    @Tool({ description: 'Odd', input: Order, idempotencyKey: () => '' })
    odd(): string {
      log.push('odd');
      return 'never';
    }

    @Tool({ description: 'Works the third time', retry: { attempts: 3, backoff: '1s' }, timeout: '5s' })
    flaky(): unknown {
      log.push('flaky');
      if (log.length === 1) return new Promise(() => {});
      if (log.length === 2) throw new Error('no luck');
      return 'luck';
    }
  }

  async function calls(...made: readonly ScriptedCall[]) {
    const model = new ScriptedModel({ calls: made }, 'done');
    const clock = new VirtualClock();
    const { start, espalier, workflow } = await build(Desk, {}, { clock, models: { default: model } });
    const run = start('x');
    await clock.runAll();
    await run.result;
    return { told: model.told, plan: espalier.describe(workflow) };
  }

  it('have policies as decorators would', async () => {
    const { told } = await calls({ tool: 'flaky' });
    expect(told).toEqual(['luck']);
    expect(log).toEqual(['flaky', 'flaky', 'flaky']);
  });

  it('have the key by which whoever has the effect knows a call', async () => {
    const { told } = await calls(
      { tool: 'refund', arguments: { order: '7' } },
      { tool: 'refund', arguments: { order: '7' } },
      { tool: 'odd', arguments: { order: '7' } },
    );
    expect(told).toEqual([
      '7: refund-7',
      '7: refund-7',
      '\'odd\' failed: `idempotencyKey` of tool Desk.odd: expected text, got "" (string).',
    ]);
    expect(log).toEqual([]);
  });

  it('are refused where they are out of range, or stand as a decorator too', async () => {
    const wrong = { description: 'x', retry: { attempts: 0 } };
    expect(() => {
      class Wrong {
        @Tool(wrong)
        wrong(): void {}
      }
      return Wrong;
    }).toThrow('@Retry({ attempts }): expected a whole number from 1, got 0 (number).');

    @Agent({ instructions: 'x' })
    class Twice {
      @Tool({ description: 'x', timeout: '5s' })
      @Timeout('6s')
      twice(): void {}
    }
    const fault = await build(Twice, {}, { models: { default: new ScriptedModel() } }).catch((error: Error) => error);
    expect((fault as Error).message).toContain('@Timeout');
  });
});
