import { Agent, type AgentOptions, type EspalierError, type RunContext, Tool } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { build } from '../../test/build.js';
import { makeAgent } from '../../test/make-agent.js';
import { ScriptedModel, type ScriptedTurn } from '../../test/scripted-model.js';

const again: ScriptedTurn = { calls: [{ tool: 'look' }] };

/** An agent with one tool, and its run to the end. */
async function run(options: AgentOptions, ...script: readonly ScriptedTurn[]) {
  @Agent({ instructions: 'Look.', ...options })
  class Looker {
    @Tool('Look around')
    look(): string {
      return 'fog';
    }
  }
  const model = new ScriptedModel(...script);
  const { start } = await build(Looker, {}, { models: { default: model } });
  const outcome = await start('Go').outcome;
  return { model, outcome, cause: (outcome.error as Error | undefined)?.cause as EspalierError };
}

describe('the tool loop', () => {
  it('asks with the tools at hand, and forbids them in the last turn', async () => {
    const { model, outcome } = await run({ maxTurns: 3 }, again, again, 'fog');
    expect(outcome.output).toBe('fog');
    expect(model.requests.map(({ toolChoice }) => toolChoice)).toEqual(['auto', 'auto', 'none']);
    expect(model.requests[0]).toEqual({
      messages: [
        { role: 'system', content: 'Look.' },
        { role: 'user', content: [{ type: 'text', text: '<input>\nGo\n</input>' }] },
      ],
      tools: [
        {
          name: 'look',
          description: 'Look around',
          parameters: { type: 'object', properties: {}, additionalProperties: false },
        },
      ],
      toolChoice: 'auto',
    });
  });

  it('ends with an error when the model calls tools even then, and does not run them', async () => {
    const { cause, outcome } = await run({ maxTurns: 2 }, again, again);
    expect(cause.code).toBe('model-turns-exceeded');
    expect(cause.message).toBe("The model of node 'looker' still called tools in its turn 2, the last one.");
    expect(cause.hint).toBe('Write @Agent({ maxTurns: 4 }) on Looker, or give the model less to do.');
    expect(outcome.usage).toMatchObject({ modelCalls: 2, toolCalls: 1 });
  });

  it('ends with an error at more tool calls than declared', async () => {
    const { cause, outcome } = await run({ maxToolCalls: 2 }, again, {
      calls: [{ tool: 'look' }, { tool: 'look' }],
    });
    expect(cause.message).toBe("The model of node 'looker' made 2 tool calls in one attempt and asked for another.");
    expect(cause.code).toBe('tool-calls-exceeded');
    expect(outcome.usage.toolCalls).toBe(2);
  });

  it('ends with an error at more model calls than declared, over all calls of generate', async () => {
    const model = new ScriptedModel('one', 'two');
    const asker = makeAgent(
      'asker',
      [],
      async (_inputs, ctx: RunContext) => {
        for (let calls = 0; calls < 3; calls++) await ctx.generate('again');
      },
      [],
      { model: 'default', maxModelCalls: 2 },
    );
    const { start } = await build(asker, {}, { models: { default: model } });
    const { error, usage } = await start().outcome;
    expect((error as EspalierError).cause).toMatchObject({
      code: 'model-calls-exceeded',
      message: "Node 'asker' made 2 model calls in one attempt and asked for another.",
      hint: 'Write @Agent({ maxModelCalls: 4 }), or ask less often.',
    });
    expect(usage.modelCalls).toBe(2);
    expect(model.done).toBe(true);
  });

  it('asks again after an empty answer, leaves that out of the conversation, and gives up in the end', async () => {
    const { model, outcome } = await run({}, '', '  \n', 'fog');
    expect(outcome.output).toBe('fog');
    expect(model.last.messages.slice(2)).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'The answer was empty. Answer with text.' }] },
      { role: 'user', content: [{ type: 'text', text: 'The answer was empty. Answer with text.' }] },
    ]);
    const { cause } = await run({ corrections: 1 }, '', { text: '', finishReason: 'length' });
    expect(cause.code).toBe('model-output-invalid');
    expect(cause.message).toBe(
      "The model of node 'looker' gave 2 answers, and none would do. The last one: The answer reached its length limit before any text. Answer with text.",
    );
  });

  it('gives text that was cut off at the length limit as far as it came', async () => {
    const { outcome } = await run({}, { text: 'fog, and', finishReason: 'length' });
    expect(outcome.output).toBe('fog, and');
  });

  it.each([
    ['refusal', 'model-refused', "The model 'scripted' of node 'looker' refused to answer: I will not."],
    [
      'content-filter',
      'model-content-filter',
      "The model 'scripted' of node 'looker' was stopped by a content filter.",
    ],
  ] as const)('ends for good at a %s', async (finishReason, code, message) => {
    const { cause, model } = await run({}, { text: 'I will not.', finishReason });
    expect(cause).toMatchObject({ code, retryable: false, message });
    expect(model.done).toBe(true);
  });

  it('keeps the conversation apart from what the caller does to it later', async () => {
    const messages = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'before' }] }];
    const model = new ScriptedModel(() => {
      (messages[0] as { content: unknown[] }).content.push({ type: 'text', text: 'after' });
      return { calls: [{ tool: 'none' }] };
    }, 'done');
    const asker = makeAgent('asker', [], (_inputs, ctx: RunContext) => ctx.generate(messages), [], {
      model: 'default',
    });
    const { start } = await build(asker, {}, { models: { default: model } });
    await start().result;
    expect(model.last.messages[0]).toEqual({ role: 'user', content: [{ type: 'text', text: 'before' }] });
  });

  it('is not there for a plain code agent, whose worst case counts no model calls', async () => {
    const { start } = await build(makeAgent('plain', [], (_inputs, ctx: RunContext) => ctx.generate('x')));
    expect(((await start().outcome).error as EspalierError).cause).toMatchObject({
      code: 'model-not-declared',
      message: 'plain calls the model, but its @Agent() declares none.',
      hint: "Write @Agent({ model: 'default' }) on plain, so that its calls are bounded.",
    });
  });

  it('says what a prompt may be', async () => {
    const asker = makeAgent('asker', [], (_inputs, ctx: RunContext) => ctx.generate(undefined as never), [], {
      model: 'default',
    });
    const { start } = await build(asker, {}, { models: { default: new ScriptedModel() } });
    const { error } = await start().outcome;
    expect((error as Error).message).toContain('Expected a prompt of text or messages, got undefined.');
  });
});

describe('another model for one call', () => {
  it('is taken by name; an unknown one is told', async () => {
    const other = new ScriptedModel('from the other');
    const asker = makeAgent(
      'asker',
      [],
      async (_inputs, ctx: RunContext) => {
        const answer = await ctx.generate('x', { model: 'other' });
        return [answer, await ctx.generate('x', { model: 'third' }).catch((error: Error) => error.message)];
      },
      [],
      { model: 'default' },
    );
    const { start } = await build(asker, {}, { models: { default: new ScriptedModel(), other } });
    await expect(start().result).resolves.toEqual([
      'from the other',
      "Node 'asker' asked for model 'third'; registered: default, other.",
    ]);
  });
});

describe('structured output', () => {
  const Verdict = z.object({ score: z.number().int().max(10), why: z.string() });
  const good = { score: 7, why: 'clear' };

  async function judge(schema: z.ZodType, ...script: readonly ScriptedTurn[]) {
    const model = new ScriptedModel(...script);
    const judge = makeAgent('judge', [], (_inputs, ctx: RunContext) => ctx.generate(schema, 'Judge.'), [], {
      model: 'default',
    });
    const { start } = await build(judge, {}, { models: { default: model } });
    const outcome = await start().outcome;
    return { model, outcome, cause: (outcome.error as Error | undefined)?.cause as EspalierError };
  }

  it.each([
    ['alone', JSON.stringify(good)],
    ['in a fence', `Here you are:\n\n\`\`\`json\n${JSON.stringify(good, undefined, 2)}\n\`\`\`\nI hope it helps.`],
    ['in prose', `My verdict is ${JSON.stringify(good)}, no more.`],
  ])('is found %s', async (_where, text) => {
    const { outcome, model } = await judge(Verdict, text);
    expect(outcome.output).toEqual(good);
    expect(model.last.output?.schema).toMatchObject({ type: 'object', required: ['score', 'why'] });
  });

  it('may be an array or a scalar', async () => {
    expect((await judge(z.array(z.number()), '[1, 2]')).outcome.output).toEqual([1, 2]);
    expect((await judge(z.array(z.number()), 'They are [1, 2].')).outcome.output).toEqual([1, 2]);
    expect((await judge(z.number(), ' 42 ')).outcome.output).toBe(42);
    expect((await judge(z.boolean(), 'false')).outcome.output).toBe(false);
  });

  it('goes back with all that is wrong with it, and the next answer counts', async () => {
    const { outcome, model } = await judge(Verdict, '{"score": 70}', 'none', JSON.stringify(good));
    expect(outcome.output).toEqual(good);
    const corrections = model.last.messages.flatMap((message) =>
      message.role === 'user' ? message.content.map((part) => ('text' in part ? part.text : '')) : [],
    );
    expect(corrections[1]).toMatch(
      /^The answer does not match the schema:\n- \$\.score: .+10.*\n- \$\.why: .+\nAnswer again with JSON that does\.$/,
    );
    expect(corrections[2]).toMatch(/^The answer is not valid JSON: .+\. Answer with JSON of the schema only\.$/);
    expect(model.last.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant', 'user']);
  });

  it('that is wrong in many places is told of the first twenty', async () => {
    const { model } = await judge(z.array(z.number()), JSON.stringify(Array(500).fill('x')), '[]');
    const correction = JSON.stringify(model.last.messages.at(-1));
    expect(correction).toContain('- $[19]: ');
    expect(correction).not.toContain('- $[20]: ');
    expect(correction).toContain('- and 480 more');
  });

  it('is asked for again, shorter, when it was cut off', async () => {
    const { model } = await judge(Verdict, { text: '{"score": 7', finishReason: 'length' }, JSON.stringify(good));
    expect(JSON.stringify(model.last.messages.at(-1))).toContain(
      'The answer was cut off at its length limit. Answer again, shorter.',
    );
  });

  it('fails for good when no answer will do', async () => {
    const { cause, model } = await judge(Verdict, '{}', '{}', '{}');
    expect(cause.code).toBe('model-output-invalid');
    expect(cause.message).toMatch(
      /^The model of node 'judge' gave 3 answers, and none would do\. The last one: The answer does not match the schema:\n- \$\.score/,
    );
    expect(model.done).toBe(true);
  });

  it('never takes keys that change prototypes', async () => {
    const { cause } = await judge(
      z.record(z.string(), z.unknown()),
      ...Array(3).fill('{"__proto__": {"admin": true}}'),
    );
    expect(cause.message).toContain('__proto__');
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});
