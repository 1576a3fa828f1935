import { describe, expect, it } from '@jest/globals';
import { readArguments, UsageError } from './arguments.js';
import { contenders as allContenders } from './contenders/index.js';
import { scenarios as allScenarios } from './scenarios/index.js';

const scenarioNames = (...args: string[]): string[] => readArguments(args).scenarios.map(({ name }) => name);

describe('readArguments', () => {
  it('takes everything when nothing is said', () => {
    const { scenarios, contenders, quick, strict, json } = readArguments([]);
    expect(scenarios).toEqual(allScenarios);
    expect(contenders).toEqual(allContenders);
    expect({ quick, strict, json }).toEqual({ quick: false, strict: false, json: undefined });
  });

  it('takes a family of scenarios, or one of them', () => {
    expect(scenarioNames('--only', 'chain,diamond')).toEqual([
      'chain-10',
      'chain-1000',
      'chain-100000',
      'diamond',
      'waiting',
    ]);
    expect(scenarioNames('--only=chain-10, loop')).toEqual(['chain-10', 'loop']);
    expect(scenarioNames('--only', 'agents,stream')).toEqual([
      'agents',
      'agents-rate',
      'stream',
      'stream-20',
      'first-token',
    ]);
  });

  it('takes contenders', () => {
    const { contenders } = readArguments(['--contenders', 'effect,espalier']);
    expect(contenders.map(({ name }) => name)).toEqual(['espalier', 'effect']);
  });

  it.each([
    [['--fast'], /--fast/],
    [['--only', 'chains'], /--only: unknown 'chains'\. Known: chain, /],
    [['--contenders', 'langchain'], /--contenders: unknown 'langchain'\. Known: espalier, /],
    [['--json'], /--json/],
    [['table.txt'], /table\.txt/],
  ])('says what is wrong with %j', (args, message) => {
    expect(() => readArguments(args)).toThrow(message);
    expect(() => readArguments(args)).toThrow(UsageError);
  });
});
