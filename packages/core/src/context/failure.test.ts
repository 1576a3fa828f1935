import {
  Agent,
  createEspalier,
  defineWorkflow,
  Fallback,
  MemoryJournal,
  Repeat,
  Retry,
  type RunContext,
  type SerializedError,
  VirtualClock,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { eventsOf } from '../../test/build.js';

const codeOf = (ctx: RunContext): string => ctx.failure?.code ?? 'none';

describe('ctx.failure', () => {
  it('tells a fallback why it stands in, as frozen plain data; others have none', async () => {
    const seen: (SerializedError | undefined)[] = [];
    @Agent()
    class Archive {
      run(_topic: string, ctx: RunContext): string {
        seen.push(ctx.failure);
        return 'old';
      }
    }
    @Agent()
    @Fallback(Archive)
    class Library {
      run(_topic: string, ctx: RunContext): string {
        seen.push(ctx.failure);
        throw Object.assign(new Error('closed'), { code: 'library-closed', retryable: false });
      }
    }
    const workflow = defineWorkflow({ name: 'w', version: 1, output: Library });
    const espalier = await createEspalier({ workflows: [workflow] });
    const run = espalier.start(workflow, 'tides');
    await expect(run.result).resolves.toBe('old');
    expect(seen).toEqual([undefined, { name: 'Error', code: 'library-closed', message: 'closed', retryable: false }]);
    expect(Object.isFrozen(seen[1])).toBe(true);
    const told = (await eventsOf(run)).find(({ type }) => type === 'node-fallback');
    expect(told).toMatchObject({ error: seen[1] as SerializedError });
  });

  it('is there in each iteration of a fallback, and of a fallback of a fallback it is the nearest failure', async () => {
    @Agent()
    @Repeat({ until: (text: string) => text.length > 40, max: 2, otherwise: 'keep-last' })
    class Last {
      run(_topic: string, ctx: RunContext): string {
        return `${String(ctx.previous ?? '')} ${ctx.failure?.message}`;
      }
    }
    @Agent()
    @Fallback(Last)
    class Middle {
      run(_topic: string, ctx: RunContext): string {
        throw new Error(`middle after ${ctx.failure?.message}`);
      }
    }
    @Agent()
    @Fallback(Middle)
    class First {
      run(): string {
        throw new Error('first');
      }
    }
    const workflow = defineWorkflow({ name: 'w', version: 1, output: First });
    const espalier = await createEspalier({ workflows: [workflow] });
    await expect(espalier.run(workflow, 'x')).resolves.toBe(' middle after first middle after first');
  });

  it('is the recorded one after a restart, and the agent that has failed for good is not tried again', async () => {
    const store = new MemoryJournal();
    const clock = new VirtualClock();
    let tries = 0;
    @Agent()
    class Patient {
      async run(_topic: string, ctx: RunContext): Promise<string> {
        const before = codeOf(ctx);
        await ctx.sleep('1h');
        return `${before} ${ctx.failure?.cause?.message}`;
      }
    }
    @Agent()
    @Retry({ attempts: 2, backoff: 0 })
    @Fallback(Patient)
    class Hasty {
      run(): string {
        tries += 1;
        throw new Error(`try ${tries}`);
      }
    }
    const workflow = defineWorkflow({ name: 'w', version: 1, output: Hasty });
    const first = await createEspalier({ workflows: [workflow], store, clock });
    const run = first.start(workflow, 'x');
    await clock.advance(10);
    await expect(first.drain()).resolves.toEqual([run.id]);
    const second = await createEspalier({ workflows: [workflow], store, clock });
    const resumed = await second.resume<string>(run.id);
    await clock.advance(3_600_000);
    await expect(resumed.result).resolves.toBe('retry-exhausted try 2');
    expect(tries).toBe(2);
    const events = await eventsOf(resumed);
    expect(events.filter(({ type }) => type === 'node-fallback')).toHaveLength(1);
    expect(events.find((event) => event.type === 'node-end' && event.node === 'hasty')).toMatchObject({ attempt: 2 });
  });
});
