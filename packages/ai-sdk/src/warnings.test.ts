import { describe, expect, it, jest } from '@jest/globals';
import { call, collect, failureOf } from '../test/collect.js';
import { answered, ask, finish, hello, mocked, streaming } from '../test/mocked.js';
import type { AiSdkWarning } from './index.js';

describe('warnings', () => {
  const warned = answered([], { warnings: [{ type: 'unsupported', feature: 'responseFormat' }] });

  it('of what is left out fail the call', async () => {
    const { model } = mocked(warned);
    expect(await failureOf(model.generate({ ...ask, settings: { seed: 1 } }, call()))).toMatchObject({
      code: 'model-request-invalid',
      retryable: false,
      message: "Model 'acme.chat:large' would leave out part of the request: responseFormat: not supported",
      hint: 'Leave it out yourself, or take such warnings with aiSdk(model, { onWarning }).',
    });
    const streamed = streaming([{ type: 'stream-start', warnings: warned.warnings }, finish]);
    expect(await failureOf(collect(streamed, ask))).toMatchObject({ code: 'model-request-invalid' });
  });

  it('of another kind, and of how an answer is drawn, are told once', async () => {
    const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const { model } = mocked(
      answered([], {
        warnings: [
          { type: 'compatibility', feature: 'reasoning', details: 'low is the least' },
          { type: 'compatibility', feature: 'strict' },
          { type: 'deprecated', setting: 'user', message: 'use safetyIdentifier' },
          { type: 'other', message: 'The moon is full.' },
          ...['temperature', 'topP', 'seed', 'stopSequences'].map((feature) => ({
            type: 'unsupported' as const,
            feature,
          })),
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
      ['EspalierWarning', "Model 'acme.chat:large': temperature: not supported"],
      ['EspalierWarning', "Model 'acme.chat:large': topP: not supported"],
      ['EspalierWarning', "Model 'acme.chat:large': seed: not supported"],
      ['EspalierWarning', "Model 'acme.chat:large': stopSequences: not supported"],
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
