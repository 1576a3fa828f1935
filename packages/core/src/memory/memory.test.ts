import {
  Agent,
  Calls,
  defineMemory,
  defineWorkflow,
  type MemoryHandle,
  MemoryJournal,
  MemoryScopedStore,
  Retry,
  type RunContext,
  Tool,
  type ToolContext,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { IsOptional, IsString } from 'class-validator';
import { z } from 'zod';
import { build, eventsOf } from '../../test/build.js';
import { ScriptedModel, turns } from '../../test/scripted-model.js';

class Profile {
  @IsString() name!: string;
  @IsOptional() @IsString() city?: string;
}

const profile = defineMemory({ name: 'profile', schema: Profile, scope: 'user' });
const visits = defineMemory({ name: 'visits', schema: z.object({ count: z.number().default(0) }), scope: 'user' });
const ada = { identity: { user: 'ada' } };

/** What the steps of a run were, without the others. */
const stepsOf = async (run: Parameters<typeof eventsOf>[0]): Promise<readonly string[]> =>
  (await eventsOf(run)).flatMap((event) => (event.type === 'step-end' ? [event.step] : []));

describe('a memory', () => {
  it('outlives the run, and is that of the user for whom the run was started', async () => {
    @Agent()
    class Desk {
      async run(city: string, ctx: RunContext): Promise<unknown> {
        const before = await ctx.memory(profile).read();
        await ctx.memory(profile).write({ name: String((ctx.identity as { user: string }).user), city });
        return before ?? 'nothing';
      }
    }
    const { espalier, workflow } = await build(Desk);
    expect(await espalier.run(workflow, 'Oslo', ada)).toBe('nothing');
    expect(await espalier.run(workflow, 'Bergen', ada)).toEqual({ name: 'ada', city: 'Oslo' });
    expect(await espalier.run(workflow, 'Rome', { identity: { user: 'bob' } })).toBe('nothing');
    expect(await espalier.memories.memory(profile, { user: 'ada' }).read()).toEqual({ name: 'ada', city: 'Bergen' });
  });

  it('is read and written in steps that are on record', async () => {
    @Agent()
    class Desk {
      async run(_input: unknown, ctx: RunContext): Promise<void> {
        const memory = ctx.memory(profile);
        await memory.read();
        await memory.write({ name: 'Ada' });
        await memory.update({ city: 'Oslo' });
        await memory.clear();
      }
    }
    const { espalier, workflow } = await build(Desk);
    expect(await stepsOf(espalier.start(workflow, null, ada))).toEqual([
      'memory:profile/read[1]',
      'memory:profile/write[1]',
      'memory:profile/update[1]',
      'memory:profile/clear[1]',
    ]);
    expect(await espalier.memories.memory(profile, { user: 'ada' }).read()).toBeUndefined();
  });

  it('without an identity that says whose it is fails the node: there is no default that all share', async () => {
    @Agent()
    class Desk {
      async run(_input: unknown, ctx: RunContext): Promise<unknown> {
        return ctx.memory(profile).read();
      }
    }
    const { espalier, workflow } = await build(Desk);
    for (const identity of [undefined, null, 'ada', {}, { user: '' }, { user: 7 }, Object.create({ user: 'ada' })]) {
      const { error } = await espalier.start(workflow, null, { identity }).outcome;
      expect((error as Error).cause).toMatchObject({ code: 'memory-scope-missing' });
    }
    const { error } = await espalier.start(workflow, null).outcome;
    expect((error as Error).cause).toMatchObject({
      message:
        "Memory 'profile' belongs to one user: expected an identity whose 'user' is a text, and the given one has no 'user'.",
      hint: "Start the run with { identity: { user: '…' } }.",
    });
  });

  it('takes only what matches its schema', async () => {
    const { espalier } = await build(Nothing);
    const memory = espalier.memories.memory(profile, { user: 'ada' });
    await expect(memory.write({ city: 'Oslo' } as Profile)).rejects.toMatchObject({
      code: 'memory-invalid',
      message: expect.stringMatching(/^Memory 'profile' would hold what is no Profile: \$\.name: .+\.$/),
      where: { path: '$.name' },
    });
    await expect(memory.update({ city: 'Oslo' })).rejects.toMatchObject({ code: 'memory-invalid' });
    expect(await memory.read()).toBeUndefined();
  });

  it('tells where what it holds does not match the schema any more, and gives defaults to what is new', async () => {
    const { espalier } = await build(Nothing);
    const before = defineMemory({ name: 'visits', schema: z.object({ total: z.string() }), scope: 'user' });
    await espalier.memories.memory(before, { user: 'ada' }).write({ total: 'two' });
    expect(await espalier.memories.memory(visits, { user: 'ada' }).read()).toEqual({ count: 0 });
    await espalier.memories.memory(visits, { user: 'ada' }).write({ count: 2 });
    await expect(espalier.memories.memory(before, { user: 'ada' }).read()).rejects.toMatchObject({
      code: 'memory-invalid',
      message: expect.stringContaining("Memory 'visits' holds what is no "),
    });
  });

  it('that others have changed since it was read is not overwritten', async () => {
    const { espalier } = await build(Nothing);
    const [one, two] = [1, 2].map(() => espalier.memories.memory(profile, { user: 'ada' })) as [
      MemoryHandle<Profile>,
      MemoryHandle<Profile>,
    ];
    await one.read();
    await two.write({ name: 'Bob' });
    await expect(one.write({ name: 'Ada' })).rejects.toMatchObject({
      code: 'memory-conflict',
      message: "Memory 'profile' was not written: others have changed it since it was read.",
      retryable: true,
    });
    expect(await one.read()).toEqual({ name: 'Bob' });
    await one.write({ name: 'Ada' });
    await expect(two.clear()).rejects.toMatchObject({ code: 'memory-conflict' });
  });

  it('loses no update, however many come at the same time', async () => {
    @Agent()
    @Retry({ attempts: 5, backoff: 0 })
    class Counter {
      async run(_input: unknown, ctx: RunContext): Promise<void> {
        await ctx.memory(visits).update((before) => ({ count: (before?.count ?? 0) + 1 }));
      }
    }
    const { espalier, workflow } = await build(Counter, {}, { memory: slow(new MemoryScopedStore()) });
    await Promise.all(Array.from({ length: 20 }, () => espalier.run(workflow, null, ada)));
    expect(await espalier.memories.memory(visits, { user: 'ada' }).read()).toEqual({ count: 20 });
  });

  it('that is changed again and again by others is given up', async () => {
    const store = new MemoryScopedStore();
    const write = store.write.bind(store);
    store.write = (place, change) => {
      write(place, { ...change, key: `other ${Math.random()}` });
      return write(place, change);
    };
    const { espalier } = await build(Nothing, {}, { memory: store });
    await expect(espalier.memories.memory(visits, { user: 'ada' }).update({ count: 1 })).rejects.toMatchObject({
      code: 'memory-conflict',
      message: "Memory 'visits' was not written: others changed it 10 times while it was to be changed.",
    });
  });

  it('is written once, where the process ended between the write and its record', async () => {
    @Agent()
    class Counter {
      async run(_input: unknown, ctx: RunContext): Promise<unknown> {
        return ctx.memory(visits).update((before) => ({ count: (before?.count ?? 0) + 1 }));
      }
    }
    const store = new MemoryJournal();
    const memory = new MemoryScopedStore();
    const append = store.append.bind(store);
    let broken = true;
    store.append = (lease, record) => {
      if (broken && record.type === 'step-end') throw new Error('the process has ended');
      append(lease, record);
    };
    const first = await build(Counter, {}, { store, memory });
    const run = first.espalier.start(first.workflow, null, ada);
    await run.outcome.catch(() => {});
    broken = false;
    const second = await build(Counter, {}, { store, memory });
    expect(await (await second.espalier.resume(run.id)).result).toEqual({ count: 1 });
    expect(await second.espalier.memories.memory(visits, { user: 'ada' }).read()).toEqual({ count: 1 });
  });

  it('is not changed again by a change that would refuse what it has made itself', async () => {
    @Agent()
    class Booker {
      async run(_input: unknown, ctx: RunContext): Promise<unknown> {
        return ctx.memory(visits).update((before) => {
          if (before?.count === 1) throw new Error('it is booked');
          return { count: 1 };
        });
      }
    }
    const store = new MemoryJournal();
    const memory = new MemoryScopedStore();
    const append = store.append.bind(store);
    let broken = true;
    store.append = (lease, record) => {
      if (broken && record.type === 'step-end') throw new Error('the process has ended');
      append(lease, record);
    };
    const first = await build(Booker, {}, { store, memory });
    const run = first.espalier.start(first.workflow, null, ada);
    await run.outcome.catch(() => {});
    broken = false;
    const second = await build(Booker, {}, { store, memory });
    expect(await (await second.espalier.resume(run.id)).result).toEqual({ count: 1 });
    const again = await second.espalier.start(second.workflow, null, ada).outcome;
    expect((again.error as Error).cause).toMatchObject({ message: 'it is booked' });
    expect(memory.read({ scope: '"user"="ada"\n', name: 'visits' })).toEqual({ version: 1, value: { count: 1 } });
  });

  it('that was forgotten is not overwritten by whoever had read it before', async () => {
    const { espalier } = await build(Nothing);
    const [one, two] = [1, 2].map(() => espalier.memories.memory(profile, { user: 'ada' })) as [
      MemoryHandle<Profile>,
      MemoryHandle<Profile>,
    ];
    await one.write({ name: 'Ada' });
    await espalier.memories.forget('user', { user: 'ada' });
    await two.write({ name: 'Bob' });
    await expect(one.write({ name: 'Ada' })).rejects.toMatchObject({ code: 'memory-conflict' });
    expect(await two.read()).toEqual({ name: 'Bob' });
    expect(await two.update({ city: 'Oslo' })).toEqual({ name: 'Bob', city: 'Oslo' });
  });

  it('is the same for a run that is taken over, whatever others have written since', async () => {
    @Agent()
    class Waiter {
      async run(_input: unknown, ctx: RunContext): Promise<unknown> {
        const before = await ctx.memory(visits).read();
        const after = await ctx.memory(visits).update({ count: 5 });
        await ctx.waitFor('go', z.boolean());
        return [before, after];
      }
    }
    const store = new MemoryJournal();
    const memory = new MemoryScopedStore();
    const first = await build(Waiter, {}, { store, memory });
    await first.espalier.memories.memory(visits, { user: 'ada' }).write({ count: 1 });
    const run = first.espalier.start(first.workflow, null, ada);
    await turns();
    await first.espalier.drain();
    await first.espalier.memories.memory(visits, { user: 'ada' }).update({ count: 99 });
    const second = await build(Waiter, {}, { store, memory });
    const resumed = await second.espalier.resume(run.id);
    await second.espalier.signal(run.id, 'go', true);
    expect(await resumed.result).toEqual([{ count: 1 }, { count: 5 }]);
    expect(await second.espalier.memories.memory(visits, { user: 'ada' }).read()).toEqual({ count: 99 });
  });

  it('is at hand in tools, each call with steps of its own', async () => {
    @Agent({ instructions: 'You note.' })
    class Clerk {
      @Tool({ description: 'Note the city', input: z.object({ city: z.string() }) })
      async note({ city }: { city: string }, ctx: ToolContext): Promise<string> {
        const { name } = await ctx.memory(profile).update({ name: 'Ada', city });
        return name;
      }

      run(input: string, ctx: RunContext): Promise<string> {
        return ctx.generate(input);
      }
    }
    const calls = ['Oslo', 'Bergen'].map((city) => ({ tool: 'note', arguments: { city } }));
    const model = new ScriptedModel({ calls }, 'Done.');
    const { espalier, workflow } = await build(Clerk, {}, { models: { default: model } });
    expect(await stepsOf(espalier.start(workflow, 'I moved.', ada))).toEqual([
      'generate[1]/tool[1.call-1]/memory:profile/update[1]',
      'generate[1]/tool[1.call-2]/memory:profile/update[1]',
    ]);
    expect(await espalier.memories.memory(profile, { user: 'ada' }).read()).toEqual({ name: 'Ada', city: 'Bergen' });
  });

  it('that nobody waits for harms nobody', async () => {
    @Agent()
    class Hasty {
      run(_input: unknown, ctx: RunContext): string {
        void ctx.memory(profile).write({} as Profile);
        return 'done';
      }
    }
    const { espalier, workflow } = await build(Hasty);
    expect(await espalier.run(workflow, null, ada)).toBe('done');
    await turns();
  });

  it('is kept by the store, where that keeps memories and no other place is named', async () => {
    const memory = new MemoryScopedStore();
    const store = Object.assign(new MemoryJournal(), { memory });
    const { espalier } = await build(Nothing, {}, { store });
    await espalier.memories.memory(profile, { user: 'ada' }).write({ name: 'Ada' });
    expect(memory.list({ limit: 10 })).toHaveLength(1);
  });

  it('has the identity of its parent in a child run', async () => {
    @Agent()
    class Inner {
      async run(_input: unknown, ctx: RunContext): Promise<unknown> {
        return ctx.memory(profile).read();
      }
    }
    const inner = defineWorkflow({ name: 'inner', version: 1, output: Inner });
    @Agent()
    @Calls(inner, { max: 1 })
    class Outer {
      run(_input: unknown, ctx: RunContext): Promise<unknown> {
        return ctx.call(inner, null);
      }
    }
    const { espalier, workflow } = await build(Outer);
    await espalier.memories.memory(profile, { user: 'ada' }).write({ name: 'Ada' });
    expect(await espalier.run(workflow, null, ada)).toEqual({ name: 'Ada' });
  });
});

describe('memories outside of runs', () => {
  it('are listed with whose they are, a page at a time, and forgotten with all that lies within', async () => {
    const { espalier } = await build(Nothing);
    const { memories } = espalier;
    const inTenant = defineMemory({ name: 'profile', schema: Profile, scope: ['tenant', 'user'] });
    const ofTenant = defineMemory({ name: 'plan', schema: z.string(), scope: 'tenant' });
    const shared = defineMemory({ name: 'news', schema: z.string(), scope: 'shared' });
    await memories.memory(inTenant, { tenant: 'a', user: '1' }).write({ name: 'One' });
    await memories.memory(inTenant, { tenant: 'b', user: '1' }).write({ name: 'Other' });
    await memories.memory(ofTenant, { tenant: 'a' }).write('large');
    await memories.memory(shared, undefined).write('none');
    await memories.memory(profile, { user: '1' }).write({ name: 'Outside' });
    const owners = async () => (await memories.list()).map(({ owner, name }) => [owner, name]);
    expect(await owners()).toEqual([
      [{ tenant: 'a' }, 'plan'],
      [{ tenant: 'a', user: '1' }, 'profile'],
      [{ tenant: 'b', user: '1' }, 'profile'],
      [{ user: '1' }, 'profile'],
      [{}, 'news'],
    ]);
    const [first, ...rest] = await memories.list();
    expect(await memories.list({ after: first as never, limit: 2 })).toEqual(rest.slice(0, 2));
    await memories.forget('tenant', { tenant: 'a' });
    expect(await owners()).toEqual([
      [{ tenant: 'b', user: '1' }, 'profile'],
      [{ user: '1' }, 'profile'],
      [{}, 'news'],
    ]);
    await memories.forget('user', { user: '1' });
    expect(await owners()).toEqual([
      [{ tenant: 'b', user: '1' }, 'profile'],
      [{}, 'news'],
    ]);
    await expect(memories.forget('user', {})).rejects.toMatchObject({ code: 'memory-scope-missing' });
  });
});

describe('defineMemory', () => {
  it.each([
    [{ name: 'Profile' }, 'name: expected up to 64 small letters'],
    [{ name: '' }, 'name: expected'],
    [{ scope: '' }, 'scope: expected'],
    [{ scope: [] }, 'scope: expected'],
    [{ scope: ['user', 'user'] }, 'scope: expected'],
    [{ scope: ['shared', 'user'] }, 'scope: expected'],
    [{ scope: undefined }, 'scope: expected'],
    [{ schema: undefined }, 'schema: expected a class or a Standard Schema'],
  ])('refuses %j', (wrong, message) => {
    const options = { name: 'profile', schema: Profile, scope: 'user', ...wrong } as Parameters<typeof defineMemory>[0];
    expect(() => defineMemory(options)).toThrow(message);
    expect(() => defineMemory(options)).toThrow(expect.objectContaining({ code: 'option-invalid' }));
  });
});

@Agent()
class Nothing {
  run(): void {}
}

/** A store whose calls take a turn, so that several are under way at once. */
function slow(store: MemoryScopedStore): MemoryScopedStore {
  const read = store.read.bind(store);
  const later = Object.create(store) as MemoryScopedStore;
  return Object.assign(later, {
    read: async (place: Parameters<typeof read>[0]) => {
      const kept = read(place);
      await Promise.resolve();
      return kept;
    },
    write: async (...args: Parameters<MemoryScopedStore['write']>) => store.write(...args),
  }) as never;
}
