import {
  Agent,
  type AgentOptions,
  defineMemory,
  defineNotes,
  type EmbeddingModel,
  Handoff,
  type RunContext,
  Sensitive,
  Tool,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { IsString } from 'class-validator';
import { z } from 'zod';
import { build, eventsOf } from '../../test/build.js';
import { lines } from '../../test/message-lines.js';
import { prove, told } from '../../test/prove.js';
import { ScriptedModel } from '../../test/scripted-model.js';

const shape = z.object({ name: z.string(), city: z.string().optional() });
const profile = defineMemory({ name: 'profile', schema: shape, scope: 'user', description: 'What the guest told.' });
const mood = defineMemory({ name: 'mood', schema: z.string(), scope: 'user' });
const facts = defineNotes({ name: 'house-facts', scope: 'user', description: 'facts of the house' });
const ada = { identity: { user: 'ada' } };

/** Counts letters. */
const letters: EmbeddingModel = {
  name: 'test:letters',
  embed: async (texts) => ({ vectors: texts.map((text) => ['a', 'b'].map((one) => text.split(one).length - 1)) }),
};

const agent = (memory: NonNullable<AgentOptions['memory']>) => {
  @Agent({ instructions: 'You help.', memory })
  class Helper {
    run(question: string, ctx: RunContext): Promise<string> {
      return ctx.generate(question);
    }
  }
  return Helper;
};

const run = (memory: NonNullable<AgentOptions['memory']>, model: ScriptedModel) =>
  build(agent(memory), {}, { models: { default: model }, embeddings: { default: letters } });

describe('the memory of an agent', () => {
  it('stands before its prompt, each that holds something as a section', async () => {
    const model = new ScriptedModel('Hello.', 'Hello.');
    const { espalier, workflow } = await run([profile, mood], model);
    await espalier.run(workflow, 'Hi', ada);
    expect(lines(model.last)).toEqual(['system: You help.', 'user: Hi']);
    await espalier.memories.memory(profile, { user: 'ada' }).write({ name: 'Ada' });
    await espalier.memories.memory(mood, { user: 'ada' }).write('good');
    await espalier.run(workflow, 'Hi', ada);
    expect(lines(model.last)).toEqual([
      'system: You help.',
      'user: What the guest told.\n<profile>\n{"name":"Ada"}\n</profile>\n\n<mood>\ngood\n</mood>',
      'user: Hi',
    ]);
    expect(model.last.tools).toBeUndefined();
  });

  it('stands after the thread, which does not keep it', async () => {
    @Agent({ instructions: 'You help.', thread: true, memory: [profile] })
    class Helper {}
    const model = new ScriptedModel('One.', 'Two.');
    const { espalier, workflow } = await build(Helper, {}, { models: { default: model } });
    await espalier.memories.memory(profile, { user: 'ada' }).write({ name: 'Ada' });
    await espalier.run(workflow, 'first', { ...ada, threadId: 't' });
    await espalier.run(workflow, 'second', { ...ada, threadId: 't' });
    expect(lines(model.last)).toEqual([
      'system: You help.',
      'user: <input>\nfirst\n</input>',
      'assistant: One.',
      'user: What the guest told.\n<profile>\n{"name":"Ada"}\n</profile>',
      'user: <input>\nsecond\n</input>',
    ]);
  });

  it('of an agent to which the conversation is handed is told then', async () => {
    @Agent({ instructions: 'You mind bills.', memory: [profile] })
    class Billing {}
    @Agent({ instructions: 'You greet.' })
    @Handoff(Billing, { max: 1 })
    class Desk {}
    const model = new ScriptedModel({ calls: [{ tool: 'handoff_to_billing' }] }, '12 euros.');
    const { espalier, workflow } = await build(Desk, {}, { models: { default: model } });
    await espalier.memories.memory(profile, { user: 'ada' }).write({ name: 'Ada' });
    await espalier.run(workflow, 'My bill?', ada);
    expect(lines(model.last).slice(0, 2)).toEqual([
      'system: You mind bills.',
      'user: What the guest told.\n<profile>\n{"name":"Ada"}\n</profile>',
    ]);
  });

  it('may be changed by the model, field by field, where the agent says so', async () => {
    const change = (args: unknown) => ({ calls: [{ tool: 'update_profile', arguments: args }] });
    const model = new ScriptedModel(
      change({ city: 'Oslo' }),
      change({ name: 'Ada', city: 'Oslo' }),
      change([]),
      'Done.',
    );
    const { espalier, workflow } = await run([{ memory: profile, update: true }], model);
    await espalier.run(workflow, 'I am Ada, of Oslo.', ada);
    expect(await espalier.memories.memory(profile, { user: 'ada' }).read()).toEqual({ name: 'Ada', city: 'Oslo' });
    const [wrong, kept, list] = model.told;
    expect(wrong).toContain("Memory 'profile' would hold what is no");
    expect(kept).toBe('It is kept.');
    expect(list).toContain('expected an object');
    expect(model.last.tools).toEqual([
      {
        name: 'update_profile',
        description: 'Change what is kept in profile (What the guest told). Fields that are left out stay as they are.',
        parameters: {
          type: 'object',
          properties: { name: { type: 'string' }, city: { type: 'string' } },
        },
      },
    ]);
  });

  it('of notes is searched by the model, and added to where the agent says so', async () => {
    const model = new ScriptedModel(
      { calls: [{ tool: 'remember_house_facts', arguments: { text: 'aaa' } }] },
      { calls: [{ tool: 'recall_house_facts', arguments: { query: 'aab' } }] },
      { calls: [{ tool: 'recall_house_facts', arguments: { query: 'b' } }] },
      'Done.',
    );
    const use = { notes: facts, recall: { minScore: 0.5 }, remember: true };
    const { espalier, workflow } = await run([use], model);
    await espalier.run(workflow, 'Note this.', ada);
    expect(model.told).toEqual(['It is kept.', '["aaa"]', 'Nothing was found.']);
    expect(model.last.tools?.map(({ name, description }) => [name, description])).toEqual([
      ['recall_house_facts', 'Search house-facts (facts of the house) by meaning.'],
      ['remember_house_facts', 'Add to house-facts (facts of the house).'],
    ]);
    const plain = new ScriptedModel('Done.');
    const other = await run([facts], plain);
    await other.espalier.run(other.workflow, 'Hi', ada);
    expect(plain.last.tools?.map(({ name }) => name)).toEqual(['recall_house_facts']);
  });

  it('is in a preview as it is given to that', async () => {
    const Helper = agent([profile]);
    const { espalier } = await build(Helper, {}, { models: { default: new ScriptedModel() } });
    const { request } = await espalier.preview(Helper, 'Hi', { memory: { profile: { name: 'Ada' } } });
    expect(lines(request)).toEqual([
      'system: You help.',
      'user: What the guest told.\n<profile>\n{"name":"Ada"}\n</profile>',
      'user: Hi',
    ]);
    expect(lines((await espalier.preview(Helper, 'Hi')).request)).toEqual(['system: You help.', 'user: Hi']);
  });

  it('is read, changed and searched in a preview without any effect', async () => {
    @Agent({ instructions: 'You help.' })
    class Helper {
      async run(_input: string, ctx: RunContext): Promise<string> {
        await ctx.memory(profile).update({ city: 'Oslo' });
        const after = await ctx
          .memory(profile)
          .update((before) => ({ ...(before as { name: string }), city: 'Bergen' }));
        await ctx.memory(mood).write('good');
        await ctx.memory(mood).clear();
        await ctx.notes(facts).remember('nothing');
        await ctx.notes(facts).forget('nothing');
        const found = await ctx.notes(facts).recall('x', { limit: 1 });
        return ctx.generate(JSON.stringify([after, await ctx.memory(mood).read(), found.map(({ text }) => text)]));
      }
    }
    const { espalier } = await build(Helper, {}, { models: { default: new ScriptedModel() } });
    const memory = { profile: { name: 'Ada' }, 'house-facts': ['one', 'two'] };
    const { request } = await espalier.preview(Helper, 'Hi', { memory });
    expect(lines(request).at(-1)).toBe('user: [{"name":"Ada","city":"Bergen"},null,["one"]]');
    expect(await espalier.memories.list()).toEqual([]);
  });

  it('tells what is sensitive of it: events do not show that', async () => {
    class Secret {
      @Sensitive() @IsString() number!: string;
      @IsString() kind!: string;
    }
    const card = defineMemory({ name: 'card', schema: Secret, scope: 'user' });
    @Agent()
    class Keeper {
      async run(_input: unknown, ctx: RunContext): Promise<void> {
        await ctx.memory(card).update({ number: '4242-4242', kind: 'debit' });
      }
    }
    const { espalier, workflow } = await build(Keeper);
    const steps = (await eventsOf(espalier.start(workflow, null, ada))).filter(({ type }) => type === 'step-end');
    expect(JSON.stringify(steps)).toContain('debit');
    expect(JSON.stringify(steps)).not.toContain('4242');
    expect(await espalier.memories.memory(card, { user: 'ada' }).read()).toMatchObject({ number: '4242-4242' });
  });

  it.each([
    [[undefined], 'memory: expected what defineMemory or defineNotes gives, got undefined'],
    [['profile'], 'memory: expected what'],
    [[{ memory: facts }], 'memory: expected what'],
    [{}, '@Agent({ memory }) on Helper: expected a list'],
  ])('is refused where it is %j', (memory, message) => {
    expect(() => agent(memory as never)).toThrow(message);
  });

  it('has tools whose names are told apart from others', () => {
    @Agent({ instructions: 'You help.', memory: [{ memory: profile, update: true }] })
    class Twice {
      @Tool('Change it')
      update_profile(): void {}
    }
    expect(told(prove(Twice))).toEqual([
      [
        'tool-name-ambiguous',
        'Twice',
        "Twice has two tools named 'update_profile': Twice.update_profile and memory 'profile'.",
        'Give it another name, or let the model have no tool for it.',
      ],
    ]);
  });

  it('that is no object gets no tool: it is a fault at boot', async () => {
    const model = new ScriptedModel();
    await expect(run([{ memory: mood, update: true }], model)).rejects.toThrow(
      "Helper: memory 'mood' is no object, so the model gets no tool that changes fields of it.",
    );
  });
});
