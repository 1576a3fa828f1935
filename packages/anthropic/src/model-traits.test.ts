import { describe, expect, it } from '@jest/globals';
import { traitsOf } from './model-traits.js';

describe('what a model takes', () => {
  it.each([
    ['claude-3-haiku-20240307', 'budget', 4096],
    ['claude-3-5-haiku-latest', 'budget', 8192],
    ['claude-3-7-sonnet-20250219', 'budget', 16_000],
    ['claude-opus-4-20250514', 'budget', 16_000],
    ['claude-opus-4-1', 'budget', 16_000],
    ['claude-haiku-4-5', 'budget', 16_000],
    ['claude-haiku-4-5-20251001', 'budget', 16_000],
    ['claude-sonnet-4-5@20250929', 'budget', 16_000],
    ['eu.anthropic.claude-opus-4-5-20251101-v1:0', 'budget', 16_000],
    ['claude-opus-4-6', 'adaptive', 16_000],
    ['claude-sonnet-4-6', 'adaptive', 16_000],
    ['claude-opus-4-7', 'adaptive', 16_000],
    ['claude-opus-4-8-20260528', 'adaptive', 16_000],
    ['claude-opus-5', 'adaptive', 16_000],
    ['claude-sonnet-5', 'adaptive', 16_000],
    ['claude-haiku-5-5', 'adaptive', 16_000],
    ['claude-sonnet-5-5', 'between-tools', 16_000],
    ['claude-opus-5-5', 'always', 16_000],
    ['anthropic.claude-opus-5-5', 'always', 16_000],
    ['claude-fable-5-1', 'always', 16_000],
    ['claude-mythos-preview', 'always', 16_000],
    ['one-of-tomorrow', 'adaptive', 16_000],
  ])('%s: %s, %d tokens', (model, thinking, maxTokens) => {
    expect(traitsOf(model)).toMatchObject({ thinking, maxTokens });
  });

  it.each([
    ['claude-haiku-4-5', false],
    ['claude-opus-4-8', false],
    ['claude-opus-5', false],
    ['claude-sonnet-5@20260801', false],
    ['claude-fable-5', false],
    ['claude-mythos-5', false],
    ['claude-mythos-preview', false],
    ['claude-fable-5-1', true],
    ['claude-mythos-5-2', true],
    ['anthropic.claude-opus-5-5', true],
    ['claude-sonnet-5-5', true],
    ['claude-haiku-5-5', true],
    ['one-of-tomorrow', true],
  ])('%s has thinking bound to what stands before it: %s', (model, bound) => {
    expect(traitsOf(model).boundThinking === true).toBe(bound);
  });
});
