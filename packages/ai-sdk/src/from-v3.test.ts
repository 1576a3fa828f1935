import type { ChatRequest } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { convertArrayToReadableStream, MockLanguageModelV3 } from 'ai/test';
import { call, collect, failureOf } from '../test/collect.js';
import { ask, finish, hello } from '../test/mocked.js';
import { type AiSdkWarning, aiSdk } from './index.js';

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
