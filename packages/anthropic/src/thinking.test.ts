import { describe, expect, it } from '@jest/globals';
import { thinkingOf } from './thinking.js';
import { toRequest } from './to-request.js';

const adaptive = { type: 'adaptive', display: 'summarized' };

describe('how hard a model thinks', () => {
  it('is up to the model where nobody says', () => {
    expect(thinkingOf(undefined, 'claude-opus-5-5', 16_000)).toEqual({});
    expect(thinkingOf(undefined, 'claude-haiku-4-5', 16_000)).toEqual({});
  });

  it.each([
    ['claude-opus-5-5', 'low', { thinking: adaptive, effort: 'low' }],
    ['claude-sonnet-5-5', 'medium', { thinking: adaptive, effort: 'medium' }],
    ['claude-haiku-5-5', 'high', { thinking: adaptive, effort: 'high' }],
    ['claude-opus-4-6', 'max', { thinking: adaptive, effort: 'max' }],
    ['claude-haiku-4-5', 'low', { thinking: { type: 'enabled', budget_tokens: 3200 } }],
    ['claude-haiku-4-5', 'max', { thinking: { type: 'enabled', budget_tokens: 12_800 } }],
    ['claude-opus-5-5', 'none', { effort: 'low' }],
    ['claude-sonnet-5-5', 'none', { thinking: { type: 'between_tools' } }],
    ['claude-haiku-5-5', 'none', { thinking: { type: 'disabled' } }],
    ['claude-haiku-4-5', 'none', { thinking: { type: 'disabled' } }],
  ] as const)('%s, %s', (model, reasoning, expected) => {
    expect(thinkingOf(reasoning, model, 16_000)).toEqual(expected);
  });

  it('is at least what the provider takes as a budget', () => {
    expect(thinkingOf('low', 'claude-haiku-4-5', 2000)).toEqual({ thinking: { type: 'enabled', budget_tokens: 1024 } });
  });

  it('stands beside the shape of the answer, and what the program says in the words of the provider', () => {
    const { params } = toRequest(
      {
        messages: [],
        output: { name: 'Yes', schema: { type: 'object', properties: {}, required: [] } },
        settings: {
          reasoning: 'high',
          providers: { anthropic: { output_config: { effort: 'xhigh' }, thinking: { type: 'adaptive' } } },
        },
      },
      'claude-opus-5-5',
    );
    expect(params.thinking).toEqual(adaptive);
    expect(params.output_config).toMatchObject({ effort: 'xhigh', format: { type: 'json_schema' } });
  });
});
