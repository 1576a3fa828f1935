import {
  Agent,
  asTool,
  Budget,
  Cache,
  Fallback,
  RateLimit,
  Retry,
  SharedState,
  Timeout,
  Tool,
  Writes,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { prove, told } from '../../../test/prove.js';

@Agent()
class Spare {
  run(): string {
    return '';
  }
}

describe('policies', () => {
  it('stand once each, on agents and on tools', () => {
    @Agent({ instructions: 'You write.' })
    @Retry(2)
    @Timeout('1s')
    @Fallback(Spare)
    class Writer {
      @Tool('Search')
      @Retry(2)
      @Timeout('1s')
      search(): string {
        return '';
      }
    }
    expect(prove(Writer)).toEqual([]);
  });

  it('of one kind do not stand twice', () => {
    @Agent({ instructions: 'You write.' })
    @Retry(2)
    @RateLimit({ limit: 1, per: '1s' })
    @Retry(3)
    @RateLimit({ limit: 2, per: '1s' })
    class Writer {
      @Tool('Search')
      @Timeout('1s')
      @Timeout('2s')
      search(): string {
        return '';
      }
    }
    expect(told(prove(Writer))).toEqual([
      [
        'decorator-conflict',
        'Writer',
        '@RateLimit stands twice on Writer; only one can hold.',
        'Keep one @RateLimit on class Writer.',
      ],
      [
        'decorator-conflict',
        'Writer',
        '@Retry stands twice on Writer; only one can hold.',
        'Keep one @Retry on class Writer.',
      ],
      [
        'decorator-conflict',
        'Writer.search',
        '@Timeout stands twice on tool Writer.search; only one can hold.',
        'Keep one @Timeout on search().',
      ],
    ]);
  });

  it('give a tool no budget of its own', () => {
    @Agent({ instructions: 'You write.' })
    class Writer {
      @Tool('Search')
      @Budget({ tokens: 100 })
      search(): string {
        return '';
      }
    }
    expect(told(prove(Writer))).toEqual([
      [
        'decorator-conflict',
        'Writer.search',
        '@Budget stands on tool Writer.search: a tool has no budget of its own, so it would be ignored.',
        'Write @Budget above class Writer, or limit the tool with @RateLimit or @Concurrency.',
      ],
    ]);
  });

  it('put no agent in the place of a tool', () => {
    @Agent({ instructions: 'You write.' })
    class Writer {
      @Tool('Search')
      @(Fallback(Spare) as unknown as MethodDecorator)
      search(): string {
        return '';
      }
    }
    expect(told(prove(Writer))).toEqual([
      [
        'decorator-conflict',
        'Writer.search',
        "@Fallback stands on tool Writer.search: another agent cannot take a tool's place.",
        'Catch the error in search(), or put @Fallback on class Writer.',
      ],
    ]);
  });

  it('on a method that is no tool would be ignored', () => {
    @Agent({ instructions: 'You write.' })
    class Writer {
      @Timeout('1s')
      run(): string {
        return this.help();
      }
      @Budget({ tokens: 1 })
      help(): string {
        return '';
      }
    }
    expect(told(prove(Writer))).toEqual([
      [
        'decorator-conflict',
        'Writer.help',
        '@Budget stands on Writer.help, which is no tool: it would be ignored.',
        "Write @Budget above class Writer, or @Tool('What it does') above help().",
      ],
      [
        'decorator-conflict',
        'Writer.run',
        '@Timeout stands on Writer.run, which is no tool: it would be ignored.',
        'Write @Timeout above class Writer.',
      ],
    ]);
  });

  it('on classes in `tools` are checked too, once for all agents that have them', () => {
    @Retry(2)
    @Timeout('1s')
    class Library {
      @Tool('Search')
      @Timeout('1s')
      @Timeout('2s')
      search(): string {
        return '';
      }
      @Retry(2)
      help(): string {
        return '';
      }
    }
    @Agent({ instructions: 'You help.', tools: [Library] })
    class Helper {}
    @Agent({ instructions: 'You write.', tools: [Library, asTool(Helper)] })
    class Writer {}
    expect(told(prove(Writer))).toEqual([
      [
        'decorator-conflict',
        'Library',
        '@Retry stands on Library, which is no agent: it would be ignored.',
        'Write @Retry above each @Tool method of class Library.',
      ],
      [
        'decorator-conflict',
        'Library',
        '@Timeout stands on Library, which is no agent: it would be ignored.',
        'Write @Timeout above each @Tool method of class Library.',
      ],
      [
        'decorator-conflict',
        'Library.help',
        '@Retry stands on Library.help, which is no tool: it would be ignored.',
        "Write @Retry above class Writer, or @Tool('What it does') above help().",
      ],
      [
        'decorator-conflict',
        'Library.search',
        '@Timeout stands twice on tool Library.search; only one can hold.',
        'Keep one @Timeout on search().',
      ],
    ]);
  });

  it('on a static method would be ignored', () => {
    @Agent({ instructions: 'You write.' })
    class Writer {
      @Timeout('1s')
      static make(): string {
        return '';
      }
    }
    expect(told(prove(Writer))).toEqual([
      [
        'decorator-conflict',
        'Writer.make',
        '@Timeout stands on Writer.make, which is no tool: it would be ignored.',
        'Write @Timeout above class Writer.',
      ],
    ]);
  });

  it('of results are not for agents that write state', () => {
    @SharedState()
    class Notes {
      items = 0;
    }
    @Agent()
    @Cache({ ttl: '1h' })
    @Writes(Notes, 'items')
    class Writer {
      run(): string {
        return '';
      }
    }
    expect(told(prove(Writer))).toEqual([
      [
        'decorator-conflict',
        'Writer',
        'Writer has @Cache and @Writes: a cached result would write nothing.',
        'Remove @Cache from class Writer, or let another agent that depends on it write.',
      ],
    ]);
  });
});
