import { Agent, asTool, type RunContext, Timeout, Tool, type ToolContext } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { build, eventsOf } from '../../test/build.js';
import { ScriptedModel } from '../../test/scripted-model.js';

const log: string[] = [];

const endless = (name: string, signal: AbortSignal): Promise<never> =>
  new Promise(() => signal.addEventListener('abort', () => log.push(`${name} was told`)));

@Agent({ instructions: 'You wait.' })
class Waiter {
  run(_input: unknown, { signal }: RunContext): Promise<never> {
    return endless('nested', signal);
  }
}

@Agent({ instructions: 'You call.', maxToolCalls: 4, tools: [asTool(Waiter)] })
class Caller {
  @Tool({ description: 'Waits', input: z.object({}) })
  plain(_args: object, { signal }: ToolContext): Promise<never> {
    return endless('plain', signal);
  }

  @Timeout('1h')
  @Tool({ description: 'Waits an hour', input: z.object({}) })
  timed(_args: object, { signal }: ToolContext): Promise<never> {
    return endless('timed', signal);
  }

  @Tool({ description: 'Waits for a person', input: z.object({}), approval: true })
  approved(): string {
    return 'yes';
  }

  run(_input: unknown, ctx: RunContext): Promise<string> {
    return ctx.generate('go').catch((error: { code: string }) => error.code);
  }
}

describe('a tool call that ends the node', () => {
  it('ends those of the same answer: their signals abort, and nobody waits for them', async () => {
    log.length = 0;
    const calls = ['plain', 'timed', 'approved', 'waiter', 'plain'].map((tool) => ({ tool, arguments: { task: 'x' } }));
    const model = new ScriptedModel({ calls });
    const { start } = await build(Caller, {}, { models: { default: model } });
    const run = start('x');
    const events = eventsOf(run);
    // The fifth call is one too many. The agent goes on without what they would have given.
    await expect(run.result).resolves.toBe('tool-calls-exceeded');
    expect([...log].sort()).toEqual(['nested was told', 'plain was told', 'timed was told']);
    const kinds = (await events).map(({ type }) => type);
    expect(kinds.filter((type) => type === 'tool-start')).toHaveLength(4);
    expect(kinds).not.toContain('tool-end');
  });
});
