import {
  Agent,
  createEspalier,
  type EspalierError,
  Handoff,
  MemoryJournal,
  type RunContext,
  Tool,
  toolCallsOf,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { build, eventsOf } from '../../test/build.js';
import { makeAgent } from '../../test/make-agent.js';
import { ScriptedModel, turns } from '../../test/scripted-model.js';

const gate = { shut: false, lookups: 0 };

@Agent({ instructions: 'You mind the bills.\nBe brief.' })
class Billing {
  @Tool('Look a bill up')
  async bill(): Promise<string> {
    gate.lookups += 1;
    if (gate.shut) await new Promise(() => {});
    return '12 euros';
  }
}

@Agent({ description: 'Gives money back' })
class Refunds {}

@Agent({ instructions: 'You greet.' })
@Handoff(Billing, Refunds, { max: 1 })
class Desk {
  @Tool('Ring the bell')
  bell(): string {
    return 'ding';
  }
}

const toBilling = { tool: 'handoff_to_billing', arguments: { reason: 'a bill' } };
const roles = (model: ScriptedModel) => model.last.messages.map(({ role }) => role);

describe('@Handoff', () => {
  it('passes the conversation on: other instructions, other tools, a path of its own', async () => {
    const model = new ScriptedModel({ calls: [toBilling] }, { calls: [{ tool: 'bill' }] }, 'You owe 12 euros.');
    const { start } = await build(Desk, {}, { models: { default: model } });
    const run = start('What do I owe?');
    await expect(run.result).resolves.toBe('You owe 12 euros.');
    const [first, second] = model.requests;
    expect(first?.tools?.map(({ name, description }) => [name, description])).toEqual([
      ['bell', 'Ring the bell'],
      ['handoff_to_billing', 'Pass the conversation on to billing: You mind the bills.'],
      ['handoff_to_refunds', 'Pass the conversation on to refunds: Gives money back'],
    ]);
    expect(second?.tools?.map(({ name }) => name)).toEqual(['bill']);
    expect(second?.messages[0]).toEqual({ role: 'system', content: 'You mind the bills.\nBe brief.' });
    expect(roles(model)).toEqual(['system', 'user', 'assistant', 'tool', 'assistant', 'tool']);
    expect(model.told).toEqual(['The conversation is handed over.', '12 euros']);
    const ends = (await eventsOf(run)).flatMap((event) =>
      event.type === 'model-end' || event.type === 'tool-end' ? [`${event.node} ${event.step}`] : [],
    );
    expect(ends).toEqual([
      'desk generate[1]/model[1]',
      'desk/billing generate[1]/model[2]',
      'desk/billing generate[1]/tool[2.call-2]',
      'desk/billing generate[1]/model[3]',
    ]);
  });

  it('hands over once an answer: the first counts, the other is told, other tools still run', async () => {
    const model = new ScriptedModel(
      { calls: [{ tool: 'handoff_to_refunds' }, { tool: 'bell' }, toBilling] },
      'Here you are.',
    );
    const { start } = await build(Desk, {}, { models: { default: model } });
    await start('x').result;
    expect(model.told).toEqual([
      'The conversation is handed over.',
      'ding',
      'The conversation was already handed over to another agent.',
    ]);
    expect(model.last.tools).toBeUndefined();
    expect(roles(model)).toEqual(['user', 'assistant', 'tool', 'tool', 'tool']);
  });

  it('can no longer call the tools of the agent before', async () => {
    const model = new ScriptedModel({ calls: [toBilling] }, { calls: [{ tool: 'bell' }] }, 'done');
    const { start } = await build(Desk, {}, { models: { default: model } });
    await start('x').result;
    expect(model.told.at(-1)).toBe("There is no tool 'bell'. You have: bill.");
  });

  it('is bounded by `max` of the first agent, back and forth', async () => {
    @Agent({ instructions: 'Left.' })
    class Left {}
    @Agent({ instructions: 'Right.' })
    @Handoff(Left, { max: 9 })
    class Right {}
    Handoff(Right, { max: 3 })(Left as never);
    const to = (tool: string) => ({ calls: [{ tool: `handoff_to_${tool}` }] });
    const model = new ScriptedModel(to('right'), to('left'), to('right'), to('left'), 'enough');
    const { start } = await build(Left, {}, { models: { default: model } });
    await expect(start('x').result).resolves.toBe('enough');
    expect(model.last.tools).toBeUndefined();
    expect(model.told.at(-1)).toBe("There is no tool 'handoff_to_left'. You have no tools.");
    const systems = model.requests.map(({ messages }) => (messages[0] as { content: string }).content);
    expect(systems).toEqual(['Left.', 'Right.', 'Left.', 'Right.', 'Right.']);
  });

  it('counts turns over all agents: it ends', async () => {
    const model = new ScriptedModel(
      { calls: [toBilling] },
      { calls: [{ tool: 'bill' }] },
      { calls: [{ tool: 'bill' }] },
    );
    @Agent({ instructions: 'x', maxTurns: 3 })
    @Handoff(Billing, { max: 1 })
    class Short {}
    const { start } = await build(Short, {}, { models: { default: model } });
    const { error } = await start('x').outcome;
    expect((error as Error).message).toContain("The model of node 'short/billing' still called tools in its turn 3");
    expect(model.last.toolChoice).toBe('none');
  });

  it('goes on with the same agent after an interruption, and nothing on record is asked again', async () => {
    const store = new MemoryJournal();
    const model = new ScriptedModel({ calls: [toBilling] }, { calls: [{ tool: 'bill' }] }, 'You owe 12 euros.');
    gate.shut = true;
    gate.lookups = 0;
    const { espalier, workflow, start } = await build(Desk, {}, { store, models: { default: model } });
    const run = start('x');
    await turns();
    await espalier.drain({ timeout: 0 });
    gate.shut = false;
    const other = await createEspalier({ workflows: [workflow], store, models: { default: model } });
    await expect((await other.resume(run.id)).result).resolves.toBe('You owe 12 euros.');
    expect(model.done).toBe(true);
    expect(gate.lookups).toBe(2);
    expect(roles(model)).toEqual(['system', 'user', 'assistant', 'tool', 'assistant', 'tool']);
  });
});

describe('the bound of turns', () => {
  it('is that of the agent who began, and so the hint says', async () => {
    @Agent({ name: 'desk', instructions: 'You greet.', maxTurns: 2 })
    @Handoff(Billing, { max: 1 })
    class Desk {}
    const model = new ScriptedModel({ calls: [toBilling] }, { calls: [{ tool: 'look' }] });
    const { start } = await build(Desk, {}, { models: { default: model } });
    const { cause } = (await start('x').outcome).error as { readonly cause?: EspalierError };
    expect(cause?.code).toBe('model-turns-exceeded');
    expect(cause?.hint).toContain('@Agent({ maxTurns: 4 }) on Desk');
  });
});

describe('a conversation that is handed in', () => {
  it('has its results right after their calls, even where ids come again', async () => {
    @Agent({ instructions: 'Go on.' })
    class Listener {
      run(_input: unknown, ctx: RunContext): Promise<string> {
        const call = (id: string) => ({ type: 'tool-call' as const, id, tool: 'look', arguments: '{}' });
        const result = (callId: string, content: string) =>
          ({ role: 'tool', callId, tool: 'look', content, failed: false }) as const;
        return ctx.generate([
          { role: 'assistant', content: [call('a'), call('b')] },
          result('b', 'first b'),
          { role: 'user', content: [{ type: 'text', text: 'and?' }] },
          result('a', 'first a'),
          result('lost', 'nobody asked'),
          { role: 'assistant', content: [call('a'), call('c')] },
          result('a', 'second a'),
        ]);
      }
    }
    const model = new ScriptedModel('done');
    const { start } = await build(Listener, {}, { models: { default: model } });
    await start().result;
    expect(roles(model)).toEqual(['system', 'assistant', 'tool', 'tool', 'user', 'assistant', 'tool', 'tool']);
    expect(model.told).toEqual(['first a', 'first b', 'second a', 'The call was interrupted.']);
  });

  it('has an id for each call that no other has: providers refuse one that comes twice', async () => {
    @Agent({ instructions: 'Go on.' })
    class Listener {
      run(_input: unknown, ctx: RunContext): Promise<string> {
        const call = (id: string) => ({ type: 'tool-call' as const, id, tool: 'look', arguments: '{}' });
        const result = (callId: string, content: string) =>
          ({ role: 'tool', callId, tool: 'look', content, failed: false }) as const;
        return ctx.generate([
          { role: 'assistant', content: [call('a'), call('a')] },
          result('a', 'one'),
          result('a', 'two'),
          { role: 'assistant', content: [call('a'), call('')] },
          result('', 'four'),
          result('a', 'three'),
        ]);
      }
    }
    const model = new ScriptedModel('done');
    const { start } = await build(Listener, {}, { models: { default: model } });
    await start().result;
    const calls = model.last.messages.flatMap((one) => (one.role === 'assistant' ? toolCallsOf(one) : []));
    expect(calls.map(({ id }) => id)).toEqual(['a', 'a-2', 'a-3', 'call-2']);
    const results = model.last.messages.flatMap((one) => (one.role === 'tool' ? [[one.callId, one.content]] : []));
    expect(results).toEqual([
      ['a', 'one'],
      ['a-2', 'two'],
      ['a-3', 'three'],
      ['call-2', 'four'],
    ]);
  });

  it.each([
    ['text', ['hello'], 'expected a message in place 1, got "hello" (string)'],
    ['an unknown role', [{ role: 'bot', content: [] }], 'expected a message in place 1, got role "bot" (string)'],
    [
      'bare text',
      [{ role: 'user', content: 'hi' }],
      'expected the content of message 1 (\'user\') to be a list of parts, got "hi" (string)',
    ],
    [
      'parts for text',
      [{ role: 'system', content: [] }],
      "expected the content of message 1 ('system') to be text, got an array of 0",
    ],
  ])('is checked: %s', async (_what, prompt, problem) => {
    const listener = makeAgent('listener', [], (_inputs, ctx) => ctx.generate(prompt as never), [], {
      model: 'default',
    });
    const { start } = await build(listener, {}, { models: { default: new ScriptedModel() } });
    const { cause } = (await start().outcome).error as { readonly cause?: EspalierError };
    expect(cause).toMatchObject({
      code: 'option-invalid',
      message: `The conversation given as the prompt: ${problem}.`,
    });
  });

  it('passes on what it declares, with a result for every call that is left', async () => {
    @Agent({ instructions: 'You greet.' })
    @Handoff(Billing, { max: 1, pass: (conversation) => conversation.filter(({ role }) => role === 'user') })
    class Brief {}
    const model = new ScriptedModel({ calls: [toBilling] }, 'You owe 12 euros.');
    const { start } = await build(Brief, {}, { models: { default: model } });
    await start('What do I owe?').result;
    expect(model.last.messages).toEqual([
      { role: 'system', content: 'You mind the bills.\nBe brief.' },
      { role: 'user', content: [{ type: 'text', text: '<input>\nWhat do I owe?\n</input>' }] },
    ]);

    @Agent({ instructions: 'You greet.' })
    @Handoff(Billing, { max: 1, pass: (conversation) => conversation.slice(0, 2) })
    class Cut {}
    const second = new ScriptedModel({ calls: [toBilling] }, 'done');
    const cut = await build(Cut, {}, { models: { default: second } });
    await cut.start('x').result;
    expect(second.told).toEqual(['The call was interrupted.']);
  });

  it.each([
    [
      'gives nothing',
      () => [],
      "@Handoff({ pass }) of node 'desk': expected messages, at least one, got an array of 0.",
    ],
    [
      'gives no messages',
      () => ['x'] as never,
      '@Handoff({ pass }) of node \'desk\': expected a message in place 1, got "x" (string).',
    ],
    [
      'throws',
      () => {
        throw new Error('oops');
      },
      "@Handoff({ pass }) of node 'desk' threw: oops",
    ],
  ])('fails where what chooses %s', async (_what, pass, message) => {
    @Agent({ name: 'desk', instructions: 'You greet.' })
    @Handoff(Billing, { max: 1, pass })
    class Passing {}
    const { start } = await build(Passing, {}, { models: { default: new ScriptedModel({ calls: [toBilling] }) } });
    const { error } = await start('x').outcome;
    expect((error as Error).cause).toMatchObject({ code: 'condition-failed', message });
  });
});
