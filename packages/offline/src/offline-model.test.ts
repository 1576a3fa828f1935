import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ChatRequest, type JsonSchema, type Message, textOf, toolCallsOf, userText } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { offline, offlineModelName } from './offline-model.js';

const tides = `# Tides

Tides are the rise and fall of sea levels. They are caused by the gravity of the moon and the sun.

## Power

A tidal barrage stores water behind a dam and turns turbines when it is released. The barrage of La Rance has produced
power since 1966 and supplies about 130,000 households. Building a barrage costs more than building a wind farm of the same output.

\`\`\`ts
const barrage = new Barrage('The barrage of code is not prose.');
\`\`\`

| place | range |
|---|---|
| Brest | The tidal range of Brest is 7 metres. |

## Harm

Barrages change the salinity of an estuary, which harms fish and birds.`;

const model = offline();
const options = { signal: new AbortController().signal, idempotencyKey: 'key' };
const ask = (prompt: string, more: Partial<ChatRequest> = {}) =>
  model.generate({ messages: [userText(prompt)], ...more }, options);
const fill = async (prompt: string, schema: JsonSchema, more: readonly Message[] = []): Promise<unknown> => {
  const messages = [userText(prompt), ...more];
  const response = await model.generate({ messages, output: { name: 'Answer', schema } }, options);
  return JSON.parse(textOf(response.message));
};
const text = { type: 'string' };
const object = (properties: Record<string, JsonSchema>): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});
const digest = object({
  title: text,
  summary: text,
  keyPoints: { type: 'array', items: object({ statement: text, quote: text }) },
});

describe('offline()', () => {
  it('says everywhere that it is no language model', async () => {
    expect(model.name).toBe('offline:extractive');
    expect((await ask(`Summarise.\n\n<document>\n${tides}\n</document>`)).model).toBe(offlineModelName);
    expect(offlineModelName).toContain('no language model');
  });

  it('answers a question with the sentences that speak of it, in the order of the text', async () => {
    const { message, finishReason } = await ask(`How does a barrage harm fish?\n\n<document>\n${tides}\n</document>`);
    expect(textOf(message)).toContain('which harms fish and birds.');
    expect(textOf(message)).not.toContain('of code is not prose');
    expect(textOf(message)).not.toContain('7 metres');
    expect(finishReason).toBe('stop');
  });

  it('says of several documents what each is about, a paragraph each', async () => {
    const documents = ['Tides', 'Dams', 'Fish'].map((title) =>
      JSON.stringify({
        path: `${title}.md`,
        text: `# ${title}\n\n${title} are a subject of much study. It goes on and on here.`,
      }),
    );
    const sections = documents.map((document) => `<document>\n${document}\n</document>`).join('\n');
    const { message } = await ask(`Say in 3 sentences what these are about.\n\n${sections}`);
    expect(textOf(message)).toBe(
      'Tides are a subject of much study.\n\nDams are a subject of much study.\n\nFish are a subject of much study.',
    );
  });

  it('says so when nothing in the input speaks of the question', async () => {
    const { message } = await ask(`Who invented the bicycle?\n\n<document>\n${tides}\n</document>`);
    expect(textOf(message)).toBe('Nothing in the input speaks of the question.');
    expect(textOf((await ask('Who invented the bicycle?')).message)).toBe('The input holds no text to answer from.');
  });

  it('keeps to maxOutputTokens and says when it left something out', async () => {
    const short = await ask(`Summarise.\n\n<document>\n${tides}\n</document>`, { settings: { maxOutputTokens: 20 } });
    expect(textOf(short.message).length).toBeLessThanOrEqual(80);
    expect(short.finishReason).toBe('length');
    expect(short.usage.outputTokens).toBeLessThanOrEqual(20);
  });

  it('ends before a stop sequence', async () => {
    const { message } = await ask(`Summarise.\n\n<document>\n${tides}\n</document>`, {
      settings: { stop: ['sea levels'] },
    });
    expect(textOf(message)).toBe('Tides are the rise and fall of ');
  });

  it('fills a digest whose quotes stand word for word in the source', async () => {
    const value = (await fill(
      `What does a barrage do?\n\n<document>\n${JSON.stringify({ path: 'a.md', text: tides })}\n</document>`,
      digest,
    )) as {
      title: string;
      summary: string;
      keyPoints: { statement: string; quote: string }[];
    };
    expect(value.title).toBe('Tides');
    expect(value.keyPoints.length).toBeGreaterThan(1);
    for (const { quote } of value.keyPoints) expect(tides).toContain(quote);
    expect(value.keyPoints.map((point) => point.quote).join(' ')).toContain('A tidal barrage stores water');
    expect(value.summary).not.toBe('');
  });

  it('gives the same response for the same request, byte for byte', async () => {
    const request = () =>
      ask(`What does a barrage do?\n\n<document>\n${tides}\n</document>`, {
        output: { name: 'Digest', schema: digest },
      });
    expect(JSON.stringify(await request())).toBe(JSON.stringify(await request()));
    const again = await offline().generate(
      {
        messages: [userText(`What does a barrage do?\n\n<document>\n${tides}\n</document>`)],
        output: { name: 'Digest', schema: digest },
      },
      options,
    );
    expect(JSON.stringify(again)).toBe(JSON.stringify(await request()));
  });

  it('estimates tokens as a quarter of the characters', async () => {
    const { usage, message } = await ask('x'.repeat(401));
    expect(usage.inputTokens).toBe(101);
    expect(usage.outputTokens).toBe(Math.ceil(textOf(message).length / 4));
  });

  it('streams the text that generate gives, then the response', async () => {
    const request = { messages: [userText(`What is a barrage?\n\n<document>\n${tides}\n</document>`)] };
    const whole = await model.generate(request, options);
    let streamed = '';
    const kinds: string[] = [];
    for await (const chunk of model.stream?.(request, options) ?? []) {
      kinds.push(chunk.type);
      if (chunk.type === 'text-delta') streamed += chunk.text;
      if (chunk.type === 'response') expect(chunk.response).toEqual(whole);
    }
    expect(streamed).toBe(textOf(whole.message));
    expect(kinds.filter((kind) => kind === 'text-delta').length).toBeGreaterThan(1);
    expect(kinds.at(-1)).toBe('response');
  });

  it('refuses options that are out of range', () => {
    expect(() => offline({ maxCharacters: 10 })).toThrow(
      'maxCharacters: expected an integer of at least 65536, got 10',
    );
    expect(() => offline({ maxRankedSentences: 9_000 })).toThrow('at least 2 and at most 5000, got 9000');
    expect(() => offline({ maxToolRounds: 0.5 })).toThrow('maxToolRounds');
  });
});

describe('aborting', () => {
  it('throws the reason when the signal is aborted before', async () => {
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(model.generate({ messages: [userText('hi')] }, { signal, idempotencyKey: 'k' })).rejects.toThrow(
      'stopped',
    );
  });

  it('stops within a long document', async () => {
    const controller = new AbortController();
    const long = Array.from(
      { length: 30_000 },
      (_, index) => `Tide number ${index} is as high as the moon wants it.`,
    ).join('\n\n');
    const running = model.generate(
      { messages: [userText(`Why?\n\n<document>\n${long}\n</document>`)] },
      { signal: controller.signal, idempotencyKey: 'k' },
    );
    setImmediate(() => controller.abort(new Error('stopped')));
    await expect(running).rejects.toThrow('stopped');
  });
});

describe('bounds', () => {
  it('reads of a long text its beginning and what speaks of the question', async () => {
    const filler = 'The weather of the day was noted by the keeper of the lighthouse in his book. '.repeat(14_000);
    const needle = 'The barrage of La Rance was opened by the president in November.';
    const long = `${filler}\n\n${needle}\n\n${filler}\n\n${filler}`;
    const small = offline({ maxCharacters: 200_000 });
    const { message } = await small.generate(
      { messages: [userText(`Who opened the barrage?\n\n<document>\n${long}\n</document>`)] },
      options,
    );
    expect(textOf(message)).toContain(needle);
  });

  it('ranks 1,000 sentences well within the time of a test', async () => {
    const many = Array.from(
      { length: 1_000 },
      (_, index) => `Station ${index % 97} reports a tide of ${index % 13} metres near harbour ${index % 41}.`,
    ).join(' ');
    const start = performance.now();
    await ask(`Which harbour has the highest tide?\n\n<document>\n${many}\n</document>`);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

describe('corrections', () => {
  const refuse = (answer: unknown, complaint: string): readonly Message[] => [
    { role: 'assistant', content: [{ type: 'text', text: JSON.stringify(answer) }] },
    userText(complaint),
  ];
  const prompt = `What does a barrage do?\n\n<document>\n${tides}\n</document>`;
  const schema = object({ title: text, statement: text });

  it('changes what the refusal names and nothing else', async () => {
    const first = (await fill(prompt, schema)) as { title: string; statement: string };
    const second = (await fill(
      prompt,
      schema,
      refuse(first, 'The answer does not match the schema: $.statement: too vague'),
    )) as typeof first;
    expect(second.statement).not.toBe(first.statement);
    expect(second.title).toBe(first.title);
  });

  it('gives up after three refused answers, so that nobody tries for ever', async () => {
    const refused = [1, 2, 3].flatMap(() => refuse({ title: 'x' }, '$.title: expected something else'));
    await expect(fill(prompt, schema, refused)).rejects.toMatchObject({
      code: 'model-output-invalid',
      retryable: false,
    });
  });
});

describe('tools', () => {
  const search = {
    name: 'search',
    description: 'Search the knowledge base',
    parameters: object({ query: text }),
  };
  const refund = {
    name: 'refund_order',
    description: 'Pay the money of an order back',
    parameters: object({ orderId: text }),
  };
  const tools = [search, refund];

  it('looks up what it knows nothing about, with the words of the subject', async () => {
    const { message, finishReason } = await ask('Research how tidal barrages harm fish.', { tools });
    expect(finishReason).toBe('tool-calls');
    const calls = toolCallsOf(message);
    expect(calls.map((call) => call.tool)).toEqual(['search']);
    expect(calls[0]?.id).toBe('call-1');
    expect(JSON.parse(calls[0]?.arguments ?? '')).toEqual({ query: 'Research tidal barrages harm fish' });
  });

  it('acts only where the task uses the words of the tool', async () => {
    const { message } = await ask('Please refund my order A-1234.', { tools });
    const calls = toolCallsOf(message);
    expect(calls[0]?.tool).toBe('refund_order');
    expect(JSON.parse(calls[0]?.arguments ?? '')).toEqual({ orderId: 'A-1234' });
  });

  it('answers from the results of tools and does not call again with the same arguments', async () => {
    const first = await ask('Research how tidal barrages harm fish.', { tools: [search] });
    const call = toolCallsOf(first.message)[0];
    const messages: Message[] = [
      userText('Research how tidal barrages harm fish.'),
      first.message,
      {
        role: 'tool',
        callId: call?.id ?? '',
        tool: 'search',
        content: JSON.stringify([{ text: tides }]),
        failed: false,
      },
    ];
    const second = await model.generate({ messages, tools: [search] }, options);
    expect(second.finishReason).toBe('stop');
    expect(textOf(second.message)).toContain('harms fish and birds');
    const failed = messages.map((message) =>
      message.role === 'tool' ? { ...message, failed: true, content: 'fish: no such index' } : message,
    );
    const third = await model.generate({ messages: failed, tools: [search] }, options);
    expect(textOf(third.message)).toBe('The input holds no text to answer from.');
  });

  it('respects none, required and one tool by name', async () => {
    const asked = 'Research how tidal barrages harm fish.';
    expect(toolCallsOf((await ask(asked, { tools, toolChoice: 'none' })).message)).toEqual([]);
    expect(toolCallsOf((await ask('Hello.', { tools: [refund], toolChoice: 'required' })).message)).toHaveLength(1);
    const named = await ask(asked, { tools, toolChoice: { tool: 'refund_order' } });
    expect(toolCallsOf(named.message).map((call) => call.tool)).toEqual(['refund_order']);
  });

  it('does not call a tool whose required argument the task does not hold', async () => {
    const { message } = await ask('I want a refund for my order.', { tools: [refund] });
    expect(toolCallsOf(message)).toEqual([]);
  });
});

describe('on real documents', () => {
  const readmeOf = (name: string): string =>
    readFileSync(fileURLToPath(new URL(`../../../node_modules/${name}/README.md`, import.meta.url)), 'utf8');

  it.each([
    ['rxjs', 'RxJS: Reactive Extensions For JavaScript', 'This is a rewrite of Reactive-Extensions/RxJS'],
    ['inversify', undefined, 'InversifyJS is a lightweight inversion of control'],
    ['class-validator', 'class-validator', 'Allows use of decorator and non-decorator based validation.'],
    ['fast-check', undefined, ''],
  ])('digests the README of %s: a clean title, what it is about, and clean quotes', async (name, title, about) => {
    const readme = readmeOf(name);
    const value = (await fill(
      `Digest the document.\n\n<document>\n${JSON.stringify({ text: readme })}\n</document>`,
      digest,
    )) as { title: string; summary: string; keyPoints: { statement: string; quote: string }[] };
    if (title !== undefined) expect(value.title).toBe(title);
    expect(value.summary.startsWith(about)).toBe(true);
    expect(value.summary).not.toMatch(/<[a-z]|\]\(|!\[|```|\*\*/);
    expect(value.keyPoints.length).toBeGreaterThan(1);
    for (const { quote } of value.keyPoints) {
      expect(readme).toContain(quote);
      expect(quote).not.toMatch(/<[a-z]|\]\(|!\[|```|^#|^[-*|>]\s|npm install|[:;{]$/);
    }
    expect(new Set(value.keyPoints.map(({ quote }) => quote)).size).toBe(value.keyPoints.length);
  });

  it('digests its own README, and every quote stands in it', async () => {
    const readme = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');
    const value = (await fill(`What are the bounds?\n\n<document>\n${readme}\n</document>`, digest)) as {
      title: string;
      keyPoints: { quote: string }[];
    };
    expect(value.title).toBe('@espalier/offline');
    expect(value.keyPoints.length).toBeGreaterThan(0);
    for (const { quote } of value.keyPoints) expect(readme).toContain(quote);
  });
});
