import { describe, expect, it } from '@jest/globals';
import { Agent } from '../decorators/agent.js';
import { DependsOn } from '../decorators/depends-on.js';
import { Inject } from '../decorators/inject.js';
import { Repeat } from '../decorators/repeat.js';
import { Tool } from '../decorators/tool.js';
import { When } from '../decorators/when.js';
import { Timeout } from '../policies/timeout.js';
import { readAgent, readTools } from './agent-definition.js';
import { injectKey } from './agent-metadata.js';
import { agentsOf, each, firstOf, isEach, optional } from './dependency.js';
import { metadataKey } from './metadata-key.js';
import { sourceLocation } from './source-location.js';

@Agent()
class Source {
  run(): string {
    return 'text';
  }
}

@Agent({ name: 'reader', instructions: 'Read.', model: 'smart' })
@DependsOn(Source)
@When(Source, (text) => text !== '')
@Repeat({ until: (text: string) => text === 'done', max: 3 })
@Timeout('5s')
class Reader {
  run(text: string): string {
    return text;
  }

  @Tool('Search')
  search(): string {
    return 'found';
  }

  @Tool({ name: 'look-up', description: 'Look up' })
  lookUp(): string {
    return 'found';
  }
}

describe('readAgent', () => {
  it('gives all that the decorators of a class say', () => {
    const definition = readAgent(Reader);
    expect(definition).toMatchObject({
      className: 'Reader',
      name: 'reader',
      decorated: true,
      options: { instructions: 'Read.', model: 'smart' },
      dependsOn: [Source],
      conditions: [{ source: Source }],
      repeat: { max: 3, otherwise: 'fail' },
      forEach: undefined,
      handoff: undefined,
      hasRun: true,
      usesModel: true,
    });
    expect(definition.policies.map(({ kind }) => kind)).toEqual(['timeout']);
    expect(definition.tools.map(({ method, name, description }) => [method, name, description])).toEqual([
      ['search', undefined, 'Search'],
      ['lookUp', 'look-up', 'Look up'],
    ]);
    expect(definition.file).toMatch(/metadata\.test\.ts:\d+:\d+$/);
  });

  it('takes run and tools from parents, and decorators from the class alone', () => {
    class Heir extends Reader {}
    const bare = readAgent(Heir);
    expect(bare).toMatchObject({
      decorated: false,
      name: 'heir',
      dependsOn: [],
      conditions: [],
      repeat: undefined,
      policies: [],
      options: {},
    });
    expect(bare.file).toBeUndefined();
    expect([bare.hasRun, bare.tools.length]).toEqual([true, 2]);
  });

  it('takes the declaration of a subclass for a tool that it declares again', () => {
    class Heir extends Reader {
      @Tool('Search better')
      override search(): string {
        return 'better';
      }
      @Tool('More')
      more(): string {
        return 'more';
      }
    }
    expect(readTools(Heir.prototype).map(({ description }) => description)).toEqual([
      'Search better',
      'Look up',
      'More',
    ]);
    expect(readTools(Reader.prototype).map(({ description }) => description)).toEqual(['Search', 'Look up']);
    expect(readTools(Source.prototype)).toEqual([]);
  });

  it.each<[string, string]>([
    ['Writer', 'writer'],
    ['FactChecker', 'fact-checker'],
    ['HTMLReader', 'html-reader'],
    ['ReaderV2', 'reader-v2'],
    ['URL', 'url'],
    ['Use3DModel', 'use3-d-model'],
  ])('calls a node after its class: %s → %s', (className, name) => {
    expect(readAgent({ [className]: class {} }[className] as never).name).toBe(name);
  });

  it('knows which agents may call a model', () => {
    const uses = (target: unknown, options?: Parameters<typeof Agent>[0]): boolean => {
      Agent(options)(target as never);
      return readAgent(target as never).usesModel;
    };
    class Code {
      run(): number {
        return 1;
      }
    }
    expect(uses(class {})).toBe(true);
    expect(uses(class extends Code {})).toBe(false);
    expect(uses(class extends Code {}, { instructions: '' })).toBe(true);
    expect(uses(class extends Code {}, { model: 'smart' })).toBe(true);
    expect(uses(class extends Code {}, { tools: [Reader] })).toBe(true);
    expect(uses(class extends Code {}, { tools: [] })).toBe(false);
    expect(uses(class extends Reader {})).toBe(true);
  });
});

describe('dependencies', () => {
  it('name their agents', () => {
    expect(agentsOf(Source)).toEqual([Source]);
    expect(agentsOf(optional(each(Source)))).toEqual([Source]);
    expect(agentsOf(firstOf(Source, Reader))).toEqual([Source, Reader]);
    expect(agentsOf(undefined as never)).toEqual([undefined]);
    expect(
      [Source, each(Source), optional(Source), optional(each(Source)), firstOf(Source), undefined as never].map(isEach),
    ).toEqual([false, true, false, true, false, false]);
  });

  it('are frozen', () => {
    expect([optional(Source), firstOf(Source), firstOf(Source).agents, each(Source)].every(Object.isFrozen)).toBe(true);
  });
});

describe('metadataKey', () => {
  it('is the same in another copy of the package, and keeps classes apart', () => {
    class Parent {}
    class Child extends Parent {}
    metadataKey<number>('test').write(Parent, 1);
    expect(metadataKey<number>('test').read(Parent)).toBe(1);
    expect(metadataKey<number>('other').read(Parent)).toBeUndefined();
    expect(metadataKey<number>('test').read(Child)).toBeUndefined();
  });
});

describe('@Inject', () => {
  it('names parameters of one constructor', () => {
    class Parent {
      constructor(
        @Inject('a') readonly a: string,
        readonly b: string,
        @Inject(Source) readonly c: unknown,
      ) {}
    }
    class Child extends Parent {
      constructor(@Inject('x') x: string) {
        super(x, x, x);
      }
    }
    expect([...(injectKey.read(Parent) ?? [])]).toEqual([
      [2, Source],
      [0, 'a'],
    ]);
    expect([...(injectKey.read(Child) ?? [])]).toEqual([[0, 'x']]);
  });
});

describe('sourceLocation', () => {
  const withStack = (line: string): string | undefined => {
    const limit = Error.prepareStackTrace;
    Error.prepareStackTrace = () => ['Error', '    at sourceLocation', '    at decorator', line].join('\n');
    try {
      return sourceLocation().file;
    } finally {
      Error.prepareStackTrace = limit as never;
    }
  };

  it.each([
    ['    at file:///home/a/my%20agents.ts:3:1', '/home/a/my agents.ts:3:1'],
    ['    at Object.<anonymous> (file:///home/a/b.ts:3:1)', '/home/a/b.ts:3:1'],
    ['    at Object.<anonymous> (/home/a/100%/b.ts:3:1)', '/home/a/100%/b.ts:3:1'],
    ['    at file:///home/a/%zz.ts:3:1', '/home/a/%zz.ts:3:1'],
    ['    at C:\\agents\\b.ts:3:1', 'C:\\agents\\b.ts:3:1'],
    ['    at <anonymous>', undefined],
    ['', undefined],
  ])('reads %p', (line, file) => {
    expect(withStack(line)).toBe(file);
  });
});
