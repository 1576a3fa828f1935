import { describe, expect, it } from '@jest/globals';
import { effortOf, isReasoningModel } from './model-traits.js';

describe('isReasoningModel', () => {
  it.each([
    'gpt-5',
    'gpt-5.5',
    'gpt-5-mini',
    'gpt-6.1-terra',
    'o3',
    'o4-mini',
    'codex-mini-latest',
    'openai/gpt-5',
    'gpt-oss:20b',
  ])('knows %s', (model) => expect(isReasoningModel(model)).toBe(true));
  it.each(['gpt-4.1', 'gpt-4o', 'gpt-3.5-turbo', 'gpt-5-chat-latest', 'chatgpt-4o-latest', 'llama3.3', 'mine'])(
    'takes %s for one that does not reason',
    (model) => expect(isReasoningModel(model)).toBe(false),
  );
});

describe('effortOf', () => {
  it.each([
    ['none', 'gpt-5.5', 'none'],
    ['none', 'gpt-5', 'minimal'],
    ['none', 'gpt-5-pro', 'low'],
    ['none', 'o3', 'low'],
    ['max', 'gpt-6-astra', 'max'],
    ['max', 'gpt-5.6-sol', 'max'],
    ['max', 'gpt-5.5', 'xhigh'],
    ['max', 'gpt-5.1', 'high'],
    ['max', 'gpt-5.1-codex-max', 'xhigh'],
    ['max', 'o3', 'high'],
    ['medium', 'o3', 'medium'],
    ['none', 'deepseek-chat', 'none'],
    ['max', 'deepseek-chat', 'max'],
  ] as const)('makes of %s for %s: %s', (effort, model, word) => expect(effortOf(effort, model)).toBe(word));
});
