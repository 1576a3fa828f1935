import {
  Agent,
  type ChatModel,
  createEspalier,
  type Event,
  MemoryJournal,
  type RunContext,
  Tool,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { build, eventsOf } from '../../test/build.js';
import { type Behaviour, makeAgent } from '../../test/make-agent.js';
import { ScriptedModel, turns } from '../../test/scripted-model.js';

const streamer = (behaviour: (ctx: RunContext) => Promise<unknown>) =>
  makeAgent('streamer', [], ((_inputs, ctx) => behaviour(ctx)) as Behaviour, [], { model: 'default' });

/** Reads a stream to its end. */
async function read(stream: AsyncIterable<string>): Promise<readonly string[]> {
  const pieces: string[] = [];
  for await (const piece of stream) pieces.push(piece);
  return pieces;
}

const three = { pieces: ['one ', 'two ', 'three'] };

describe('ctx.stream', () => {
  it('gives the pieces as they come, and tells of them with the path of the node', async () => {
    const model = new ScriptedModel(three).streaming();
    const { start } = await build(
      streamer((ctx) => read(ctx.stream('count'))),
      {},
      { models: { default: model } },
    );
    const run = start();
    const events: Event[] = [];
    run.events$.subscribe((event) => events.push(event));
    await expect(run.result).resolves.toEqual(three.pieces);
    expect(events.filter(({ type }) => type === 'text-delta')).toMatchObject(
      three.pieces.map((text) => ({
        type: 'text-delta',
        node: 'streamer',
        attempt: 1,
        step: 'generate[1]/model[1]',
        text,
      })),
    );
    expect(model.ended).toEqual(['answered']);
  });

  it('reads the model no faster than the reader reads', async () => {
    const model = new ScriptedModel(three).streaming();
    const seen: number[] = [];
    const agent = streamer(async (ctx) => {
      for await (const _piece of ctx.stream('count')) {
        await turns(3);
        seen.push(model.read.length);
      }
    });
    const { start } = await build(agent, {}, { models: { default: model } });
    await start().result;
    expect(seen).toEqual([1, 2, 3]);
  });

  it('gives the whole answer at once where the model does not stream', async () => {
    const { start } = await build(
      streamer((ctx) => read(ctx.stream('count'))),
      {},
      { models: { default: new ScriptedModel(three) } },
    );
    await expect(start().result).resolves.toEqual(['one two three']);
  });

  it('gives the text before and after the tools, and the last even when it comes without pieces', async () => {
    @Agent({ instructions: 'Look.' })
    class Looker {
      @Tool('Look')
      look(): string {
        return 'fog';
      }

      run(_input: unknown, ctx: RunContext): Promise<readonly string[]> {
        return read(ctx.stream('Look.'));
      }
    }
    const model = new ScriptedModel(
      { pieces: ['Let me ', 'look. '], calls: [{ tool: 'look' }] },
      { text: 'There is fog.', pieces: [] },
    ).streaming();
    const { start } = await build(Looker, {}, { models: { default: model } });
    await expect(start().result).resolves.toEqual(['Let me ', 'look. ', 'There is fog.']);
    expect(model.told).toEqual(['fog']);
  });

  it('keeps two streams at the same time apart', async () => {
    const model = new ScriptedModel(
      ({ messages }) => ({ pieces: ['a1', 'a2', JSON.stringify(messages).includes('first') ? 'first' : 'second'] }),
      ({ messages }) => ({ pieces: ['b1', 'b2', JSON.stringify(messages).includes('first') ? 'first' : 'second'] }),
    ).streaming();
    const { start } = await build(
      streamer((ctx) => Promise.all([read(ctx.stream('first')), read(ctx.stream('second'))])),
      {},
      { models: { default: model } },
    );
    await expect(start().result).resolves.toEqual([
      ['a1', 'a2', 'first'],
      ['b1', 'b2', 'second'],
    ]);
  });

  it('throws what the model throws midway, after the pieces before it', async () => {
    const seen: string[] = [];
    const model: ChatModel = {
      name: 'test:breaking',
      generate: () => Promise.reject(new Error('not asked')),
      async *stream() {
        yield { type: 'text-delta', text: 'half ' };
        throw new Error('the line broke');
      },
    };
    const agent = streamer(async (ctx) => {
      for await (const piece of ctx.stream('x')) seen.push(piece);
    });
    const { start } = await build(agent, {}, { models: { default: model } });
    const { error } = await start().outcome;
    expect((error as Error).message).toContain("Model 'test:breaking' failed: the line broke");
    expect(seen).toEqual(['half ']);
  });

  it('says so when the model ends its stream without an answer', async () => {
    const model: ChatModel = {
      name: 'test:mute',
      generate: () => Promise.reject(new Error('not asked')),
      async *stream() {
        yield { type: 'text-delta', text: 'half ' };
      },
    };
    const { start } = await build(
      streamer((ctx) => read(ctx.stream('x'))),
      {},
      { models: { default: model } },
    );
    expect(((await start().outcome).error as Error).message).toContain(
      "Model 'test:mute' ended its stream without an answer.",
    );
  });

  it('may be refused before it begins: the attempt is over', async () => {
    let kept: RunContext | undefined;
    const model = new ScriptedModel();
    const { start } = await build(
      streamer(async (ctx) => {
        kept = ctx;
      }),
      {},
      { models: { default: model } },
    );
    const run = start();
    await run.result;
    expect(() => kept?.stream('x')).toThrow(`Run '${run.id}' has ended.`);
    expect(model.requests).toEqual([]);
  });
});

describe('a reader that stops early', () => {
  const firstOf = async (ctx: RunContext): Promise<string> => {
    for await (const piece of ctx.stream('count')) return piece;
    return 'nothing';
  };

  it('aborts the request and reads no further', async () => {
    const model = new ScriptedModel(three).streaming();
    const { start } = await build(streamer(firstOf), {}, { models: { default: model } });
    await expect(start().result).resolves.toBe('one ');
    await turns();
    expect(model.read).toEqual(['one ']);
    expect(model.ended).toEqual(['stopped']);
    expect(model.options[0]?.signal.aborted).toBe(true);
    expect(model.options[0]?.signal.reason).toMatchObject({
      message: "The reader of the stream of node 'streamer' stopped.",
    });
  });

  it('aborts it too when it throws, and its error is the one that counts', async () => {
    const model = new ScriptedModel(three).streaming();
    const agent = streamer(async (ctx) => {
      for await (const _piece of ctx.stream('count')) throw new Error('I cannot read');
    });
    const { start } = await build(agent, {}, { models: { default: model } });
    expect(((await start().outcome).error as Error).message).toContain('I cannot read');
    expect(model.ended).toEqual(['stopped']);
  });

  it('stops at the same place when it is replayed, and the model is not asked again', async () => {
    const store = new MemoryJournal();
    const model = new ScriptedModel(three).streaming();
    let stop = true;
    const agent = streamer(async (ctx) => {
      const piece = await firstOf(ctx);
      await turns(3);
      if (stop) await new Promise(() => {});
      return piece;
    });
    const { espalier, workflow, start } = await build(agent, {}, { store, models: { default: model } });
    const run = start();
    await turns();
    await espalier.drain({ timeout: 0 });
    stop = false;
    const other = await createEspalier({ workflows: [workflow], store, models: { default: model } });
    const resumed = await other.resume(run.id);
    await expect(resumed.result).resolves.toBe('one ');
    expect(model.requests).toHaveLength(1);
    expect((await resumed.outcome).usage).toMatchObject({ modelCalls: 1, outputTokens: 1 });
    const ends = (await eventsOf(resumed)).filter(({ type }) => type === 'model-end');
    expect(ends).toMatchObject([
      { value: { finishReason: 'other', message: { content: [{ type: 'text', text: 'one ' }] } } },
    ]);
  });
});

describe('a stream on record', () => {
  it('comes as one piece an answer after a restart', async () => {
    const store = new MemoryJournal();
    const model = new ScriptedModel(three, 'four').streaming();
    let stop = true;
    const agent = streamer(async (ctx) => {
      const pieces = await read(ctx.stream('count'));
      if (stop) await new Promise(() => {});
      return [pieces, await read(ctx.stream('on'))];
    });
    const { espalier, workflow, start } = await build(agent, {}, { store, models: { default: model } });
    const run = start();
    await turns();
    await espalier.drain({ timeout: 0 });
    stop = false;
    const other = await createEspalier({ workflows: [workflow], store, models: { default: model } });
    await expect((await other.resume(run.id)).result).resolves.toEqual([['one two three'], ['four']]);
    expect(model.done).toBe(true);
  });
});
