import assert from 'node:assert/strict';
import {
  Agent,
  type ChatRequest,
  DependsOn,
  EspalierError,
  Fallback,
  type Message,
  optional,
  Retry,
  type RunContext,
  Tool,
  userText,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { collect } from '../../test/collect.js';
import { always, type ScriptEntry, scriptedModel, testWorkflow, when } from '../index.js';
import { ScriptedModel } from './scripted-model.js';

const options = { signal: new AbortController().signal, idempotencyKey: 'k' };
const asks = (user: string, instructions?: string, more: readonly Message[] = []): ChatRequest => ({
  messages: [
    ...(instructions === undefined ? [] : [{ role: 'system' as const, content: instructions }]),
    userText(user),
    ...more,
  ],
});
const textOf = async (model: ScriptedModel, request: ChatRequest): Promise<string> => {
  const { message } = await model.generate(request, options);
  return message.content
    .map((part) => (part.type === 'tool-call' ? `${part.id}:${part.arguments}` : part.text))
    .join('|');
};
const messageOf = async (act: () => unknown): Promise<string> => {
  try {
    await act();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it did not throw');
};

describe('scriptedModel', () => {
  it('answers turn by turn: texts, data, thoughts, calls, functions of the request', async () => {
    const model = scriptedModel(
      'Hello.',
      { data: { score: 8 } },
      { reasoning: 'Hm.', text: 'Yes.' },
      {
        calls: [
          { tool: 'search', arguments: { q: 1 } },
          { tool: 'search', arguments: '{bad', id: 'mine' },
        ],
      },
      ({ messages }) => `You sent ${messages.length}.`,
      { calls: [{ tool: 'search' }] },
    );
    const texts: string[] = [];
    for (let turn = 0; turn < 6; turn++) texts.push(await textOf(model, asks('Hi')));
    expect(texts).toEqual([
      'Hello.',
      '{"score":8}',
      'Hm.|Yes.',
      'call-1:{"q":1}|mine:{bad',
      'You sent 1.',
      'call-2:{}',
    ]);
    model.assertDone();
  });

  it('tells finish reason and usage, its own or the usual ones', async () => {
    const model = scriptedModel(
      'a',
      { calls: [{ tool: 't' }] },
      { text: 'no', finishReason: 'refusal', usage: { cost: 2 } },
    );
    const responses = [
      await model.generate(asks('x'), options),
      await model.generate(asks('x'), options),
      await model.generate(asks('x'), options),
    ];
    expect(responses.map(({ finishReason }) => finishReason)).toEqual(['stop', 'tool-calls', 'refusal']);
    expect(responses.map(({ usage }) => usage)).toEqual([
      { inputTokens: 10, outputTokens: 5 },
      { inputTokens: 10, outputTokens: 5 },
      { inputTokens: 10, outputTokens: 5, cost: 2 },
    ]);
  });

  it('streams word by word, or in the given pieces, and ends with the same response', async () => {
    const turns: readonly ScriptEntry[] = [
      {
        reasoning: 'I think.',
        text: 'One two  three.\n',
        calls: [{ tool: 't', arguments: { long: 'argument text' } }],
      },
      { deltas: ['O', 'ne'] },
    ];
    const model = scriptedModel(...turns);
    const chunks = await collect(model.stream(asks('x'), options));
    expect(
      chunks.map((chunk) => ('text' in chunk ? chunk.text : chunk.type === 'tool-call-delta' ? chunk.arguments : '')),
    ).toEqual(['I', ' think.', 'One', ' two', '  three.\n', '{"long":"arg', 'ument text"}', '']);
    const whole = await scriptedModel(...turns).generate(asks('x'), options);
    expect(chunks.at(-1)).toEqual({ type: 'response', response: whole });
    expect(await collect(model.stream(asks('x'), options))).toMatchObject([
      { text: 'O' },
      { text: 'ne' },
      { type: 'response' },
    ]);
  });

  it('throws an error that is a turn, as it is', async () => {
    const error = new EspalierError('model-overloaded', 'Busy.');
    const model = scriptedModel(error);
    await expect(model.generate(asks('x'), options)).rejects.toBe(error);
    model.assertDone();
  });

  it('answers each agent by its own turns, in whichever order they ask', async () => {
    const model = scriptedModel(
      when('You research', 'r1', 'r2'),
      when({ instructions: /writer/i, user: 'tides' }, 'w'),
      'rest',
    );
    expect(await textOf(model, asks('tides', 'You are a Writer.'))).toBe('w');
    expect(await textOf(model, asks('a', 'You research.'))).toBe('r1');
    expect(await textOf(model, asks('b', 'Someone else'))).toBe('rest');
    expect(await textOf(model, asks('c', 'You research.'))).toBe('r2');
    model.assertDone();
  });

  it('matches by tool results, offered tools, shape, functions, and patterns that remember', async () => {
    const result: Message = { role: 'tool', callId: 'c', tool: 'search', content: '3 hits', failed: false };
    const called: Message = {
      role: 'assistant',
      content: [{ type: 'tool-call', id: 'c', tool: 'search', arguments: '{}' }],
    };
    const tools = [{ name: 'search', description: '', parameters: {} }];
    const output = { name: 'Findings', schema: {} };
    const model = scriptedModel(
      when({ toolResult: '3 hits' }, 'told'),
      when({ tools: ['search'] }, 'offered'),
      when({ output: 'Findings' }, 'shaped'),
      when(({ settings }) => settings?.seed === 7, 'seeded'),
      when(/tide/g, 'g', 'g'),
    );
    expect(await textOf(model, { ...asks('x', 'i', [called, result]), tools })).toBe('told');
    expect(
      await textOf(model, { ...asks('x', 'i', [called, result, { role: 'assistant', content: [] }]), tools }),
    ).toBe('offered');
    expect(await textOf(model, { ...asks('x'), output })).toBe('shaped');
    expect(await textOf(model, { ...asks('x'), settings: { seed: 7 } })).toBe('seeded');
    expect(await textOf(model, asks('tide'))).toBe('g');
    expect(await textOf(model, asks('tide'))).toBe('g');
  });

  it('never runs out of always(), which must be asked for once', async () => {
    const model = scriptedModel(when('grade', 'first', always('again')));
    expect(await textOf(model, asks('grade'))).toBe('first');
    expect(await messageOf(() => model.assertDone())).toContain('when "grade", turn 2: always("again")');
    expect([await textOf(model, asks('grade')), await textOf(model, asks('grade'))]).toEqual(['again', 'again']);
    model.assertDone();
  });

  it('refuses scripts that cannot be meant', () => {
    expect(() => when('x')).toThrow('when("x"): expected at least one turn.');
    expect(() => scriptedModel(always('a'), 'b')).toThrow(
      'in order: turns stand after always(…), which is never used up.',
    );
  });

  it('shows a request that it has no turn for, and what it has', async () => {
    const model = scriptedModel(
      when({ instructions: 'writer', toolResult: /hits/ }, 'w'),
      when(/never/, 'n'),
      when((request) => request.messages.length > 9, 'long'),
      when({ tools: 'fetch', output: 'Report' }, 'x'),
      'only',
    );
    await textOf(model, asks('first'));
    const request: ChatRequest = {
      ...asks('Research  tides\nplease', 'You are a researcher.', [
        { role: 'assistant', content: [{ type: 'tool-call', id: 'c', tool: 'search', arguments: '{"q":"tides"}' }] },
        { role: 'tool', callId: 'c', tool: 'search', content: 'nothing', failed: true },
      ]),
      tools: [{ name: 'search', description: '', parameters: {} }],
      output: { name: 'Findings', schema: {} },
    };
    expect(await messageOf(() => model.generate(request, options))).toBe(
      `Model 'test:scripted' has no turn for its request 2:
  instructions: You are a researcher.
  user: Research tides please
  assistant: calls search({"q":"tides"})
  tool search (failed): nothing
  tools: search
  answer in the shape of: Findings
What its script has:
  - when { instructions: "writer", toolResult: /hits/ }: instructions: expected "writer", got "You are a researcher."; toolResult: expected /hits/, got "nothing"
  - when /never/: neither the instructions nor the newest user message has /never/
  - when a function: the function gave false
  - when { tools: "fetch", output: "Report" }: output: expected "Report", got "Findings"; tools: expected fetch, offered: search
  - in order: its turn is used`,
    );
  });

  it('cuts what is long, and says how much there was', async () => {
    const model = scriptedModel();
    const many = Array.from({ length: 14 }, (_, index) => userText(`message ${index} ${'x'.repeat(400)}`));
    const message = await messageOf(() => model.generate({ messages: many }, options));
    expect(message).toContain('  instructions: (none)\n  … 4 earlier messages\n  user: message 4 xxx');
    expect(message).toContain('… (410 characters)');
    expect(message).toContain('- in order: there are no turns');
  });

  it('names turns that nobody asked for', async () => {
    const model = scriptedModel(
      'used',
      'left',
      { calls: [{ tool: 't' }] },
      when(/b/, new Error('boom'), () => 'f'),
    );
    expect(await messageOf(() => model.assertDone())).toContain(
      "Model 'test:scripted' got 0 requests, and nobody asked for 5 turns",
    );
    await textOf(model, asks('x'));
    expect(await messageOf(() => model.assertDone())).toBe(
      `Model 'test:scripted' got 1 request, and nobody asked for 4 turns of its script:
  - when /b/, turn 1: Error: boom
  - when /b/, turn 2: a function
  - in order, turn 2: "left"
  - in order, turn 3: {"calls":[{"tool":"t"}]}
The last request was:
  instructions: (none)
  user: x
  tools: (none)`,
    );
    expect(() => model.assertDone()).toThrow(expect.objectContaining({ code: 'script-unfinished' }));
  });

  it('asserts at the end of its block with `using`', () => {
    expect(() => {
      using model = scriptedModel('left');
      expect(model.requests).toEqual([]);
    }).toThrow('nobody asked for 1 turn');
  });

  it('keeps requests as they were, and what the model was told', async () => {
    const model = scriptedModel('a');
    expect(() => model.last).toThrow("Nobody has asked model 'test:scripted' yet.");
    const messages: Message[] = [
      userText('x'),
      { role: 'tool', callId: 'c', tool: 't', content: 'told', failed: false },
    ];
    await model.generate({ messages }, options);
    messages.length = 0;
    expect(model.last.messages).toHaveLength(2);
    expect(model.toolResults).toEqual(['told']);
    expect(model.options).toEqual([options]);
  });

  it('does not answer a call that is aborted', async () => {
    const model = scriptedModel('a');
    const signal = AbortSignal.abort(new Error('gone'));
    await expect(model.generate(asks('x'), { ...options, signal })).rejects.toThrow('gone');
    expect(model.requests).toEqual([]);
  });

  it('has a name and limits of its own where it is told', () => {
    const issues = [{ path: '$', message: 'no' }];
    const model = new ScriptedModel(['a'], { name: 'test:fast', checkSchema: () => issues });
    expect([model.name, model.checkSchema?.({}, 'tool')]).toEqual(['test:fast', issues]);
    expect('checkSchema' in scriptedModel('a')).toBe(false);
  });
});

const Query = z.object({ text: z.string() });

@Agent({ instructions: 'You research.' })
@Retry(3)
class Researcher {
  @Tool({ description: 'Search', input: Query })
  search({ text }: z.infer<typeof Query>): string {
    return `hits for ${text}`;
  }

  run(topic: string, ctx: RunContext): Promise<string> {
    return ctx.generate(topic);
  }
}

@Agent()
class Stand {
  run(): string {
    return 'stand-in';
  }
}

@Agent({ instructions: 'You research.' })
@Fallback(Stand)
class Careful {
  run(topic: string, ctx: RunContext): Promise<string> {
    return ctx.generate(topic);
  }
}

@Agent()
@DependsOn(optional(Careful))
class Tolerant {
  run(given: string | undefined): string {
    return given ?? 'nothing';
  }
}

describe('a scripted model in a run', () => {
  it('drives a tool loop', async () => {
    const model = scriptedModel({ calls: [{ tool: 'search', arguments: { text: 'tides' } }] }, 'Two a day.');
    const { run } = await testWorkflow(Researcher, { model });
    const { output } = await run('Tides?');
    expect(output).toBe('Two a day.');
    expect(model.toolResults).toEqual(['hits for tides']);
    model.assertDone();
  });

  it('ends a run that asks too much, without another attempt', async () => {
    const model = scriptedModel({ calls: [{ tool: 'search', arguments: { text: 'tides' } }] });
    const { run } = await testWorkflow(Researcher, { model });
    const { status, error, nodes } = await run('Tides?');
    expect(status).toBe('failed');
    expect((error as Error).message).toContain("Model 'test:scripted' has no turn for its request 2");
    expect(nodes().researcher?.error).toMatchObject({ code: 'script-mismatch' });
    expect(model.requests).toHaveLength(2);
  });

  it('is not hidden by a fallback: assertDone tells', async () => {
    const model = scriptedModel(when('never', 'x'));
    const { run } = await testWorkflow(Tolerant, { model });
    expect((await run('Tides?')).output).toBe('stand-in');
    expect(() => model.assertDone()).toThrow("Model 'test:scripted' has no turn for its request 1:");
  });

  it.each([
    ['expect', () => expect(1).toBe(2)],
    ['node:assert', () => assert.equal(1, 2)],
  ])('keeps what an assertion of %s inside of a turn says, and does not ask again', async (_name, assertion) => {
    const model = scriptedModel(() => {
      assertion();
      return 'x';
    });
    const { run } = await testWorkflow(Researcher, { model });
    const { status, error } = await run('Tides?');
    expect(status).toBe('failed');
    expect((error as Error).message).toContain("An assertion of model 'test:scripted' failed: ");
    expect(model.requests).toHaveLength(1);
    expect(() => model.assertDone()).toThrow(/(?:1[\s\S]*2|2[\s\S]*1)/);
  });
});

describe('a slip of the pen', () => {
  const turn = 'scriptedModel(): turn 2: ';
  it.each<[string, () => unknown, string]>([
    [
      'an answer',
      () => scriptedModel('a', { txt: 'b' } as never),
      `${turn}unknown field 'txt'; known are text, deltas, `,
    ],
    [
      'a list of turns',
      () => scriptedModel('a', ['b', 'c'] as never),
      `${turn}expected a text, an answer, an error, a fault or a function, got an array.`,
    ],
    [
      'nothing',
      () => scriptedModel('a', undefined as never),
      `${turn}expected a text, an answer, an error, a fault or a function, got undefined.`,
    ],
    ['always', () => scriptedModel('a', always(5 as never)), `${turn}expected a text, `],
    [
      'a turn of when',
      () => scriptedModel(when('x', 'a', { cals: [] } as never)),
      'when "x": turn 2: unknown field \'cals\'',
    ],
    [
      'a matcher',
      () => when({ instruction: 'x' } as never, 'a'),
      "when(matcher, …): unknown field 'instruction'; known are instructions, user, toolResult, tools, output.",
    ],
    [
      'a matcher of another kind',
      () => when(5 as never, 'a'),
      'when(matcher, …): expected a text, a pattern, parts of a request or a function, got 5.',
    ],
  ])('in %s is told when the script is made', (_what, act, message) => {
    expect(act).toThrow(expect.objectContaining({ code: 'option-invalid', message: expect.stringContaining(message) }));
  });

  it('in what a function gives is told, and no empty answer', async () => {
    const model = scriptedModel(() => undefined as never);
    const asked = model.generate(
      { messages: [userText('Hello')] },
      { signal: new AbortController().signal, idempotencyKey: 'key' },
    );
    const failure = {
      code: 'option-invalid',
      message: expect.stringContaining('what a function gave: expected a text'),
    };
    await expect(asked).rejects.toMatchObject(failure);
    expect(() => model.assertDone()).toThrow(expect.objectContaining({ code: 'option-invalid' }));
  });
});
