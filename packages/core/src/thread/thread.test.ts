import {
  Agent,
  asTool,
  DependsOn,
  each,
  ForEach,
  Handoff,
  MemoryJournal,
  MemoryThreadStore,
  Repeat,
  Retry,
  type RunContext,
  type ThreadTurn,
  Tool,
  userText,
  VirtualClock,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { build } from '../../test/build.js';
import { lines } from '../../test/message-lines.js';
import { ScriptedModel, turns } from '../../test/scripted-model.js';

@Agent({ instructions: 'You help.', thread: true })
class Helper {
  @Tool('Look it up')
  look(): string {
    return 'blue';
  }

  run(question: string, ctx: RunContext): Promise<string> {
    return ctx.generate(question);
  }
}

describe('a thread', () => {
  it('is kept by the store, where that keeps threads and no other place is named', async () => {
    const threads = new MemoryThreadStore();
    const store = Object.assign(new MemoryJournal(), { threads });
    const model = () => new ScriptedModel('It is blue.');
    const first = await build(Helper, {}, { models: { default: model() }, store });
    await first.espalier.run(first.workflow, 'What colour?', { threadId: 'a' });
    expect(threads.length('a')).toBe(1);
    const second = await build(Helper, {}, { models: { default: model() }, store, threads: new MemoryThreadStore() });
    await second.espalier.run(second.workflow, 'Again?', { threadId: 'a' });
    expect(threads.length('a')).toBe(1);
    expect(await second.espalier.thread('a')).toHaveLength(1);
  });

  it('gives a run what was said in the runs before it, tool calls and their results included', async () => {
    const model = new ScriptedModel({ calls: [{ tool: 'look' }] }, 'It is blue.', 'Blue, as I said.', 'Hello.');
    const { espalier, workflow } = await build(Helper, {}, { models: { default: model } });
    await espalier.run(workflow, 'What colour?', { threadId: 'a' });
    await espalier.run(workflow, 'Again?', { threadId: 'a' });
    expect(lines(model.last)).toEqual([
      'system: You help.',
      'user: What colour?',
      'assistant: [tool-call]',
      'tool: blue',
      'assistant: It is blue.',
      'user: Again?',
    ]);
    await espalier.run(workflow, 'Hi.', { threadId: 'b' });
    expect(lines(model.last)).toEqual(['system: You help.', 'user: Hi.']);
    const entries = await espalier.thread('a');
    expect(entries.map(({ kind, key }) => [kind, key.split('/').slice(1).join('/')])).toEqual([
      ['turn', 'helper#1/generate[1]'],
      ['turn', 'helper#1/generate[1]'],
    ]);
  });

  it('is seen as it was when the run began, by all agents of the run', async () => {
    @Agent({ instructions: 'You doubt.', thread: true })
    @DependsOn(Helper)
    class Doubter {
      run(answer: string, ctx: RunContext): Promise<string> {
        expect(ctx.threadId).toBe('a');
        return ctx.generate(`Is this true: ${answer}`);
      }
    }
    const model = new ScriptedModel('one', 'two', 'three', 'four');
    const { espalier, workflow } = await build(Doubter, {}, { models: { default: model } });
    await espalier.run(workflow, 'first', { threadId: 'a' });
    expect(lines(model.last)).toEqual(['system: You doubt.', 'user: Is this true: one']);
    await espalier.run(workflow, 'second', { threadId: 'a' });
    expect(lines(model.last)).toEqual([
      'system: You doubt.',
      'user: first',
      'assistant: one',
      'user: Is this true: one',
      'assistant: two',
      'user: Is this true: three',
    ]);
  });

  it('keeps only what completed: not the attempts before, not what had to be corrected, not what is left out', async () => {
    let attempts = 0;
    @Agent({ instructions: 'x', thread: true })
    @Retry({ attempts: 2, backoff: 0 })
    class Picky {
      async run(_input: string, ctx: RunContext): Promise<number> {
        attempts += 1;
        await ctx.generate(`Aside ${attempts}`, { thread: false });
        const { score } = await ctx.generate(z.object({ score: z.number() }), `Score ${attempts}`);
        if (attempts === 1) throw new Error('once more');
        return score;
      }
    }
    const model = new ScriptedModel('-', '{"score":1}', '-', 'what?', '{"score":2}');
    const { espalier, workflow } = await build(Picky, {}, { models: { default: model } });
    await espalier.run(workflow, 'x', { threadId: 'a' });
    const [entry, ...others] = await espalier.thread('a');
    expect(others).toEqual([]);
    expect(lines({ messages: (entry as ThreadTurn).messages })).toEqual(['user: Score 2', 'assistant: {"score":2}']);
  });

  it('has a turn for every item, iteration and nested agent, which see the thread as it was', async () => {
    @Agent({ instructions: 'You list.', thread: true })
    class Lister {
      run(_input: string, _ctx: RunContext): readonly string[] {
        return ['one', 'two'];
      }
    }
    @Agent({ instructions: 'You look closer.', thread: true })
    class Inner {}
    @Agent({ instructions: 'You try.', thread: true, tools: [asTool(Inner)] })
    @ForEach(Lister, { items: (items) => items, max: 5, concurrency: 1 })
    @Repeat({ until: () => false, max: 2, otherwise: 'keep-last' })
    class Worker {
      run(item: string, ctx: RunContext): Promise<string> {
        return ctx.generate(`${item} ${ctx.iteration}`);
      }
    }
    @Agent()
    @DependsOn(each(Worker))
    class End {
      run(all: readonly string[]): readonly string[] {
        return all;
      }
    }
    const script = [{ calls: [{ tool: 'inner', arguments: { task: 'deep' } }] }, 'found', 'a', 'b', 'c', 'd'];
    const model = new ScriptedModel(...script);
    const { espalier, workflow } = await build(End, {}, { models: { default: model } });
    const { status } = await espalier.start(workflow, 'x', { threadId: 'a' }).outcome;
    expect(status).toBe('completed');
    expect(model.requests.every(({ messages }) => messages.length <= 4)).toBe(true);
    const entries = await espalier.thread('a');
    expect(entries.map(({ key }) => key.split('/').slice(1).join('/'))).toEqual([
      'worker[0]@1/inner#1/generate[1]',
      'worker[0]@1#1/generate[1]',
      'worker[0]@2#1/generate[1]',
      'worker[1]@1#1/generate[1]',
      'worker[1]@2#1/generate[1]',
    ]);
  });

  it('goes with the conversation at a hand-off, and keeps all of it', async () => {
    @Agent({ instructions: 'You mind bills.' })
    class Billing {}
    @Agent({ instructions: 'You greet.', thread: true })
    @Handoff(Billing, { max: 1 })
    class Desk {}
    const model = new ScriptedModel('Hello.', { calls: [{ tool: 'handoff_to_billing' }] }, '12 euros.', 'Yes.');
    const { espalier, workflow } = await build(Desk, {}, { models: { default: model } });
    await espalier.run(workflow, 'Hi', { threadId: 'a' });
    await espalier.run(workflow, 'My bill?', { threadId: 'a' });
    expect(lines(model.last).slice(0, 3)).toEqual([
      'system: You mind bills.',
      'user: <input>\nHi\n</input>',
      'assistant: Hello.',
    ]);
    await espalier.run(workflow, 'Sure?', { threadId: 'a' });
    expect(lines(model.last).slice(-3)).toEqual([
      'tool: The conversation is handed over.',
      'assistant: 12 euros.',
      'user: <input>\nSure?\n</input>',
    ]);
  });

  it('is added to once, however often the run is taken over', async () => {
    @Agent({ instructions: 'x', thread: true })
    class Waiter {
      async run(_input: string, ctx: RunContext): Promise<string> {
        const text = await ctx.generate('Hello?');
        await ctx.sleep('1h');
        return text;
      }
    }
    const store = new MemoryJournal();
    const threads = new MemoryThreadStore();
    const model = new ScriptedModel('Hello.');
    const first = await build(Waiter, {}, { store, threads, models: { default: model } });
    const run = first.espalier.start(first.workflow, 'x', { threadId: 'a' });
    await turns();
    await first.espalier.drain();
    expect(threads.length('a')).toBe(0);
    threads.append('a', { kind: 'turn', key: 'other', runId: 'o', node: 'n', time: 0, messages: [] });
    const second = await build(Waiter, {}, { store, threads, models: { default: model } });
    const resumed = await second.espalier.resume(run.id);
    await turns();
    await second.espalier.drain();
    expect(resumed.status).toBe('parked');
    expect(threads.length('a')).toBe(1);
  });

  it('gives no id of a call twice, where runs at the same time had the same', async () => {
    const look = { calls: [{ tool: 'look', id: 'call-1' }] };
    const model = new ScriptedModel(look, look, 'blue', 'blue', 'done');
    const { espalier, workflow } = await build(Helper, {}, { models: { default: model } });
    await Promise.all(['a', 'b'].map((question) => espalier.run(workflow, question, { threadId: 'a' })));
    await espalier.run(workflow, 'c', { threadId: 'a' });
    const ids = model.last.messages.flatMap((one) => (one.role === 'tool' ? [one.callId] : []));
    expect(ids).toEqual(['call-1', 'call-1-2']);
  });

  it('is read again by the next attempt where its store failed', async () => {
    const threads = new MemoryThreadStore();
    threads.append('a', { kind: 'turn', key: '1', runId: 'r', node: 'n', time: 0, messages: [userText('before')] });
    const read = threads.read.bind(threads);
    let reads = 0;
    threads.read = (id, to) => {
      reads += 1;
      if (reads === 1) throw new Error('locked');
      return read(id, to);
    };
    const model = new ScriptedModel('Hello.');
    const options = { threads, models: { default: model }, policies: { retry: { attempts: 2, backoff: 0 } } };
    const { espalier, workflow } = await build(Helper, {}, options);
    await espalier.run(workflow, 'x', { threadId: 'a' });
    expect(lines(model.last)).toEqual(['system: You help.', 'user: before', 'user: x']);
  });

  it('that has lost entries since the run began is told of: its agents would not know what was said', async () => {
    const threads = new MemoryThreadStore();
    threads.append('a', { kind: 'turn', key: '1', runId: 'r', node: 'n', time: 0, messages: [userText('before')] });
    threads.read = () => [];
    const { espalier, workflow } = await build(Helper, {}, { threads, models: { default: new ScriptedModel() } });
    const { error } = await espalier.start(workflow, 'x', { threadId: 'a' }).outcome;
    expect((error as Error).cause).toMatchObject({
      code: 'thread-lost',
      message: "Thread 'a' had 1 entry when the run began, and has 0 now.",
    });
  });

  it('has an id of text', async () => {
    const { espalier, workflow } = await build(Helper, {}, { models: { default: new ScriptedModel() } });
    for (const threadId of ['', 'a\nb', 7]) {
      expect(() => espalier.start(workflow, 'x', { threadId: threadId as string })).toThrow(
        'start({ threadId }): expected text of one line, got ',
      );
    }
  });

  it('has what the attempt said whose output counts, where an earlier one was too late to be kept', async () => {
    const clock = new VirtualClock();
    const threads = new MemoryThreadStore();
    const append = threads.append.bind(threads);
    let late = true;
    threads.append = async (id, entry) => {
      append(id, entry);
      if (late) await new Promise(() => {});
    };
    const model = new ScriptedModel('first', 'second');
    const policies = { timeout: 100, retry: { attempts: 2, backoff: 0 } };
    const { espalier, workflow } = await build(Helper, {}, { clock, threads, policies, models: { default: model } });
    const run = espalier.start(workflow, 'x', { threadId: 'a' });
    await turns();
    late = false;
    await clock.advance(200);
    await expect(run.result).resolves.toBe('second');
    const answers = (await espalier.thread('a')).map((entry) => lines(entry as ThreadTurn).at(-1));
    expect(answers).toEqual(['assistant: first', 'assistant: second']);
  });

  it('that cannot be kept fails the node, and is not said to have been', async () => {
    const threads = new MemoryThreadStore();
    threads.append = () => {
      throw new Error('disk full');
    };
    const { espalier, workflow } = await build(
      Helper,
      {},
      { threads, models: { default: new ScriptedModel('Hello.') } },
    );
    const { status, error } = await espalier.start(workflow, 'x', { threadId: 'a' }).outcome;
    expect(status).toBe('failed');
    expect((error as Error).message).toContain('disk full');
  });

  it('has what a reader has seen of an answer, where the reader stopped before its end', async () => {
    const pieces = ['It is ', 'blue, ', 'I think.'];
    const store = new MemoryJournal();
    const threads = new MemoryThreadStore();
    @Agent({ instructions: 'You help.', thread: true })
    class Streamer {
      async run(question: string, ctx: RunContext): Promise<string> {
        let seen = '';
        for await (const piece of ctx.stream(question)) {
          seen += piece;
          if (question === 'short' && seen.includes('blue')) break;
        }
        if (question === 'short') await ctx.sleep('1h');
        return seen;
      }
    }
    const clock = new VirtualClock();
    const model = new ScriptedModel({ pieces }, { pieces }).streaming();
    const options = { store, threads, clock, models: { default: model } };
    const first = await build(Streamer, {}, options);
    await first.espalier.run(first.workflow, 'long', { threadId: 'a' });
    const run = first.espalier.start(first.workflow, 'short', { threadId: 'a' });
    await turns();
    await first.espalier.drain();
    expect(threads.length('a')).toBe(1); // its node has not completed
    const second = await build(Streamer, {}, options);
    const resumed = await second.espalier.resume(run.id);
    await turns();
    await clock.advance(3_600_000);
    expect(await resumed.result).toBe('It is blue, ');
    const [whole, cut, ...more] = (await second.espalier.thread('a')) as readonly ThreadTurn[];
    expect(more).toEqual([]);
    expect([lines(whole as ThreadTurn), whole?.cut]).toEqual([
      ['user: long', 'assistant: It is blue, I think.'],
      undefined,
    ]);
    expect([lines(cut as ThreadTurn), cut?.cut]).toEqual([['user: short', 'assistant: It is blue, '], true]);
  });

  it('has what a reader has seen, also where the run was not taken over', async () => {
    @Agent({ instructions: 'You help.', thread: true })
    class Hasty {
      async run(question: string, ctx: RunContext): Promise<string> {
        for await (const piece of ctx.stream(question)) return piece;
        return '';
      }
    }
    const model = new ScriptedModel({ calls: [{ tool: 'none' }] }, { pieces: ['one ', 'two'] }, 'three').streaming();
    const { espalier, workflow } = await build(Hasty, {}, { models: { default: model } });
    expect(await espalier.run(workflow, 'count', { threadId: 'a' })).toBe('one ');
    const [entry] = (await espalier.thread('a')) as readonly ThreadTurn[];
    expect(lines(entry as ThreadTurn)).toEqual([
      'user: count',
      'assistant: [tool-call]',
      expect.stringContaining("tool: There is no tool 'none'."),
      'assistant: one ',
    ]);
  });

  it('is that of whoever the identity names, where threads are somebody’s: nobody reads another’s', async () => {
    const model = new ScriptedModel('one', 'two', 'three', 'four');
    const store = new MemoryJournal();
    const threads = new MemoryThreadStore();
    const options = { models: { default: model }, store, threads, threadScope: ['tenant', 'user'] };
    const { espalier, workflow } = await build(Helper, {}, options);
    const [ada, bob] = [
      { tenant: 't', user: 'ada' },
      { tenant: 't', user: 'bob' },
    ];
    await espalier.run(workflow, 'I am Ada.', { threadId: 'main', identity: ada });
    await espalier.run(workflow, 'Who am I?', { threadId: 'main', identity: bob });
    expect(lines(model.last)).toEqual(['system: You help.', 'user: Who am I?']);
    await espalier.run(workflow, 'Who am I?', { threadId: 'main', identity: ada });
    expect(lines(model.last)).toEqual(['system: You help.', 'user: I am Ada.', 'assistant: one', 'user: Who am I?']);
    expect(await espalier.thread('main', { identity: ada })).toHaveLength(2);
    expect(await espalier.thread('main', { identity: bob })).toHaveLength(1);
    expect(await espalier.thread('main', { identity: { ...ada, tenant: 'other' } })).toEqual([]);
    await expect(espalier.thread('main')).rejects.toMatchObject({ code: 'memory-scope-missing' });
    const { error, status } = await espalier
      .start(workflow, 'x', { threadId: 'main', identity: { user: 'ada' } })
      .outcome.catch((error: unknown) => ({ error, status: 'none' }));
    expect([status, error]).toEqual(['none', expect.objectContaining({ code: 'memory-scope-missing' })]);
    await espalier.memories.forget(['tenant', 'user'], ada);
    expect(await espalier.thread('main', { identity: ada })).toEqual([]);
    expect(await espalier.thread('main', { identity: bob })).toHaveLength(1);
  });

  it('of somebody is still theirs when the run is taken over', async () => {
    @Agent({ instructions: 'x', thread: true })
    class Waiter {
      async run(_input: string, ctx: RunContext): Promise<string> {
        expect(ctx.threadId).toBe('main');
        const text = await ctx.generate('Hello?');
        await ctx.waitFor('go', z.boolean());
        return text;
      }
    }
    const options = {
      store: new MemoryJournal(),
      threads: new MemoryThreadStore(),
      threadScope: 'user',
      models: { default: new ScriptedModel('Hello.') },
    };
    const first = await build(Waiter, {}, options);
    const identity = { user: 'ada' };
    const run = first.espalier.start(first.workflow, 'x', { threadId: 'main', identity });
    await turns();
    await first.espalier.drain();
    const second = await build(Waiter, {}, options);
    const resumed = await second.espalier.resume(run.id);
    await second.espalier.signal(run.id, 'go', true);
    await resumed.result;
    expect(await second.espalier.thread('main', { identity })).toHaveLength(1);
  });

  it.each([[''], [[]], [7]])('refuses to be of %j', async (threadScope) => {
    const options = { models: { default: new ScriptedModel() }, threadScope: threadScope as string };
    await expect(build(Helper, {}, options)).rejects.toThrow('createEspalier({ threadScope }): scope: expected');
  });
});
