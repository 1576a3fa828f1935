import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  Agent,
  createEspalier,
  defineMemory,
  defineNotes,
  defineWorkflow,
  type EmbeddingModel,
  type RunContext,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { sqlite } from '../src/index.js';
import { newFile } from './new-file.js';
import { openFile } from './open-file.js';

const profile = defineMemory({ name: 'profile', schema: z.object({ name: z.string() }), scope: 'user' });
const facts = defineNotes({ name: 'facts', scope: 'user' });
const said = 'The lighthouse opens at noon.';

@Agent()
class Host {
  async run(text: string, ctx: RunContext): Promise<unknown> {
    const found = await ctx.notes(facts).recall(text, { limit: 1 });
    await ctx.notes(facts).remember(said);
    const { name } = await ctx.memory(profile).update({ name: 'Grace Hopper' });
    return [name, found.map((note) => note.text)];
  }
}

const chat = defineWorkflow({ name: 'chat', version: 1, output: Host });

/** Counts letters. */
const letters: EmbeddingModel = {
  name: 'test:letters',
  embed: async (texts) => ({
    vectors: texts.map((text) => Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => text.split(letter).length - 1)),
  }),
};

/** Keeps what was embedded. */
function counting(): EmbeddingModel & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    ...letters,
    asked,
    embed(texts, options) {
      asked.push(...texts);
      return letters.embed(texts, options);
    },
  };
}

/** What one process does with a file. */
async function visit(file: string, model: EmbeddingModel, text: string, key?: Uint8Array): Promise<unknown> {
  await using store = sqlite(file, key === undefined ? {} : { key });
  await using espalier = await createEspalier({ workflows: [chat], store, embeddings: { default: model } });
  return await espalier.run(chat, text, { identity: { user: 'g' } });
}

const filesAround = (file: string): Buffer =>
  Buffer.concat(readdirSync(dirname(file)).map((name) => readFileSync(join(dirname(file), name))));

describe('memories and notes on disk', () => {
  it('are there for the next process, which embeds nothing again', async () => {
    const file = newFile();
    const model = counting();
    expect(await visit(file, model, 'hello')).toEqual(['Grace Hopper', []]);
    expect(model.asked).toEqual(['hello', said]);
    const later = counting();
    expect(await visit(file, later, 'When does the lighthouse open?')).toEqual(['Grace Hopper', [said]]);
    expect(later.asked).toEqual(['When does the lighthouse open?', said]);
  });

  it('cannot be read in a file with a key: neither values, nor texts, nor vectors', async () => {
    const plain = newFile();
    await visit(plain, letters, 'hello');
    const database = openFile(plain);
    const { vector } = database.prepare('SELECT vector FROM notes').get() as { vector: Uint8Array };
    database.close();
    for (const key of [undefined, Buffer.alloc(32, 7)]) {
      const file = newFile();
      await visit(file, letters, 'hello', key);
      const all = filesAround(file);
      const parts = {
        text: Buffer.from(said),
        value: Buffer.from('Grace Hopper'),
        vector: Buffer.from(vector.subarray(0, 96)),
      }; // without what guards it
      const found = Object.entries(parts).filter(([, part]) => all.includes(part));
      expect(found.map(([name]) => name)).toEqual(key === undefined ? ['text', 'value', 'vector'] : []);
      expect(await visit(file, letters, 'The lighthouse?', key)).toEqual(['Grace Hopper', [said]]);
    }
  });

  it('in a file with a key are read where they were written only: not as another user’s', async () => {
    const file = newFile();
    const key = Buffer.alloc(32, 7);
    await visit(file, letters, 'hello', key);
    const database = openFile(file);
    for (const table of ['memories', 'notes'])
      database.exec(`UPDATE ${table} SET scope = replace(scope, '"g"', '"h"')`);
    database.close();
    await using store = sqlite(file, { key });
    await using espalier = await createEspalier({ workflows: [], store, embeddings: { default: letters } });
    const moved = expect.objectContaining({ code: 'store-failed', retryable: false });
    await expect(espalier.memories.memory(profile, { user: 'h' }).read()).rejects.toThrow(moved);
    await expect(espalier.memories.notes(facts, { user: 'h' }).recall('lighthouse')).rejects.toThrow(moved);
    await expect(espalier.memories.notes(facts, { user: 'h' }).list()).rejects.toThrow(moved);
  });

  it('are gone from the tables when they are forgotten', async () => {
    const file = newFile();
    await visit(file, letters, 'hello');
    {
      await using store = sqlite(file);
      await using espalier = await createEspalier({ workflows: [], store });
      await espalier.memories.forget('user', { user: 'g' });
    }
    const database = openFile(file);
    for (const table of ['memories', 'memory_writes', 'notes']) {
      expect(database.prepare(`SELECT count(*) AS count FROM ${table} WHERE name <> ''`).get()).toMatchObject({
        count: 0,
      });
    }
    database.close();
  });

  it('are not to be had from a store that is closed', async () => {
    const store = sqlite(newFile());
    await store.close();
    const place = { scope: 's', name: 'n' };
    const closed = { code: 'store-failed' };
    const search = { model: 'm', vector: Float32Array.of(1), limit: 1, minScore: -1 };
    const calls = [
      () => store.memory.read(place),
      () => store.memory.write(place, { replaces: 0, key: 'k', time: 0, value: 1 }),
      () => store.memory.find(place, search),
      () => store.memory.notes({ limit: 1 }),
      () => store.memory.list({ limit: 1 }),
      () => store.memory.forget('s'),
    ];
    for (const one of calls) await expect(Promise.resolve().then(one as () => unknown)).rejects.toMatchObject(closed);
  });
});
