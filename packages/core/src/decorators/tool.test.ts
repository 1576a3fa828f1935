import { Agent, createEspalier, defineWorkflow, Retry, Tool } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { IsString } from 'class-validator';
import { readTools } from '../metadata/agent-definition.js';

class Query {
  @IsString()
  text = '';
}

/** `@Tool` as plain JavaScript may use it. */
const apply = (prototype: object, member: string | symbol, descriptor?: PropertyDescriptor): unknown =>
  (Tool('Search') as unknown as (...args: unknown[]) => unknown)(prototype, member, descriptor);
const descriptorOf = (target: object, member: string | symbol): PropertyDescriptor | undefined =>
  Object.getOwnPropertyDescriptor(target, member);

const mark = Symbol('mark');
class Odd {
  static make(): string {
    return '';
  }
  get now(): string {
    return '';
  }
  [mark](): string {
    return '';
  }
  search(): string {
    return '';
  }
}

describe('@Tool', () => {
  it.each<[string, () => unknown, string, string]>([
    [
      'a static method',
      () => apply(Odd, 'make', descriptorOf(Odd, 'make')),
      '@Tool on Odd.make: a tool is a method of an instance, not a static one.',
      'Remove `static` from make.',
    ],
    [
      'an accessor',
      () => apply(Odd.prototype, 'now', descriptorOf(Odd.prototype, 'now')),
      '@Tool on Odd.now: a tool is a method, not an accessor.',
      'Write now(input: Input) { … } instead.',
    ],
    [
      'a property',
      () => apply(Odd.prototype, 'text'),
      '@Tool on Odd.text: a tool is a method, not a property.',
      'Write text(input: Input) { … } instead.',
    ],
    [
      'a method whose name is a symbol',
      () => apply(Odd.prototype, mark, descriptorOf(Odd.prototype, mark)),
      '@Tool on Odd.Symbol(mark): a model can only call a method whose name is text, not a symbol.',
      'Give the method a name.',
    ],
    [
      'a method that has it',
      () => {
        apply(Odd.prototype, 'search', descriptorOf(Odd.prototype, 'search'));
        apply(Odd.prototype, 'search', descriptorOf(Odd.prototype, 'search'));
      },
      '@Tool on Odd.search: it stands there twice.',
      'Keep one @Tool on the method.',
    ],
  ])('refuses %s at once, so that the stack points at it', (_what, use, message, hint) => {
    expect(use).toThrow(expect.objectContaining({ code: 'option-invalid', message, hint }));
  });

  it('is inherited; what overrides replaces, and a protected method may have it', () => {
    class Base {
      @Tool('Search')
      search(query: Query): string {
        return query.text;
      }
      @Tool('Count')
      protected count(): number {
        return this.search(new Query()).length;
      }
    }
    class More extends Base {
      @Tool('Search better')
      override search(query: Query): string {
        return `better ${query.text}`;
      }
      @Tool('Stop')
      stop(): string {
        return '';
      }
    }
    class Silent extends Base {
      override search(): string {
        return 'of the subclass';
      }
    }
    const told = (target: new () => object): unknown =>
      readTools(target.prototype as object).map(({ method, description, parameters }) => [
        method,
        description,
        parameters,
      ]);
    expect(told(Base)).toEqual([
      ['search', 'Search', [Query]],
      ['count', 'Count', []],
    ]);
    expect(told(More)).toEqual([
      ['search', 'Search better', [Query]],
      ['count', 'Count', []],
      ['stop', 'Stop', []],
    ]);
    expect(told(Silent)).toEqual(told(Base));
  });

  it('stands with policies in any order', async () => {
    @Agent({ instructions: 'You search.' })
    class Searcher {
      @Tool('Search')
      @Retry(2)
      search(query: Query): string {
        return query.text;
      }
      @Retry(2)
      @Tool('Find')
      find(query: Query): string {
        return query.text;
      }
    }
    const workflow = defineWorkflow({ name: 'tools', version: 1, output: Searcher });
    const model = { name: 'test:none', generate: () => Promise.reject(new Error('not asked')) };
    const espalier = await createEspalier({ workflows: [workflow], models: { default: model } });
    expect(espalier.describe(workflow).nodes[0]?.tools).toEqual(['search', 'find']);
  });
});
