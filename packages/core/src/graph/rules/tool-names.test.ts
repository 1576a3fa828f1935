import { Agent, type AgentOptions, asTool, Handoff, Tool } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { prove, told } from '../../../test/prove.js';

class Library {
  @Tool('Search the library')
  search(): string {
    return '';
  }
}

class Empty {}

@Agent({ instructions: 'You find things.' })
class Search {}

@Agent({ name: 'billing@home', instructions: 'You bill.' })
class Billing {}

function faultsOf(tools: unknown): ReturnType<typeof told> {
  @Agent({ instructions: 'You write.', tools: tools as NonNullable<AgentOptions['tools']> })
  class Writer {
    @Tool('Search the web')
    search(): string {
      return '';
    }
  }
  return told(prove(Writer));
}

describe('the tools of an agent', () => {
  it('may have one name if they are of different agents', () => {
    @Agent({ instructions: 'You find more.', tools: [Library] })
    class Finder {}
    expect(faultsOf([asTool(Finder)])).toEqual([]);
  });

  it.each<[string, unknown, string, string]>([
    ['a class', Library, 'Library.search', "Write @Tool({ name: 'search_2', description: '…' }) above Library.search."],
    ['an agent', asTool(Search), 'asTool(Search)', "Write asTool(Search, { name: 'search_2' })."],
  ])('are told apart by name, also those of %s', (_what, tool, origin, hint) => {
    expect(faultsOf([tool])).toEqual([
      ['tool-name-ambiguous', 'Writer', `Writer has two tools named 'search': Writer.search and ${origin}.`, hint],
    ]);
  });

  it('are told apart from hand-offs', () => {
    @Agent({ instructions: 'You greet.', tools: [asTool(Search, { name: 'handoff_to_search' })] })
    @Handoff(Search, { max: 1 })
    class Desk {}
    expect(told(prove(Desk))).toEqual([
      [
        'tool-name-ambiguous',
        'Desk',
        "Desk has two tools named 'handoff_to_search': asTool(Search) and @Handoff(Search).",
        "Write @Agent({ name: '…' }) above class Search: the tool's name is made of it.",
      ],
    ]);
  });

  it('have names that providers take', () => {
    class Odd {
      @Tool({ name: 'search the web!', description: 'Search' })
      find(): string {
        return '';
      }
    }
    expect(faultsOf([Odd])).toEqual([
      [
        'option-invalid',
        'Writer',
        "Tool Odd.find of Writer: expected a name of 1 to 64 letters, digits, '_' and '-', got \"search the web!\" (string).",
        "Write @Tool({ name: 'search_the_web', description: '…' }) above Odd.find.",
      ],
    ]);
    const long = 'a'.repeat(65);
    expect(faultsOf([asTool(Search, { name: long })])[0]?.[3]).toBe(
      `Write asTool(Search, { name: '${'a'.repeat(64)}' }).`,
    );
  });

  it('whose names are made of odd node names are told of as well', () => {
    @Agent({ instructions: 'You greet.' })
    @Handoff(Billing, { max: 1 })
    class Desk {}
    expect(told(prove(Desk)).map(([code, name]) => [code, name])).toEqual([
      ['option-invalid', 'Billing'],
      ['option-invalid', 'Desk'],
    ]);
  });

  it('come from classes that have some, or from agents', () => {
    expect(faultsOf([Empty])).toEqual([
      [
        'option-invalid',
        'Writer',
        '`tools` of Writer: Empty has no @Tool() method.',
        "Write @Tool('What it does') above a method of class Empty.",
      ],
    ]);
    expect(faultsOf([Search])).toEqual([
      [
        'option-invalid',
        'Writer',
        '`tools` of Writer: Search has no @Tool() method.',
        'Write @Agent({ tools: [asTool(Search)] }) to let the model call the agent.',
      ],
    ]);
    const hint = 'Pass the class itself. If it is imported, two files may import each other: move one of the classes.';
    expect(faultsOf([undefined, 'search', () => Library])).toEqual(
      ['"search" (string)', 'a function (function)', 'undefined'].map((got) => [
        'agent-unknown',
        'Writer',
        `\`tools\` of Writer: expected a class with @Tool() methods or asTool(…), got ${got}.`,
        hint,
      ]),
    );
  });
});
