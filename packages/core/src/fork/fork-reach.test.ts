import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { makeAgent } from '../../test/make-agent.js';
import { ScriptedModel } from '../../test/scripted-model.js';
import { VirtualClock } from '../clock/virtual-clock.js';
import type { RunContext } from '../context/run-context.js';
import { Agent } from '../decorators/agent.js';
import { Calls } from '../decorators/calls.js';
import { DependsOn } from '../decorators/depends-on.js';
import { Tool } from '../decorators/tool.js';
import { defineWorkflow, type Workflow, type WorkflowOptions } from '../graph/workflow.js';
import { MemoryJournal } from '../journal/memory-journal.js';
import type { AgentClass } from '../metadata/agent-class.js';
import { userText } from '../model/message.js';
import { createEspalier } from '../runtime/create-espalier.js';
import { MemoryThreadStore } from '../thread/memory-thread-store.js';
import { asTool } from '../tools/as-tool.js';

type Options = Partial<WorkflowOptions<never, AgentClass>>;

async function runtimeOf(output: AgentClass, model?: ScriptedModel, options: Options = {}, others: Workflow[] = []) {
  const workflow = defineWorkflow({ name: 'w', version: 1, output, ...options }) as Workflow<unknown, unknown>;
  const store = new MemoryJournal();
  const threads = new MemoryThreadStore();
  const espalier = await createEspalier({
    workflows: [workflow, ...others],
    store,
    threads,
    clock: new VirtualClock(),
    recovery: false,
    ...(model === undefined ? {} : { models: { default: model } }),
  });
  return { espalier, workflow, store, threads };
}

const used = (tokens: number) => ({ usage: { inputTokens: tokens, outputTokens: 0 } });

@Agent({ instructions: 'You find.', thread: true })
class Finder {
  run(topic: string, ctx: RunContext): Promise<string> {
    return ctx.generate(`Find ${topic}`);
  }
}

@Agent({ instructions: 'You tell.', thread: true })
@DependsOn(Finder)
class Teller {
  run(found: string, ctx: RunContext): Promise<string> {
    return ctx.generate(`Tell ${found}`);
  }
}

describe('a fork and the thread of its run', () => {
  it('reads the thread as the run did, adds what runs again, and adds nothing that is kept again', async () => {
    const model = new ScriptedModel('found', 'told', 'told again');
    const { espalier, workflow, threads } = await runtimeOf(Teller, model);
    threads.append('t', { kind: 'turn', key: 'k', runId: 'r0', node: 'n', time: 0, messages: [userText('before')] });
    await espalier.run(workflow, 'tides', { runId: 'r1', threadId: 't' });
    await (await espalier.fork('r1', { from: Teller, runId: 'r2' })).result;
    expect(model.requests.at(-1)?.messages).toEqual(model.requests.at(-2)?.messages);
    expect(JSON.stringify(model.last.messages)).toContain('before');
    expect(threads.read('t').map(({ key }) => key)).toEqual([
      'k',
      'r1/finder#1/generate[1]',
      'r1/teller#1/generate[1]',
      'r2/teller#1/generate[1]',
    ]);
  });
});

describe('a fork and budgets', () => {
  it('counts what is kept as spent, and what is not as not', async () => {
    const model = new ScriptedModel(
      { text: 'found', ...used(400) },
      { text: 'told', ...used(400) },
      { text: 'told again', ...used(400) },
    );
    const { espalier, workflow, store } = await runtimeOf(Teller, model, {
      budget: { tokens: 100_000, modelCalls: 2 },
    });
    await espalier.run(workflow, 'tides', { runId: 'r1' });
    const fork = await espalier.fork('r1', { from: Teller, runId: 'r2' });
    await expect(fork.result).resolves.toBe('told again');
    expect((await fork.outcome).usage).toMatchObject({ modelCalls: 2, inputTokens: 800 });
    const cut = store.read('r2').findIndex(({ type }) => type === 'run-resume');
    expect(
      store
        .read('r2')
        .slice(0, cut)
        .filter(({ type }) => type === 'model-end'),
    ).toHaveLength(1);
  });
});

describe('a fork within a node', () => {
  it('begins at an agent inside another, and keeps what was done before', async () => {
    let searches = 0;

    @Agent({ instructions: 'You search.' })
    class Searcher {
      run({ q }: { q: string }, ctx: RunContext): Promise<string> {
        return ctx.step('search', () => `${q} ${++searches}`);
      }
    }

    @Agent({ instructions: 'You ask.', tools: [asTool(Searcher, { input: z.object({ q: z.string() }) } as never)] })
    class Pilot {
      @Tool({ description: 'Look', input: z.object({}) })
      look(): string {
        return 'seen';
      }

      run(_: unknown, ctx: RunContext): Promise<string> {
        return ctx.generate('go');
      }
    }
    const model = new ScriptedModel(
      { calls: [{ tool: 'look', arguments: {} }] },
      { calls: [{ tool: 'searcher', arguments: { q: 'a' } }] },
      'first',
      'second',
    );
    const { espalier, workflow, store } = await runtimeOf(Pilot as never, model);
    await expect(espalier.run(workflow, null, { runId: 'r1' })).resolves.toBe('first');
    const fork = await espalier.fork('r1', { from: 'pilot/searcher', runId: 'r2' });
    await expect(fork.result).resolves.toBe('second');
    expect(model.requests).toHaveLength(4);
    expect(searches).toBe(2);
    expect(JSON.stringify(model.last.messages)).toContain('a 2');
    expect((await espalier.replay('r2')).diverged).toBeUndefined();
    expect(store.read('r2').filter(({ type }) => type === 'tool-start')).toHaveLength(3);
  });
});

describe('a fork and child runs', () => {
  it('keeps the results of those that kept nodes called, and calls new ones from nodes that run again', async () => {
    const children: string[] = [];
    const child = defineWorkflow({
      name: 'child',
      version: 1,
      output: makeAgent('c', [], (inputs, ctx) => {
        children.push(ctx.runId);
        return `child of ${inputs[0]}`;
      }),
    }) as Workflow<unknown, unknown>;
    const calls = (name: string, dependencies: Parameters<typeof makeAgent>[1]) =>
      makeAgent(name, dependencies, async (_, ctx) => ctx.call(child, name), [Calls(child, { max: 2 }) as never]);
    const a = calls('a', []);
    const b = calls('b', [a]);
    const { espalier, workflow } = await runtimeOf(b, undefined, {}, [child]);
    await espalier.run(workflow, null, { runId: 'r1' });
    children.length = 0;
    const fork = await espalier.fork('r1', { from: b, runId: 'r2' });
    await expect(fork.result).resolves.toBe('child of b');
    expect(children).toEqual(['r2/b/call:child[1]']);
    const [inner] = await espalier.list({ parent: 'r1' });
    const alone = await espalier.fork(inner?.runId as string, { from: 'c', runId: 'r3' });
    await expect(alone.result).resolves.toBe('child of a');
    expect(await espalier.list({ parent: null })).toHaveLength(3);
  });
});
