import {
  Agent,
  Budget,
  defineNotes,
  type EmbeddingModel,
  MemoryJournal,
  MemoryScopedStore,
  Retry,
  type RunContext,
  VirtualClock,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { build, eventsOf } from '../../test/build.js';
import { turns } from '../../test/scripted-model.js';

const facts = defineNotes({ name: 'facts', scope: 'user' });
const ada = { identity: { user: 'ada' } };

/** Counts the letters a, b and c. Keeps what it was asked. */
class Letters implements EmbeddingModel {
  readonly name: string;
  readonly price?: number;
  maxTexts?: number | PromiseLike<number>;
  readonly asked: (readonly string[])[] = [];
  readonly signals: AbortSignal[] = [];

  constructor(options: Partial<Pick<EmbeddingModel, 'name' | 'price' | 'maxTexts'>> = {}) {
    this.name = 'test:letters';
    Object.assign(this, options);
  }

  async embed(texts: readonly string[], { signal }: { readonly signal: AbortSignal }) {
    this.asked.push(texts);
    this.signals.push(signal);
    const count = (text: string, letter: string): number => text.split(letter).length - 1;
    const vectors = texts.map((text) => ['a', 'b', 'c'].map((letter) => count(text, letter)));
    return { vectors, usage: { inputTokens: 10 * texts.length } };
  }
}

@Agent()
class Keeper {
  async run(text: string, ctx: RunContext): Promise<unknown> {
    await ctx.notes(facts).remember({ text, metadata: { from: 'guest' } });
    return ctx.notes(facts).recall(text);
  }
}

const keeper = (options: Parameters<typeof build>[2] = {}, output: Parameters<typeof build>[0] = Keeper) =>
  build(output, {}, { embeddings: { default: new Letters() }, ...options });

describe('notes', () => {
  it('are found by their meaning, the nearest first', async () => {
    const { espalier } = await keeper();
    const notes = espalier.memories.notes(facts, { user: 'ada' });
    await notes.remember(['aaa', { text: 'bbb', key: 'b', metadata: { at: 1 } }, 'aab']);
    const found = await notes.recall('aa', { limit: 2 });
    expect(found.map(({ text, score }) => [text, score.toFixed(2)])).toEqual([
      ['aaa', '1.00'],
      ['aab', '0.89'],
    ]);
    expect(await notes.recall('b', { minScore: 0.99 })).toEqual([
      { key: 'b', text: 'bbb', metadata: { at: 1 }, time: expect.any(Number), score: 1 },
    ]);
    await notes.forget('b', 'none');
    expect(await notes.recall('b', { minScore: 0.99 })).toEqual([]);
  });

  it('are those of the user for whom the run was started, and of nobody else', async () => {
    const { espalier, workflow } = await keeper();
    await espalier.run(workflow, 'aaa', ada);
    const found = (await espalier.run(workflow, 'aab', { identity: { user: 'bob' } })) as { text: string }[];
    expect(found.map(({ text }) => text)).toEqual(['aab']);
    const { error } = await espalier.start(workflow, 'a').outcome;
    expect((error as Error).cause).toMatchObject({ code: 'memory-scope-missing' });
  });

  it('are kept and searched in steps on record, with what they have used: a run that is taken over asks no more', async () => {
    @Agent()
    class Waiter {
      async run(text: string, ctx: RunContext): Promise<unknown> {
        await ctx.notes(facts).remember(text);
        const found = await ctx.notes(facts).recall(text);
        await ctx.waitFor('go', z.boolean());
        return found.map((note) => note.text);
      }
    }
    const store = new MemoryJournal();
    const memory = new MemoryScopedStore();
    const model = new Letters({ price: 1_000_000 });
    const options = { store, memory, embeddings: { default: model } };
    const first = await keeper(options, Waiter);
    const run = first.espalier.start(first.workflow, 'abc', ada);
    await turns();
    await first.espalier.drain();
    await first.espalier.memories.notes(facts, { user: 'ada' }).remember('abcabc');
    const { length } = model.asked;
    const second = await keeper(options, Waiter);
    const resumed = await second.espalier.resume(run.id);
    await second.espalier.signal(run.id, 'go', true);
    expect(await resumed.result).toEqual(['abc']);
    expect(model.asked).toHaveLength(length);
    expect((await resumed.outcome).usage).toMatchObject({ modelCalls: 0, inputTokens: 20, cost: 20 });
    const steps = (await eventsOf(resumed)).filter(({ type }) => type === 'step-end');
    expect(steps).toMatchObject([
      { step: 'notes:facts/remember[1]', usage: { inputTokens: 10, outputTokens: 0, cost: 10 } },
      { step: 'notes:facts/recall[1]', usage: { inputTokens: 10, outputTokens: 0, cost: 10 } },
    ]);
  });

  it('count against budgets, which are asked before', async () => {
    @Agent()
    @Budget({ tokens: 25 })
    class Poor {
      async run(text: string, ctx: RunContext): Promise<void> {
        await ctx.notes(facts).remember(text);
        await ctx.notes(facts).remember('b'.repeat(80));
      }
    }
    const model = new Letters();
    const { espalier, workflow } = await keeper({ embeddings: { default: model } }, Poor);
    const { error } = await espalier.start(workflow, 'aaa', ada).outcome;
    expect((error as Error).cause).toMatchObject({
      code: 'budget-exceeded',
      details: { kind: 'tokens', limit: 25, spent: 10, asked: 20 },
    });
    expect(model.asked).toEqual([['aaa']]);
  });

  it('of one call go to the model together, as far as it takes so many', async () => {
    const model = new Letters({ maxTexts: 2 });
    const { espalier } = await keeper({ embeddings: { default: model } });
    await espalier.memories.notes(facts, { user: 'ada' }).remember(['a', 'b', 'c', 'aa', 'bb']);
    expect(model.asked).toEqual([['a', 'b'], ['c', 'aa'], ['bb']]);
  });

  it('of one call that the model takes in several are kept one by one: a run that is taken over asks for the rest only', async () => {
    @Agent()
    class Listener {
      run(texts: string[], ctx: RunContext): Promise<void> {
        return ctx.notes(facts).remember(texts);
      }
    }
    let hangs = true;
    const model = new Letters({ maxTexts: 2 });
    const embeddings = {
      default: {
        name: model.name,
        maxTexts: 2,
        embed: (...args: Parameters<Letters['embed']>) => {
          const answer = model.embed(...args);
          return hangs && args[0].includes('c') ? new Promise<never>(() => {}) : answer;
        },
      },
    };
    const options = { store: new MemoryJournal(), memory: new MemoryScopedStore(), embeddings };
    const first = await keeper(options, Listener);
    const run = first.espalier.start(first.workflow, ['a', 'b', 'c', 'aa', 'bb'], ada);
    run.result.catch(() => {});
    await turns();
    await first.espalier.drain({ timeout: 0 });
    hangs = false;
    const second = await keeper(options, Listener);
    const resumed = await second.espalier.resume(run.id);
    await resumed.result;
    expect(model.asked).toEqual([['a', 'b'], ['c', 'aa'], ['c', 'aa'], ['bb']]);
    expect((await resumed.outcome).usage).toMatchObject({ inputTokens: 50 });
    const notes = await second.espalier.memories.notes(facts, { user: 'ada' }).list();
    expect(notes.map(({ text }) => text)).toEqual(['a', 'b', 'c', 'aa', 'bb']);
    const steps = (await eventsOf(resumed)).filter(({ type }) => type === 'step-end');
    expect(steps).toMatchObject([
      { step: 'notes:facts/remember[1]', value: 3, usage: { inputTokens: 20 } },
      { step: 'notes:facts/remember[1.2]', value: 1, usage: { inputTokens: 20 } },
      { step: 'notes:facts/remember[1.4]', usage: { inputTokens: 10 } },
    ]);
    expect(await second.espalier.replay(run.id)).toMatchObject({ diverged: undefined });
  });

  it('that could not be kept are on record with what they have used: nobody pays again to fail again', async () => {
    class Full extends MemoryScopedStore {
      override keep(): never {
        throw new Error('The disk is full.');
      }
    }
    @Agent()
    class Stubborn {
      async run(text: string, ctx: RunContext): Promise<unknown> {
        const told = await ctx
          .notes(facts)
          .remember(text)
          .catch(({ message }: Error) => message);
        return [told, await ctx.waitFor('go', z.boolean())];
      }
    }
    const model = new Letters({ price: 1_000_000 });
    const options = { store: new MemoryJournal(), memory: new Full(), embeddings: { default: model } };
    const first = await keeper(options, Stubborn);
    const run = first.espalier.start(first.workflow, 'a', ada);
    run.result.catch(() => {});
    await turns();
    await first.espalier.drain();
    const second = await keeper(options, Stubborn);
    const resumed = await second.espalier.resume(run.id);
    await second.espalier.signal(run.id, 'go', true);
    expect(await resumed.result).toEqual(['The disk is full.', true]);
    expect(model.asked).toEqual([['a']]);
    expect((await resumed.outcome).usage).toMatchObject({ inputTokens: 10, cost: 10 });
    const steps = (await eventsOf(resumed)).filter(({ type }) => type === 'step-end');
    expect(steps).toMatchObject([{ error: { message: 'The disk is full.' }, usage: { inputTokens: 10 } }]);
    expect(await second.espalier.replay(run.id)).toMatchObject({ diverged: undefined });
  });

  it('of an attempt that is made again replace those of the one before', async () => {
    let attempts = 0;
    @Agent()
    @Retry({ attempts: 2, backoff: 0 })
    class Shaky {
      async run(_input: unknown, ctx: RunContext): Promise<void> {
        attempts += 1;
        await ctx.notes(facts).remember([`a${attempts}`, { text: `b${attempts}`, key: 'b' }]);
        if (attempts === 1) throw new Error('again');
      }
    }
    const { espalier, workflow } = await keeper({}, Shaky);
    await espalier.run(workflow, null, ada);
    const list = await espalier.memories.notes(facts, { user: 'ada' }).list();
    expect(list.map(({ text }) => text)).toEqual(['a2', 'b2']);
  });

  it('are no more than their definition says: the oldest go', async () => {
    const few = defineNotes({ name: 'few', scope: 'user', max: 2 });
    const { espalier } = await keeper();
    const notes = espalier.memories.notes(few, { user: 'ada' });
    for (const text of ['a', 'b', 'c']) await notes.remember(text);
    expect((await notes.list()).map(({ text }) => text)).toEqual(['b', 'c']);
    await expect(notes.remember(['a', 'b', 'c'])).rejects.toMatchObject({
      code: 'option-invalid',
      message: "remember of notes 'few': got 3 notes at once, and keeps 2.",
    });
    const [first] = await notes.list({ limit: 1 });
    expect(await notes.list({ after: first?.position ?? 0 })).toMatchObject([{ text: 'c' }]);
  });

  it('of another embedding model are never compared: it is told, and how their vectors are made anew', async () => {
    const memory = new MemoryScopedStore();
    const before = await keeper({ memory });
    await before.espalier.memories.notes(facts, { user: 'ada' }).remember(['aaa', 'bbb']);
    await before.espalier.memories.notes(facts, { user: 'bob' }).remember('ccc');
    const model = new Letters({ name: 'test:newer', maxTexts: 2 });
    const { espalier } = await keeper({ memory, embeddings: { default: model } });
    const notes = espalier.memories.notes(facts, { user: 'ada' });
    await expect(notes.recall('a')).rejects.toMatchObject({
      code: 'embedding-changed',
      message: "Notes 'facts' has 2 notes whose vectors 'test:newer' did not make: they cannot be compared.",
      hint: expect.stringContaining('await espalier.memories.embedAgain(notes)'),
    });
    expect(await espalier.memories.embedAgain(facts)).toBe(3);
    expect(await espalier.memories.embedAgain(facts)).toBe(0);
    expect((await notes.recall('a')).map(({ text }) => text)).toEqual(['aaa', 'bbb']);
    await expect(
      espalier.memories.embedAgain(facts, { signal: AbortSignal.abort(new Error('enough')) }),
    ).rejects.toThrow('enough');
  });

  it('of another length of the same model get vectors anew too', async () => {
    const memory = new MemoryScopedStore();
    const short = new Letters();
    const embed = short.embed.bind(short);
    short.embed = async (texts, options) => ({
      ...(await embed(texts, options)),
      vectors: texts.map(({ length }) => [length, 1]),
    });
    const before = await keeper({ memory, embeddings: { default: short } });
    await before.espalier.memories.notes(facts, { user: 'ada' }).remember(['aaa', 'bbb']);
    const { espalier } = await keeper({ memory });
    const notes = espalier.memories.notes(facts, { user: 'ada' });
    await notes.remember('ccc');
    await expect(notes.recall('a')).rejects.toMatchObject({ code: 'embedding-changed', details: { others: 2 } });
    expect(await espalier.memories.embedAgain(facts)).toBe(2);
    expect((await notes.recall('a')).map(({ text }) => text)).toEqual(['aaa', 'bbb', 'ccc']);
  });

  it('are not embedded again when a runtime begins', async () => {
    const memory = new MemoryScopedStore();
    const before = await keeper({ memory });
    await before.espalier.memories.notes(facts, { user: 'ada' }).remember(['aaa', 'bbb']);
    const model = new Letters();
    const { espalier } = await keeper({ memory, embeddings: { default: model } });
    await espalier.memories.notes(facts, { user: 'ada' }).recall('a');
    expect(model.asked).toEqual([['a']]);
  });

  it('name an embedding model that has to be registered', async () => {
    const other = defineNotes({ name: 'other', scope: 'user', embedding: 'fine' });
    const { espalier } = await keeper();
    await expect(espalier.memories.notes(other, { user: 'ada' }).recall('a')).rejects.toMatchObject({
      code: 'model-unknown',
      message: "Notes 'other' needs embedding model 'fine'; registered: default.",
    });
  });

  it('keep to the policies of their provider, which count all calls of it', async () => {
    let now = 0;
    let most = 0;
    const model = new Letters({ name: 'acme:letters' });
    const embed = model.embed.bind(model);
    model.embed = async (texts, options) => {
      now += 1;
      most = Math.max(most, now);
      await turns(3);
      now -= 1;
      return embed(texts, options);
    };
    const options = {
      embeddings: { default: model },
      modelPolicies: { acme: { concurrency: 2, tokenLimit: { limit: 1e6 } } },
    };
    const { espalier, workflow } = await keeper(options as never);
    await Promise.all(['a', 'b', 'c', 'aa', 'bb'].map((text) => espalier.run(workflow, text, ada)));
    expect([most, model.asked.length]).toEqual([2, 10]);
    await expect(keeper({ modelPolicies: { other: { concurrency: 1 } } })).rejects.toThrow(
      "modelPolicies['other'] is the name of no provider and no model; there are: test, test:letters.",
    );
  });

  it('end a call that their provider’s time limit ends', async () => {
    const clock = new VirtualClock();
    const model = new Letters();
    model.embed = async (_texts, { signal }) => {
      model.signals.push(signal);
      return new Promise(() => {});
    };
    const { espalier, workflow } = await keeper({
      clock,
      embeddings: { default: model },
      modelPolicies: { test: { timeout: 100 } },
    });
    const run = espalier.start(workflow, 'aaa', ada);
    await turns();
    await clock.advance(100);
    expect(((await run.outcome).error as Error).cause).toMatchObject({ code: 'timeout' });
    expect(model.signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it.each([[undefined], [{ embed: () => {} }], [{ name: 'x' }]])(
    'do not take %p for an embedding model',
    async (model) => {
      await expect(keeper({ embeddings: { default: model as never } })).rejects.toThrow(
        "embeddings['default']: expected an EmbeddingModel, got ",
      );
    },
  );

  it.each([[0], [-1], [1.5], [Number.NaN], ['2']])(
    'do not take %p for how many texts go into one call',
    async (maxTexts) => {
      const model = Object.assign(new Letters(), { maxTexts });
      await expect(keeper({ embeddings: { default: model as never } })).rejects.toMatchObject({
        code: 'option-invalid',
        message: expect.stringContaining("embeddings['default']: maxTexts: expected a whole number from 1, got "),
      });
    },
  );

  it('ask a model that has to find out how many texts go into one call', async () => {
    const model = new Letters();
    model.maxTexts = Promise.resolve(2);
    const { espalier } = await keeper({ embeddings: { default: model } });
    const notes = espalier.memories.notes(facts, { user: 'ada' });
    await notes.remember(['a', 'b', 'c']);
    expect(model.asked).toEqual([['a', 'b'], ['c']]);
    model.maxTexts = Promise.resolve(0);
    await expect(notes.remember('a')).rejects.toMatchObject({
      code: 'model-response-malformed',
      message: "Embedding model 'test:letters' gave 0 (number) as its maxTexts.",
    });
    model.maxTexts = Promise.reject(new Error('offline'));
    await expect(notes.remember('a')).rejects.toThrow("Model 'test:letters' failed: offline");
  });

  it('take all texts at once where any number goes into one call', async () => {
    const model = new Letters({ maxTexts: Number.POSITIVE_INFINITY });
    const { espalier } = await keeper({ embeddings: { default: model } });
    await espalier.memories.notes(facts, { user: 'ada' }).remember(Array<string>(200).fill('a'));
    expect(model.asked.map(({ length }) => length)).toEqual([200]);
  });

  it('abort their model with the attempt, and do not wait for one that does not mind', async () => {
    const model = new Letters();
    model.embed = async (_texts, { signal }) => {
      model.signals.push(signal);
      return new Promise(() => {});
    };
    const { espalier, workflow } = await keeper({ embeddings: { default: model } });
    const run = espalier.start(workflow, 'aaa', ada);
    await turns();
    expect(model.signals.map(({ aborted }) => aborted)).toEqual([false]);
    run.cancel('enough');
    expect((await run.outcome).status).toBe('cancelled');
    expect(model.signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('no')), 'model-failed', "Model 'test:letters' failed: no"],
    ['gives too few', async () => ({ vectors: [] }), 'model-response-malformed', 'gave 0 vectors for 1 texts'],
    [
      'gives no direction',
      async () => ({ vectors: [[0, 0]] }),
      'model-response-malformed',
      'gave a vector that is none',
    ],
    [
      'gives no numbers',
      async () => ({ vectors: [[Number.NaN]] }),
      'model-response-malformed',
      'a vector that is none',
    ],
    ['gives nothing', async () => ({}), 'model-response-malformed', 'gave no vectors for 1 texts'],
  ])('tell of a model that %s', async (_what, embed, code, message) => {
    const model = Object.assign(new Letters(), { embed: embed as unknown as EmbeddingModel['embed'] });
    const { espalier, workflow } = await keeper({ embeddings: { default: model } });
    const { error } = await espalier.start(workflow, 'aaa', ada).outcome;
    expect((error as Error).cause).toMatchObject({ code, message: expect.stringContaining(message), retryable: true });
  });

  it('estimate what a model does not tell', async () => {
    const model = new Letters({ price: 1_000_000 });
    const embed = model.embed.bind(model);
    model.embed = async (texts, options) => ({ vectors: (await embed(texts, options)).vectors }) as never;
    const { espalier, workflow } = await keeper({ embeddings: { default: model } });
    const { usage } = await espalier.start(workflow, 'aaaaaaaa', ada).outcome;
    expect(usage).toMatchObject({ inputTokens: 4, cost: 4 });
  });

  it.each([
    ['remember', '', 'expected text'],
    ['remember', '  ', 'expected text'],
    ['remember', { text: 7 }, 'expected text, got 7'],
    ['remember', { text: 'a', key: '' }, 'key: expected text'],
    ['remember', { text: 'a', metadata: new Date(0) }, 'not plain data'],
    ['recall', '', 'expected text'],
  ] as const)('refuse to %s %j', async (call, given, message) => {
    const { espalier } = await keeper();
    const notes = espalier.memories.notes(facts, { user: 'ada' });
    await expect(notes[call](given as never)).rejects.toThrow(message);
  });

  it.each([
    [{ limit: 0 }, 'limit: expected a whole number from 1, got 0'],
    [{ limit: 1.5 }, 'limit: expected'],
    [{ minScore: 2 }, 'minScore: expected a number from -1 to 1, got 2'],
    [{ minScore: Number.NaN }, 'minScore: expected'],
  ])('refuse to search with %j', async (options, message) => {
    const { espalier } = await keeper();
    await expect(espalier.memories.notes(facts, { user: 'ada' }).recall('a', options)).rejects.toThrow(message);
  });

  it('of nothing are none', async () => {
    const model = new Letters();
    const { espalier } = await keeper({ embeddings: { default: model } });
    await espalier.memories.notes(facts, { user: 'ada' }).remember([]);
    expect(model.asked).toEqual([]);
  });
});

describe('defineNotes', () => {
  it.each([
    [{ name: 'Facts' }, 'name: expected'],
    [{ scope: 7 }, 'scope: expected'],
    [{ max: 0 }, 'max: expected a whole number from 1, got 0'],
  ])('refuses %j', (wrong, message) => {
    expect(() => defineNotes({ name: 'facts', scope: 'user', ...(wrong as object) })).toThrow(message);
  });
});
