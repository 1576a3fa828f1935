import { userText } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { call, collect, failureOf } from '../test/collect.js';
import { answered, ask, mocked, type Result, streaming } from '../test/mocked.js';

describe('answers', () => {
  const contentOf = async (content: Result['content']) =>
    (await mocked(answered(content)).model.generate(ask, call())).message.content;

  it.each<[Result['content'][number], string]>([
    [
      { type: 'file', mediaType: 'image/png', data: { type: 'data', data: '' } },
      "answered with a file of type 'image/png'",
    ],
    [
      { type: 'tool-call', toolCallId: '1', toolName: 'search', input: '{}', providerExecuted: true },
      "ran the tool 'search' at its provider",
    ],
    [
      { type: 'tool-result', toolCallId: '1', toolName: 'search', result: 'x' },
      "ran the tool 'search' at its provider",
    ],
    [
      { type: 'tool-approval-request', approvalId: '1', toolCallId: '1' },
      'asks for leave to run a tool at its provider',
    ],
    [{ type: 'hologram' } as never, "answered with a part of type 'hologram'"],
  ])('are refused where we cannot hold them: %j', async (part, message) => {
    expect(await failureOf(contentOf([part]))).toMatchObject({
      code: 'model-response-malformed',
      retryable: false,
      message: `Model 'acme.chat:large' ${message}: an answer here is text and calls of the agent's own tools.`,
    });
  });

  it('are refused in a stream as soon as the provider runs a tool', async () => {
    const model = streaming([{ type: 'tool-input-start', id: '1', toolName: 'search', providerExecuted: true }]);
    expect(await failureOf(collect(model, ask))).toMatchObject({ code: 'model-response-malformed', retryable: false });
  });

  it('leave sources out', async () => {
    const source = { type: 'source', sourceType: 'url', id: '1', url: 'https://a.example' } as const;
    expect(await contentOf([source, { type: 'text', text: 'So.' }])).toEqual([{ type: 'text', text: 'So.' }]);
  });

  it('carry parts that only the provider understands, there and back', async () => {
    const { model, asked } = mocked(
      answered([
        { type: 'custom', kind: 'acme.compaction', providerMetadata: { acme: { id: 'cmp_1', none: undefined } } },
        { type: 'reasoning-file', mediaType: 'image/png', data: { type: 'data', data: new Uint8Array([1, 2, 255]) } },
        { type: 'text', text: 'So.' },
      ]),
    );
    const { message } = await model.generate(ask, call());
    expect(message.content.map(({ type }) => type)).toEqual(['reasoning', 'reasoning', 'text']);
    await model.generate({ messages: [userText('?'), JSON.parse(JSON.stringify(message)), userText('!')] }, call());
    expect(asked().prompt[1]).toEqual({
      role: 'assistant',
      content: [
        { type: 'custom', kind: 'acme.compaction', providerOptions: { acme: { id: 'cmp_1' } } },
        { type: 'reasoning-file', mediaType: 'image/png', data: { type: 'data', data: 'AQL/' } },
        { type: 'text', text: 'So.' },
      ],
    });
  });

  it('of drafts and JSON are JSON: what the provider tells, else the last text that is', async () => {
    const drafts: Result['content'] = [
      { type: 'text', text: '{"a":' },
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: '1}' },
      { type: 'text', text: '{"a":2}' },
    ];
    const output = { name: 'A', schema: { type: 'object' } };
    const typesOf = async (result: Result) =>
      (await mocked(result).model.generate({ ...ask, output }, call())).message.content.map(({ type }) => type);

    expect(await typesOf(answered(drafts))).toEqual(['reasoning', 'reasoning', 'reasoning', 'text']);
    expect(await typesOf(answered(drafts, { structuredOutputText: '1}{"a":2}' }))).toEqual([
      'reasoning',
      'reasoning',
      'text',
      'text',
    ]);
    expect(await typesOf(answered(drafts.slice(0, 3)))).toEqual(['text', 'reasoning', 'text']);
    expect(await typesOf(answered(drafts, { structuredOutputText: '' }))).toEqual([
      'text',
      'reasoning',
      'text',
      'text',
    ]);
    expect(await contentOf(drafts)).toHaveLength(4);
    expect((await contentOf(drafts)).filter(({ type }) => type === 'text')).toHaveLength(3);
  });

  it.each<[Result['finishReason'], string]>([
    [{ unified: 'stop', raw: 'stop' }, 'stop'],
    [{ unified: 'length', raw: 'max_tokens' }, 'length'],
    [{ unified: 'content-filter', raw: 'SAFETY' }, 'content-filter'],
    [{ unified: 'content-filter', raw: 'refusal' }, 'refusal'],
    [{ unified: 'content-filter', raw: undefined }, 'refusal'],
    [{ unified: 'tool-calls', raw: 'tool_use' }, 'stop'],
    [{ unified: 'other', raw: 'pause' }, 'other'],
    [{ unified: 'unheard-of', raw: undefined } as never, 'other'],
  ])('end for a reason: %j', async (finishReason, expected) => {
    const { model } = mocked(answered([], { finishReason }));
    expect((await model.generate(ask, call())).finishReason).toBe(expected);
  });

  it('that broke off are worth another attempt', async () => {
    for (const [finishReason, code] of [
      [{ unified: 'interrupted', raw: undefined }, 'model-connection'],
      [{ unified: 'error', raw: undefined }, 'model-response-malformed'],
    ] as const) {
      const { model } = mocked(answered([], { finishReason }));
      expect(await failureOf(model.generate(ask, call()))).toMatchObject({ code, retryable: true });
    }
  });

  it('tell what they used, as far as the provider does', async () => {
    const usageOf = async (inputTokens: object, outputTokens: object, prices = {}) => {
      const usage = { inputTokens, outputTokens } as Result['usage'];
      return (await mocked(answered([], { usage }), { prices }).model.generate(ask, call())).usage;
    };
    const prices = { large: { input: 1, output: 2, cachedInput: 0.1, cacheWrite: 1.25 } };
    expect(
      await usageOf({ total: 1000, cacheRead: 400, cacheWrite: 100 }, { total: 500, reasoning: 200 }, prices),
    ).toEqual({
      inputTokens: 1000,
      outputTokens: 500,
      cachedInputTokens: 400,
      cacheWriteTokens: 100,
      reasoningTokens: 200,
      cost: expect.closeTo(0.001665, 10),
    });
    expect(await usageOf({ noCache: 5, cacheRead: 7 }, { text: 2, reasoning: 3 })).toMatchObject({
      inputTokens: 12,
      outputTokens: 5,
    });
    expect(await usageOf({}, {}, prices)).toEqual({});
  });
});
