import {
  Agent,
  createEspalier,
  defineMemory,
  defineNotes,
  defineWorkflow,
  type EmbeddingModel,
  MemoryScopedStore,
  type RunContext,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ScriptedModel, turns } from './scripted-model.js';

/** Ids that are made to be taken for others, or to reach out of their place. */
const ids = [
  ...['a', 'A', 'a ', ' a', '"', '"a"', 'a"\n', '\n', 'a\n"user"="b"\n', '*', '*\n', '../a', 'a/../b', '%', 'a%', '_'],
  ...['__proto__', 'constructor', 'toString', 'é', 'e\u0301', '\ud800', '\udc00', 'a\ud83d', '\u0000', 'a\u0000', '💧'],
];

const own = defineMemory({ name: 'own', schema: z.array(z.string()), scope: ['tenant', 'user'] });
const facts = defineNotes({ name: 'facts', scope: ['tenant', 'user'], max: 1000 });

/** All texts look the same to it: whatever could be found is found. */
const blind: EmbeddingModel = { name: 'test:blind', embed: async (texts) => ({ vectors: texts.map(() => [1]) }) };

@Agent({ instructions: 'You echo.', thread: { window: 1_000_000 } })
class Visitor {
  async run(mark: string, ctx: RunContext): Promise<readonly string[]> {
    const before = await ctx.memory(own).update((marks = []) => [...marks, mark]);
    await ctx.notes(facts).remember(mark);
    const found = await ctx.notes(facts).recall('anything', { limit: 1000 });
    await ctx.generate(mark);
    return [...before, ...found.map(({ text }) => text)];
  }
}

const visit = defineWorkflow({ name: 'visit', version: 1, output: Visitor });

/** A store whose calls take turns of their own, so that runs mix. */
function slow(random: () => number): MemoryScopedStore {
  const store = new MemoryScopedStore();
  for (const call of ['read', 'write', 'keep', 'find'] as const) {
    const act = (store[call] as (...args: unknown[]) => unknown).bind(store);
    Object.assign(store, {
      [call]: async (...args: unknown[]) => {
        await turns(Math.floor(random() * 3));
        return act(...args);
      },
    });
  }
  return store;
}

describe('one user cannot read what is another’s', () => {
  it.each([1, 2, 3, 4, 5])('whatever their ids are, and however their runs mix: seed %p', async (seed) => {
    const random = randomNumbers(seed);
    const pick = (): string => ids[Math.floor(random() * ids.length)] as string;
    const people = Array.from({ length: 12 }, () => ({ tenant: pick() + pick(), user: pick() }));
    const requests: string[][] = [];
    const echo = Array.from({ length: 60 }, () => (request: ScriptedModel['last']) => {
      requests.push(request.messages.map((message) => JSON.stringify(message)));
      return 'noted';
    });
    const espalier = await createEspalier({
      workflows: [visit],
      models: { default: new ScriptedModel(...echo) },
      embeddings: { default: blind },
      memory: slow(random),
      threadScope: ['tenant', 'user'],
    });
    // Who is who: two entries may be the same person.
    const markOf = ({ tenant, user }: { tenant: string; user: string }): string =>
      `<${people.findIndex((one) => one.tenant === tenant && one.user === user)}>`;
    await Promise.all(
      Array.from({ length: 60 }, async () => {
        const identity = people[Math.floor(random() * people.length)] as { tenant: string; user: string };
        await turns(Math.floor(random() * 20));
        const mark = markOf(identity);
        const seen = await espalier.run(visit, mark, { identity, threadId: 'main' });
        expect(new Set(seen)).toEqual(new Set([mark]));
      }),
    );
    for (const messages of requests) expect(new Set(messages.join().match(/<\d+>/g)).size).toBe(1);
    for (const identity of people) {
      const mark = markOf(identity);
      const marks = (await espalier.memories.memory(own, identity).read()) ?? [];
      const notes = await espalier.memories.notes(facts, identity).list({ limit: 1000 });
      const thread = JSON.stringify(await espalier.thread('main', { identity })).match(/<\d+>/g) ?? [];
      for (const one of [...marks, ...notes.map(({ text }) => text), ...thread]) expect(one).toBe(mark);
      expect(notes).toHaveLength(marks.length);
      expect(thread).toHaveLength(marks.length);
    }
  });
});

/** Numbers in [0, 1), the same for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
