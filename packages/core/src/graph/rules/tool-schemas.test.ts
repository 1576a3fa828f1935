import { Agent, Tool } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { IsString } from 'class-validator';
import { z } from 'zod';
import { prove } from '../../../test/prove.js';
import { toolsKey } from '../../metadata/agent-metadata.js';

class Query {
  @IsString()
  text = '';
}

interface Shape {
  readonly text: string;
}

const hint =
  "Declare a class with class-validator decorators as the first parameter, or write @Tool({ description: '…', input: z.object({ … }) }).";

describe('the arguments of a tool', () => {
  it('have a shape: none, a class, or `input`', () => {
    @Agent({ instructions: 'You search.' })
    class Searcher {
      @Tool('Now')
      now(): string {
        return '';
      }
      @Tool('Search')
      search(query: Query): string {
        return query.text;
      }
      @Tool({ description: 'Find', input: z.object({ text: z.string() }) })
      find(shape: Shape): string {
        return shape.text;
      }
    }
    expect(prove(Searcher)).toEqual([]);
  });

  it('are told of where they have none, also in tool classes, with the place', () => {
    class Library {
      @Tool('Look up')
      lookUp(text: string): string {
        return text;
      }
    }
    @Agent({ instructions: 'You search.', tools: [Library] })
    class Searcher {
      @Tool('Search')
      search(shape: Shape): string {
        return shape.text;
      }
    }
    const faults = prove(Searcher);
    expect(faults.map(({ code, message }) => [code, message])).toEqual([
      [
        'schema-unreadable',
        'Tool Library.lookUp: its first parameter is a string; no schema of its arguments can be read.',
      ],
      [
        'schema-unreadable',
        'Tool Searcher.search: its first parameter is an interface, a type literal or a union; no schema of its arguments can be read.',
      ],
    ]);
    for (const fault of faults) {
      expect(fault.hint).toBe(hint);
      expect(fault.where.argument).toBe(0);
      expect(fault.where.file).toMatch(/tool-schemas\.test\.ts:\d+:\d+$/);
    }
    expect(faults.map(({ where }) => where.class)).toEqual(['Library.lookUp', 'Searcher.search']);
  });

  it.each<[string, readonly unknown[] | undefined, string]>([
    ['a circular import', [undefined], 'its first parameter is undefined: two files may import each other'],
    ['no metadata', undefined, 'the compiler wrote no parameter types (emitDecoratorMetadata is off)'],
    ['a list', [Array], 'its first parameter is an array'],
    ['a map', [Map], 'its first parameter is a Map'],
  ])('cannot be read after %s', (_why, parameters, problem) => {
    @Agent({ instructions: 'You search.' })
    class Searcher {
      search(shape: Shape): string {
        return shape.text;
      }
    }
    toolsKey.write(Searcher.prototype, new Map([['search', { method: 'search', description: 'Search', parameters }]]));
    expect(prove(Searcher)).toMatchObject([
      {
        code: 'schema-unreadable',
        message: `Tool Searcher.search: ${problem}; no schema of its arguments can be read.`,
        hint,
      },
    ]);
  });

  it('need none where the compiler wrote nothing and the method takes nothing', () => {
    @Agent({ instructions: 'You tell the time.' })
    class Clock {
      now(): string {
        return '';
      }
    }
    toolsKey.write(Clock.prototype, new Map([['now', { method: 'now', description: 'Now', parameters: undefined }]]));
    expect(prove(Clock)).toEqual([]);
  });
});
