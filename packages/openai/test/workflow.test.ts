import { Agent, createEspalier, defineWorkflow, type RunContext, Tool } from '@espalier/core';
import { startProviderServer } from '@espalier/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { openai } from '../src/index.js';

const Query = z.object({ port: z.string(), days: z.int().min(1).optional() });

const Tides = z.object({
  heights: z.record(z.string(), z.number()),
  window: z.tuple([z.string(), z.string()]),
  note: z.string().optional(),
});

const asked: object[] = [];

@Agent({ instructions: 'You know the tides.', settings: { reasoning: 'low' } })
class Pilot {
  @Tool({ description: 'Looks up the tides of a port', input: Query })
  look(query: z.infer<typeof Query>): string {
    asked.push({ ...query });
    return `tides of ${query.port}`;
  }

  run(port: string, ctx: RunContext): Promise<z.infer<typeof Tides>> {
    return ctx.generate(Tides, `The tides of ${port}?`);
  }
}

const pilot = defineWorkflow({ name: 'pilot', version: 1, output: Pilot });

describe.each(['responses', 'chat'] as const)('an agent on OpenAI, by %s', (api) => {
  afterEach(() => {
    asked.length = 0;
  });

  it('calls tools and answers in its own shapes, over strict schemas', async () => {
    await using server = await startProviderServer({ api: `openai-${api}` });
    server.reply(
      {
        reasoning: 'I look.',
        calls: ['Brest', 'Oslo'].map((port) => ({ tool: 'look', arguments: { port, days: null } })),
      },
      { calls: [{ tool: 'look', arguments: { port: 'Bergen', days: 0 } }] },
      { calls: [{ tool: 'look', arguments: { port: 'Bergen', days: 2 } }] },
      { text: JSON.stringify({ heights: [{ key: 'high', value: 'much' }], window: { 0: 'a', 1: 'b' }, note: null }) },
      {
        text: JSON.stringify({
          heights: [{ key: 'high', value: 7.5 }],
          window: { 0: '04:10', 1: '05:00' },
          note: null,
        }),
      },
    );
    const model = openai('gpt-5.5', { apiKey: 'sk-test', baseURL: server.baseURL, api });
    const espalier = await createEspalier({ workflows: [pilot], models: { default: model } });
    const { output, status, usage } = await espalier.start(pilot, 'Brest').outcome;

    expect(status).toBe('completed');
    expect(output).toEqual({ heights: { high: 7.5 }, window: ['04:10', '05:00'] });
    expect(asked).toEqual([{ port: 'Brest' }, { port: 'Oslo' }, { port: 'Bergen', days: 2 }]);
    expect(usage.cost).toBeGreaterThan(0);
    expect(server.repliesLeft).toBe(0);
    // The model sees what it wrote, in the shape that it was asked for.
    expect(JSON.stringify(server.requests[1]?.body)).toContain(String.raw`{\"port\":\"Oslo\",\"days\":null}`);
    expect(JSON.stringify(server.requests[4]?.body)).toContain(String.raw`{\"key\":\"high\",\"value\":\"much\"}`);
  });

  it('aborts its request when the run is cancelled', async () => {
    await using server = await startProviderServer({ api: `openai-${api}`, replies: [{ fault: { type: 'hang' } }] });
    const model = openai('gpt-5.5', { apiKey: 'sk-test', baseURL: server.baseURL, api });
    const espalier = await createEspalier({ workflows: [pilot], models: { default: model } });
    const run = espalier.start(pilot, 'Brest');
    const request = await server.request(0);
    run.cancel('enough');
    expect((await run.outcome).status).toBe('cancelled');
    await request.aborted;
  });
});
