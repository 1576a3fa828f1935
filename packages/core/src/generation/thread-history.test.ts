import {
  Agent,
  type ChatRequest,
  createEspalier,
  defineWorkflow,
  type EspalierError,
  MemoryJournal,
  MemoryThreadStore,
  type RunContext,
  type ThreadOptions,
  userText,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { build } from '../../test/build.js';
import { lines } from '../../test/message-lines.js';
import { ScriptedModel, type ScriptedTurn, turns } from '../../test/scripted-model.js';

describe('the window of an agent', () => {
  /** Twenty runs on one thread; each question and answer is about 100 tokens. */
  async function talk(thread: ThreadOptions, ...extra: readonly ScriptedTurn[]) {
    @Agent({ instructions: 'x', thread })
    class Talker {
      run(question: string, ctx: RunContext): Promise<string> {
        return ctx.generate(question);
      }
    }
    const long = ' word'.repeat(25);
    const model = new ScriptedModel(...Array.from({ length: 6 }, (_one, index) => `answer ${index}${long}`), ...extra);
    const summariser = new ScriptedModel(...Array.from({ length: 4 }, (_one, index) => `summary ${index}`));
    const workflow = defineWorkflow({ name: 'talk', version: 1, output: Talker });
    const espalier = await createEspalier({
      workflows: [workflow],
      models: { default: model, small: summariser },
    });
    for (let index = 0; index < 6; index++) {
      await espalier.run(workflow, `question ${index}${long}`, { threadId: 'a' });
    }
    const heads = (request: ChatRequest) => lines(request).map((line) => line.split('word')[0]?.trim());
    return { model, summariser, espalier, heads };
  }

  it('leaves out the oldest turns where they do not fit', async () => {
    const { model, heads } = await talk({ window: 260 });
    expect(heads(model.last)).toEqual([
      'system: x',
      'user: question 3',
      'assistant: answer 3',
      'user: question 4',
      'assistant: answer 4',
      'user: question 5',
    ]);
  });

  it('has a summary of them where the agent asks for one, which is kept with the thread', async () => {
    const { model, summariser, espalier, heads } = await talk({ window: 260, summarise: { model: 'small' } });
    expect(heads(summariser.requests[0] as ChatRequest)[0]).toMatch(/^system: Summarise the conversation/);
    expect(lines(summariser.requests[0] as ChatRequest)[1]).toMatch(
      /^user: <conversation>\nuser: question 0 .*assistant: answer 0 .*\n<\/conversation>$/s,
    );
    expect(lines(summariser.last)[1]).toMatch(/^user: <conversation>\nuser: <summary>\nsummary 0\n<\/summary>/);
    expect(heads(model.last).slice(0, 4)).toEqual([
      'system: x',
      expect.stringMatching(/^user: <summary>\nsummary \d\n<\/summary>$/),
      'user: question 4',
      'assistant: answer 4',
    ]);
    const entries = await espalier.thread('a');
    expect(entries.filter(({ kind }) => kind === 'turn')).toHaveLength(6);
    expect(entries.filter(({ kind }) => kind === 'summary').length).toBe(summariser.requests.length);
  });

  it('is summarised once, also where the run is taken over in between', async () => {
    @Agent({ instructions: 'x', thread: { window: 50, summarise: { model: 'small' } } })
    class Waiter {
      async run(question: string, ctx: RunContext): Promise<string> {
        const answer = await ctx.generate(question);
        await ctx.waitFor('go', z.boolean());
        return answer;
      }
    }
    const store = new MemoryJournal();
    const threads = new MemoryThreadStore();
    for (const key of ['1', '2']) {
      const messages = [userText('word '.repeat(40))];
      threads.append('a', { kind: 'turn', key, runId: 'r', node: 'n', time: 0, messages });
    }
    const models = { default: new ScriptedModel('yes'), small: new ScriptedModel('in short') };
    const first = await build(Waiter, {}, { store, threads, models });
    const run = first.espalier.start(first.workflow, 'x', { threadId: 'a' });
    await turns();
    await first.espalier.drain();
    threads.append('a', { kind: 'turn', key: 'of another', runId: 'r', node: 'n', time: 0, messages: [userText('y')] });
    const second = await build(Waiter, {}, { store, threads, models });
    const resumed = await second.espalier.resume(run.id);
    await turns();
    await second.espalier.signal(run.id, 'go', true);
    await expect(resumed.result).resolves.toBe('yes');
    expect(models.small.done).toBe(true);
    const entries = await second.espalier.thread('a');
    expect(entries.slice(2).map((entry) => (entry.kind === 'summary' ? entry.covers : entry.kind))).toEqual([
      'turn',
      1,
      'turn',
    ]);
  });

  it('is summarised once for all calls of an attempt', async () => {
    @Agent({ instructions: 'x', thread: { window: 50, summarise: { model: 'small' } } })
    class Twice {
      async run(question: string, ctx: RunContext): Promise<unknown> {
        const both = await Promise.all([ctx.generate(`${question} 1`), ctx.generate(`${question} 2`)]);
        return [...both, await ctx.generate(`${question} 3`)];
      }
    }
    const threads = new MemoryThreadStore();
    for (const key of ['1', '2']) {
      const messages = [userText('word '.repeat(40))];
      threads.append('a', { kind: 'turn', key, runId: 'r', node: 'n', time: 0, messages });
    }
    const small = new ScriptedModel('in short');
    const models = { default: new ScriptedModel('a', 'b', 'c'), small };
    const { espalier, workflow } = await build(Twice, {}, { threads, models });
    await espalier.run(workflow, 'x', { threadId: 'a' });
    expect(small.done).toBe(true);
    expect(lines(models.default.last)[1]).toBe('user: <summary>\nin short\n</summary>');
    const kinds = (await espalier.thread('a')).slice(2).map(({ kind }) => kind);
    expect(kinds).toEqual(['summary', 'turn', 'turn', 'turn']);
  });

  it('is checked at boot, like the name of the model that summarises', async () => {
    @Agent({ instructions: 'x', thread: { window: 0, summarise: { model: 'tiny' } } })
    class Wrong {}
    const error = await build(Wrong, {}, { models: { default: new ScriptedModel() } }).catch((fault: unknown) => fault);
    const { message } = error as EspalierError;
    expect(message).toContain('Wrong: `thread.window`: expected a whole number of tokens from 1, got 0 (number).');
    expect(message).toContain("Wrong: `thread.summarise.model` is 'tiny'; registered: default.");
  });
});
