import { Agent, createEspalier, defineWorkflow, type RunContext, userText } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { MockLanguageModelV4 } from 'ai/test';
import { call, failureOf } from '../test/collect.js';
import { ask, finish, hello, mocked, streaming } from '../test/mocked.js';
import { type AiSdkModel, aiSdk } from './index.js';

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
    [{ strict: 1 }, 'aiSdk(model, options): strict: expected true or false, got 1.'],
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
