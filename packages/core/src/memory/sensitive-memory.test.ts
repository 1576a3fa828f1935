import {
  Agent,
  createEspalier,
  defineMemory,
  defineNotes,
  defineWorkflow,
  type Event,
  MemoryScopedStore,
  type RunContext,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { eventsOf } from '../../test/build.js';

const secret = () => z.string().meta({ sensitive: true });
const Person = z.object({ email: secret(), pin: secret() });
const jane = { email: 'jane@doe.example', pin: '42' };

const facts = defineNotes({ name: 'facts', scope: 'user' });
const card = defineMemory({ name: 'card', schema: z.object({ note: z.string(), pin: secret() }), scope: 'user' });

@Agent()
class Writer {
  async run({ email }: typeof jane, ctx: RunContext): Promise<string> {
    await ctx.notes(facts).remember({ text: `Write to ${email}.`, key: email, metadata: { email } });
    await ctx.memory(card).write({ note: `ask ${email}`, pin: 'pin-of-jane' });
    return 'kept, under pin-of-jane';
  }
}

@Agent()
class Reader {
  async run(_input: unknown, ctx: RunContext): Promise<unknown> {
    const found = await ctx.notes(facts).recall('write');
    return { found, read: await ctx.memory(card).read() };
  }
}

@Agent()
class Changer {
  run(_input: unknown, ctx: RunContext): Promise<unknown> {
    return ctx.memory(card).update({ pin: 'another-pin' });
  }
}

const write = defineWorkflow({ name: 'write', version: 1, input: Person, output: Writer });
const read = defineWorkflow({ name: 'read', version: 1, output: Reader });
const change = defineWorkflow({ name: 'change', version: 1, output: Changer });
const ada = { identity: { user: 'ada' } };

const embed = async (texts: readonly string[]) => ({ vectors: texts.map(() => [1, 1]) });
const runtime = (memory: MemoryScopedStore) =>
  createEspalier({ workflows: [write, read, change] as never, memory, embeddings: { default: { name: 'e', embed } } });

const text = (events: readonly Event[]): string => JSON.stringify(events);

describe('sensitive values in memories and notes', () => {
  it('are masked in later runs, which see them as they are', async () => {
    const memory = new MemoryScopedStore();
    const first = await eventsOf((await runtime(memory)).start(write, jane, ada) as never);
    expect(text(first)).not.toMatch(/jane|-of-/);

    const run = (await runtime(memory)).start(read, null as never, ada);
    const events = await eventsOf(run as never);
    const note = { key: jane.email, text: `Write to ${jane.email}.`, metadata: { email: jane.email } };
    expect(await run.result).toEqual({
      found: [{ ...note, time: expect.any(Number), score: expect.any(Number) }],
      read: { note: `ask ${jane.email}`, pin: 'pin-of-jane' },
    });
    expect(text(events)).not.toMatch(/jane|-of-/);
    const [recall, value] = events.flatMap((event) => (event.type === 'step-end' ? [event.value] : []));
    const masked = { key: '[sensitive]', text: 'Write to [sensitive].', metadata: { email: '[sensitive]' } };
    expect(recall).toMatchObject([masked]);
    expect(value).toEqual({ version: 1, value: { note: 'ask [sensitive]', pin: '[sensitive]' } });
  });

  it('are still marked after a change by a run that knows them from the memory only', async () => {
    const memory = new MemoryScopedStore();
    await (await runtime(memory)).run(write, jane, ada);
    expect(text(await eventsOf((await runtime(memory)).start(change, null as never, ada) as never))).not.toMatch(
      /jane/,
    );
    const events = await eventsOf((await runtime(memory)).start(read, null as never, ada) as never);
    expect(text(events)).not.toMatch(/jane|another/);
    expect(text(events)).toContain('ask [sensitive]');
  });

  it('have no marks where nothing is sensitive', async () => {
    const memory = new MemoryScopedStore();
    const espalier = await runtime(memory);
    await espalier.memories.notes(facts, { user: 'ada' }).remember('Write.');
    expect(memory.notes({ limit: 1 })[0]).not.toHaveProperty('sensitive');
    const events = await eventsOf(espalier.start(read, null as never, ada) as never);
    expect(text(events)).not.toContain('sensitive');
  });
});
