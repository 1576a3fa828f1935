import type {
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider';
import {
  Agent,
  type ChatModel,
  type ChatRequest,
  createEspalier,
  defineWorkflow,
  type RunContext,
  userText,
} from '@espalier/core';
import { describe, expect, it, jest } from '@jest/globals';
import { convertArrayToReadableStream, MockLanguageModelV3, MockLanguageModelV4 } from 'ai/test';
import { call, collect, failureOf, streamOf } from '../test/collect.js';
import { type AiSdkModel, type AiSdkOptions, type AiSdkWarning, aiSdk } from './index.js';

const tokens = {
  inputTokens: { total: 10, noCache: 10, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 3, text: 3, reasoning: undefined },
};
const stopped = { unified: 'stop', raw: 'stop' } as const;
type Result = LanguageModelV4GenerateResult;
const answered = (content: Result['content'], more: Partial<Result> = {}): Result => ({
  content,
  finishReason: stopped,
  usage: tokens,
  warnings: [],
  ...more,
});
const hello = answered([{ type: 'text', text: 'Hello.' }]);
const ask: ChatRequest = { messages: [userText('?')] };

/** A model that gives this, as the AI SDK's own test helpers make it, and what it was asked with. */
function mocked(result: Result | (() => never), options: AiSdkOptions = {}, more: object = {}) {
  const mock = new MockLanguageModelV4({
    provider: 'acme.chat',
    modelId: 'large',
    doGenerate: result as Result,
    ...more,
  });
  const asked = (): LanguageModelV4CallOptions => {
    const last = mock.doGenerateCalls.at(-1);
    if (last === undefined) throw new Error('the model was not asked');
    return last;
  };
  return { model: aiSdk(mock, options), asked };
}

const streaming = (parts: readonly LanguageModelV4StreamPart[], options: AiSdkOptions = {}): ChatModel =>
  aiSdk(
    new MockLanguageModelV4({
      provider: 'acme.chat',
      modelId: 'large',
      doStream: { stream: convertArrayToReadableStream([...parts]) },
    }),
    options,
  );
const finish: LanguageModelV4StreamPart = { type: 'finish', finishReason: stopped, usage: tokens };

describe('aiSdk', () => {
  it('asks with the whole request and nothing besides', async () => {
    const { model, asked } = mocked(hello);
    const options = call();
    const parameters = { type: 'object', properties: {} };
    await model.generate(
      {
        messages: [
          { role: 'system', content: 'Be brief.' },
          userText('High water?'),
          {
            role: 'assistant',
            content: [{ type: 'tool-call', id: 'c1', tool: 'tide', arguments: '{"port":"Brest"}' }],
          },
          { role: 'tool', callId: 'c1', tool: 'tide', content: '04:10', failed: false },
          userText('Sure?'),
        ],
        tools: [{ name: 'tide', description: 'Looks up', parameters }],
        toolChoice: 'required',
        output: { name: 'Tide', schema: parameters },
        settings: { topP: 0.9, reasoning: 'high' },
      },
      options,
    );
    expect(asked()).toEqual({
      prompt: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text: 'High water?' }] },
        {
          role: 'assistant',
          content: [{ type: 'tool-call', toolCallId: 'c1', toolName: 'tide', input: { port: 'Brest' } }],
        },
        {
          role: 'tool',
          content: [
            { type: 'tool-result', toolCallId: 'c1', toolName: 'tide', output: { type: 'text', value: '04:10' } },
          ],
        },
        { role: 'user', content: [{ type: 'text', text: 'Sure?' }] },
      ],
      tools: [{ type: 'function', name: 'tide', description: 'Looks up', inputSchema: parameters }],
      toolChoice: { type: 'required' },
      responseFormat: { type: 'json', name: 'Tide', schema: parameters },
      topP: 0.9,
      reasoning: 'high',
      headers: { 'Idempotency-Key': 'run/node#1/model' },
      abortSignal: expect.any(AbortSignal),
    });

    await model.generate({ ...ask, toolChoice: 'auto' }, options);
    expect(asked()).toEqual({
      prompt: [{ role: 'user', content: [{ type: 'text', text: '?' }] }],
      headers: { 'Idempotency-Key': 'run/node#1/model' },
      abortSignal: expect.any(AbortSignal),
    });
  });

  it('runs in an agent, streamed and whole', async () => {
    @Agent({ instructions: 'Greet.' })
    class Greeter {
      async run(name: string, ctx: RunContext): Promise<string> {
        let text = '';
        for await (const piece of ctx.stream(`Greet ${name}`)) text += `${piece}|`;
        return text;
      }
    }
    const greet = defineWorkflow({ name: 'greet', version: 1, output: Greeter });
    const model = streaming([
      { type: 'text-start', id: '1' },
      { type: 'text-delta', id: '1', delta: 'Hello, ' },
      { type: 'text-delta', id: '1', delta: 'Ada.' },
      { type: 'text-end', id: '1' },
      finish,
    ]);
    const espalier = await createEspalier({ workflows: [greet], models: { default: model } });
    const { output, usage } = await espalier.start(greet, 'Ada').outcome;
    expect(output).toBe('Hello, |Ada.|');
    expect(usage).toMatchObject({ inputTokens: 10, outputTokens: 3 });
  });

  it('is named by provider and model', () => {
    expect(mocked(hello).model.name).toBe('acme.chat:large');
  });

  it.each<[unknown, string]>([
    [
      'google/gemini-2.5-flash',
      "aiSdk(model): expected a language model of the AI SDK, got 'google/gemini-2.5-flash' (string).",
    ],
    [undefined, 'aiSdk(model): expected a language model of the AI SDK, got undefined.'],
    [
      { specificationVersion: 'v4' },
      'aiSdk(model): expected a language model of the AI SDK, got an object without provider and id.',
    ],
    [
      { specificationVersion: 'v4', provider: 'acme', modelId: 'embed' },
      "aiSdk(model): expected a language model of the AI SDK, got 'acme:embed', which makes no text.",
    ],
    [
      { ...new MockLanguageModelV4({ provider: 'acme' }), specificationVersion: 'v2' },
      "aiSdk(model): expected specification 'v4' or 'v3' (AI SDK 7 or 6), got 'v2' (string) from 'acme:mock-model-id'.",
    ],
  ])('refuses what is no model of a specification that it knows: %j', (model, message) => {
    expect(() => aiSdk(model as AiSdkModel)).toThrow(expect.objectContaining({ code: 'option-invalid', message }));
  });

  it.each<[object, string]>([
    [{ temperature: 1 }, "aiSdk(model, options): unknown option 'temperature'."],
    [{ strictSchemas: 1 }, 'aiSdk(model, options): strictSchemas: expected true or false, got 1.'],
    [{ onWarning: true }, 'aiSdk(model, options): onWarning: expected a function, got boolean.'],
    [{ providerOptions: { google: 1 } }, 'aiSdk(model, options): providerOptions.google: expected an object, got 1.'],
  ])('refuses options that it does not know: %j', (options, message) => {
    expect(() => mocked(hello, options)).toThrow(expect.objectContaining({ code: 'option-invalid', message }));
  });

  it('merges what only the provider knows: of the model, then of the agent', async () => {
    const { model, asked } = mocked(hello, { providerOptions: { acme: { a: 1, b: 1 } } });
    const providers = { 'ai-sdk': { acme: { b: 2 }, other: { c: 3 } } };
    await model.generate({ ...ask, settings: { providers } }, call());
    expect(asked().providerOptions).toEqual({ acme: { a: 1, b: 2 }, other: { c: 3 } });
  });

  it('reads files by URL only where the provider does', async () => {
    const { model, asked } = mocked(hello, {}, { supportedUrls: { 'image/*': [/^https:\/\/cdn\.example\//g] } });
    const show = (url: string, mediaType = 'image/png') =>
      model.generate(
        { messages: [{ role: 'user', content: [{ type: 'file', mediaType, url, name: 'a.png' }] }] },
        call(),
      );
    for (const url of ['https://cdn.example/a.png', 'https://cdn.example/b.png']) {
      await show(url);
      expect(asked().prompt[0]?.content).toEqual([
        { type: 'file', mediaType: 'image/png', filename: 'a.png', data: { type: 'url', url: new URL(url) } },
      ]);
    }
    expect(await failureOf(show('https://internal.example/secret.png?token=1'))).toMatchObject({
      code: 'model-request-invalid',
      message:
        "Model 'acme.chat:large': the provider does not read files of type 'image/png' by URL from https://internal.example.",
      hint: 'Fetch the file yourself and give it as `data` (base64).',
    });
    expect(await failureOf(show('https://cdn.example/a.pdf', 'application/pdf'))).toMatchObject({
      code: 'model-request-invalid',
    });
    expect(await failureOf(show('a.png'))).toMatchObject({
      message: "Model 'acme.chat:large': a file of type 'image/png' has neither data nor a whole URL.",
    });
  });
});

describe('models of AI SDK 6', () => {
  const file = { type: 'file', mediaType: 'image/png' } as const;

  it('are asked in their own form', async () => {
    const old = new MockLanguageModelV3({ doGenerate: hello as never, supportedUrls: { '*': [/./] } });
    const content = [
      { ...file, data: 'iVBORw==' },
      { ...file, url: 'https://cdn.example/a.png' },
    ];
    const response = await aiSdk(old).generate({ messages: [{ role: 'user', content }] }, call());
    expect(response.message.content).toEqual([{ type: 'text', text: 'Hello.' }]);
    expect(old.doGenerateCalls[0]?.prompt[0]?.content).toEqual([
      { ...file, data: 'iVBORw==' },
      { ...file, data: new URL('https://cdn.example/a.png') },
    ]);
  });

  it('tell that they know no reasoning setting, whole and streamed', async () => {
    const warnings: AiSdkWarning[] = [];
    const parts = [{ type: 'text-start', id: '1' }, { type: 'text-delta', id: '1', delta: 'Hi' }, finish] as const;
    const old = new MockLanguageModelV3({
      doGenerate: hello as never,
      doStream: async () => ({ stream: convertArrayToReadableStream([...parts]) as never }),
    });
    const request: ChatRequest = { ...ask, settings: { reasoning: 'low' } };
    const model = aiSdk(old, { onWarning: (warning) => warnings.push(warning) });
    await model.generate(request, call());
    const { response } = await collect(model, request);

    expect(response.message.content).toEqual([{ type: 'text', text: 'Hi' }]);
    const message = "reasoning: The model's package is of AI SDK 6, where reasoning is set by providerOptions.";
    const warning = { type: 'unsupported', feature: 'reasoning', message };
    expect(warnings).toEqual([warning, warning]);
    expect(old.doGenerateCalls[0]).not.toHaveProperty('reasoning');
    expect((await collect(model, ask)).response.finishReason).toBe('stop');
    expect(await failureOf(collect(aiSdk(old), request))).toMatchObject({ code: 'model-request-invalid' });
  });
});

describe('warnings', () => {
  const warned = answered([], { warnings: [{ type: 'unsupported', feature: 'seed' }] });

  it('of what is left out fail the call', async () => {
    const { model } = mocked(warned);
    expect(await failureOf(model.generate({ ...ask, settings: { seed: 1 } }, call()))).toMatchObject({
      code: 'model-request-invalid',
      retryable: false,
      message: "Model 'acme.chat:large' would leave out part of the request: seed: not supported",
      hint: 'Leave it out yourself, or take such warnings with aiSdk(model, { onWarning }).',
    });
    const streamed = streaming([{ type: 'stream-start', warnings: warned.warnings }, finish]);
    expect(await failureOf(collect(streamed, ask))).toMatchObject({ code: 'model-request-invalid' });
  });

  it('of another kind are told once', async () => {
    const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const { model } = mocked(
      answered([], {
        warnings: [
          { type: 'compatibility', feature: 'reasoning', details: 'low is the least' },
          { type: 'compatibility', feature: 'strict' },
          { type: 'deprecated', setting: 'user', message: 'use safetyIdentifier' },
          { type: 'other', message: 'The moon is full.' },
        ],
      }),
    );
    await model.generate(ask, call());
    await model.generate(ask, call());
    const told = emitWarning.mock.calls.map(([message, type]) => [type, message]);
    emitWarning.mockRestore();
    expect(told).toEqual([
      ['EspalierWarning', "Model 'acme.chat:large': reasoning: low is the least"],
      ['EspalierWarning', "Model 'acme.chat:large': strict: done in another way"],
      ['EspalierWarning', "Model 'acme.chat:large': user: use safetyIdentifier"],
      ['EspalierWarning', "Model 'acme.chat:large': The moon is full."],
    ]);
  });

  it('go to onWarning, which may fail the call', async () => {
    const { model } = mocked(warned, {
      onWarning: () => {
        throw new Error('no');
      },
    });
    expect(await failureOf(model.generate(ask, call()))).toMatchObject({
      code: 'model-failed',
      retryable: false,
      message: "Model 'acme.chat:large': onWarning threw: no",
    });
  });

  it('tell of settings that the AI SDK has no word for', async () => {
    const warnings: AiSdkWarning[] = [];
    const { model, asked } = mocked(hello, { onWarning: (warning) => warnings.push(warning) });
    const tools = [{ name: 'tide', description: '', parameters: {} }];
    await model.generate({ ...ask, tools, settings: { promptCache: true, parallelToolCalls: false } }, call());
    expect(warnings.map(({ type, feature }) => [type, feature])).toEqual([
      ['other', 'promptCache'],
      ['unsupported', 'parallelToolCalls'],
    ]);
    expect(asked()).not.toHaveProperty('providerOptions');

    await model.generate({ ...ask, tools, settings: { promptCache: false, parallelToolCalls: true } }, call());
    await model.generate({ ...ask, settings: { parallelToolCalls: false } }, call());
    expect(warnings).toHaveLength(2);
    expect(
      await failureOf(mocked(hello).model.generate({ ...ask, tools, settings: { parallelToolCalls: false } }, call())),
    ).toMatchObject({ code: 'model-request-invalid' });
  });
});

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

describe('streams', () => {
  it('are read no faster than the reader reads, and end with the reader', async () => {
    let pulled = 0;
    let cancelled: unknown;
    const stream = new ReadableStream<LanguageModelV4StreamPart>(
      {
        pull: (controller) => {
          pulled += 1;
          controller.enqueue({ type: 'text-delta', id: '1', delta: `${pulled} ` });
        },
        cancel: (reason) => {
          cancelled = { reason };
        },
      },
      { highWaterMark: 0 },
    );
    const model = aiSdk(new MockLanguageModelV4({ doStream: { stream } }));
    for await (const chunk of streamOf(model, ask)) {
      expect(chunk).toEqual({ type: 'text-delta', text: `${pulled} ` });
      if (pulled === 3) break;
    }
    expect(pulled).toBe(3);
    expect(cancelled).toEqual({ reason: undefined });
  });

  it('end on an abort, even where the provider does not listen', async () => {
    const controller = new AbortController();
    const model = aiSdk(new MockLanguageModelV4({ doStream: { stream: new ReadableStream() } }));
    const reading = failureOf(collect(model, ask, { signal: controller.signal, idempotencyKey: 'k' }));
    await new Promise((resolve) => setImmediate(resolve));
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await reading).toBe(reason);
    expect(await failureOf(model.generate(ask, { signal: controller.signal, idempotencyKey: 'k' }))).toBe(reason);
    expect(await failureOf(collect(model, ask, { signal: controller.signal, idempotencyKey: 'k' }))).toBe(reason);
  });

  it('without an end are broken off', async () => {
    expect(await failureOf(collect(streaming([{ type: 'text-delta', id: '1', delta: 'High ' }]), ask))).toMatchObject({
      code: 'model-connection',
      message: "Model 'acme.chat:large': the stream ended in the middle of the answer",
    });
  });

  it('keep blocks apart, in the order of their beginnings, with their last metadata', async () => {
    const metadata = (n: number) => ({ providerMetadata: { acme: { n } } });
    const { chunks, response } = await collect(
      streaming([
        { type: 'stream-start', warnings: [] },
        { type: 'response-metadata', id: 'r1' },
        { type: 'response-metadata', modelId: 'large-2' },
        { type: 'ping' },
        { type: 'text-start', id: 'a', ...metadata(1) },
        { type: 'text-start', id: 'b' },
        { type: 'text-delta', id: 'b', delta: 'B' },
        { type: 'text-delta', id: 'a', delta: 'A1' },
        { type: 'text-delta', id: 'a', delta: '', ...metadata(2) },
        { type: 'text-end', id: 'a' },
        { type: 'text-start', id: 'a' },
        { type: 'text-delta', id: 'a', delta: 'A2' },
        { type: 'raw', rawValue: {} },
        { type: 'later' } as never,
        { type: 'reasoning-delta', id: 'a', delta: 'hm' },
        { type: 'tool-input-start', id: 'c', toolName: 'code', inputEncoding: 'text' },
        { type: 'tool-input-delta', id: 'c', delta: 'x = 1' },
        { type: 'tool-input-end', id: 'c' },
        { type: 'tool-call', toolCallId: 'c', toolName: 'code', input: '{"code":"x = 1"}' },
        finish,
      ]),
      ask,
    );
    expect(chunks).toEqual([
      { type: 'text-delta', text: 'B' },
      { type: 'text-delta', text: 'A1' },
      { type: 'text-delta', text: 'A2' },
      { type: 'reasoning-delta', text: 'hm' },
      { type: 'tool-call-delta', id: 'c', tool: 'code', arguments: '{"code":"x = 1"}' },
    ]);
    expect(response).toEqual({
      message: {
        role: 'assistant',
        content: [
          { type: 'text', text: 'A1', provider: { 'ai-sdk': { from: 'acme.chat', metadata: { acme: { n: 2 } } } } },
          { type: 'text', text: 'B' },
          { type: 'text', text: 'A2' },
          { type: 'reasoning', text: 'hm', provider: { 'ai-sdk': { from: 'acme.chat' } } },
          { type: 'tool-call', id: 'c', tool: 'code', arguments: '{"code":"x = 1"}' },
        ],
      },
      finishReason: 'tool-calls',
      usage: { inputTokens: 10, outputTokens: 3 },
      model: 'large-2',
      requestId: 'r1',
    });
  });
});
