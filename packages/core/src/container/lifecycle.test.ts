import 'reflect-metadata';
import { Agent, createEspalier, DependsOn, defineWorkflow, type EspalierOptions, Inject, Tool } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { inject, injectable, LazyServiceIdentifier, postConstruct, preDestroy } from 'inversify';

/** What happened, in order. */
let log: string[] = [];
/** What a run waits for. */
let gate = Promise.resolve();

@injectable()
class Pool {
  @postConstruct()
  async open(): Promise<void> {
    await Promise.resolve();
    log.push('pool open');
  }
  @preDestroy()
  async close(): Promise<void> {
    await Promise.resolve();
    log.push('pool closed');
  }
}

@injectable()
class Index {
  constructor(readonly pool: Pool) {
    log.push('index made');
  }
  [Symbol.dispose](): void {
    log.push('index disposed');
  }
}

class File {
  async [Symbol.asyncDispose](): Promise<void> {
    log.push('file disposed');
  }
}

const shared = { [Symbol.dispose]: () => log.push('shared disposed') };

@Agent()
class Searcher {
  constructor(
    readonly index: Index,
    @Inject('file') readonly file: File,
    @Inject('shared') readonly shared: object,
  ) {}
  @postConstruct()
  warm(): void {
    log.push('searcher warm');
  }
  async run(): Promise<string> {
    log.push('runs');
    await gate;
    log.push('has run');
    return 'found';
  }
}

const search = defineWorkflow({ name: 'search', version: 1, output: Searcher });
const providers: EspalierOptions['providers'] = [
  Pool,
  Index,
  { provide: 'file', useFactory: async () => new File() },
  { provide: 'shared', useValue: shared },
];
const ready = ['pool open', 'index made', 'searcher warm'];
const ended = ['index disposed', 'pool closed'];

describe('what is injected', () => {
  it('is begun before the boot ends, and ended in reverse after drain; values stay as they are', async () => {
    log = [];
    const espalier = await createEspalier({ workflows: [search], providers });
    expect(log).toEqual(ready);
    await expect(espalier.run(search, 0)).resolves.toBe('found');
    log = [];
    await espalier.drain();
    expect(log.filter((line) => line !== 'file disposed')).toEqual(ended);
    expect(log).toContain('file disposed');
    await espalier.drain();
    expect(log).toHaveLength(3);
  });

  it('is ended once the last run has ended, by `await using` too', async () => {
    log = [];
    const espalier = await createEspalier({ workflows: [search], providers });
    const opened = Promise.withResolvers<void>();
    gate = opened.promise;
    const run = espalier.start(search, 0);
    while (!log.includes('runs')) await Promise.resolve();
    const over = espalier[Symbol.asyncDispose]();
    opened.resolve();
    await over;
    await expect(run.result).resolves.toBe('found');
    expect(log.indexOf('has run')).toBeGreaterThan(0);
    expect(log.indexOf('has run')).toBeLessThan(log.indexOf('index disposed'));
    expect(() => espalier.start(search, 0)).toThrow('the runtime is drained');
  });

  it('is begun and ended without a container too, where nothing is injected', async () => {
    log = [];
    class Base {
      @postConstruct()
      async first(): Promise<void> {
        await Promise.resolve();
        log.push('first');
      }
      @preDestroy()
      last(): void {
        log.push('last');
      }
    }
    @Agent()
    class Alone extends Base {
      @postConstruct()
      second(): void {
        log.push('second');
      }
      run(): string {
        return log.join();
      }
    }
    @Agent({ tools: [], model: 'default' })
    @DependsOn(Alone)
    class Asker extends Base {
      @Tool('Look')
      look(): string {
        return '';
      }
      run(text: string): string {
        return text;
      }
    }
    const alone = defineWorkflow({ name: 'alone', version: 1, output: Asker });
    const model = { name: 'test:none', generate: () => Promise.reject(new Error('not asked')) };
    const espalier = await createEspalier({ workflows: [alone], models: { default: model } });
    await expect(espalier.run(alone, null)).resolves.toBe('first,second,first');
    await espalier.drain();
    expect(log.slice(3)).toEqual(['last', 'last']);
  });

  it('is ended where the boot fails after it was made', async () => {
    log = [];
    @Agent({ instructions: 'You look.' })
    class Looker {
      constructor(readonly index: Index) {}
      @Tool({ description: 'Look', input: class Bare {} as never })
      look(_query: unknown): string {
        return '';
      }
    }
    const look = defineWorkflow({ name: 'look', version: 1, output: Looker });
    const model = { name: 'test:none', generate: () => Promise.reject(new Error('not asked')) };
    const booting = createEspalier({ workflows: [look], providers: [Pool, Index], models: { default: model } });
    await expect(booting).rejects.toMatchObject({ faults: [{ code: 'schema-unreadable' }] });
    expect(log).toEqual(['pool open', 'index made', 'index disposed', 'pool closed']);
  });

  it('that fails to begin fails the boot, and what was begun before it is ended', async () => {
    log = [];
    @injectable()
    class Broken {
      constructor(readonly pool: Pool) {}
      @postConstruct()
      async open(): Promise<void> {
        throw new Error('no connection');
      }
    }
    @Agent()
    class User {
      constructor(readonly broken: Broken) {}
      run(): string {
        return '';
      }
    }
    const use = defineWorkflow({ name: 'use', version: 1, output: User });
    await expect(createEspalier({ workflows: [use], providers: [Pool, Broken] })).rejects.toThrow('no connection');
    expect(log).toEqual(['pool open', 'pool closed']);
  });

  it('that fails to end is told of, and everything else is ended', async () => {
    log = [];
    class Stuck {
      [Symbol.dispose](): void {
        throw new Error('still busy');
      }
    }
    @Agent()
    class User {
      constructor(
        readonly index: Index,
        @Inject(Stuck) readonly stuck: Stuck,
      ) {}
      run(): string {
        return '';
      }
    }
    const use = defineWorkflow({ name: 'use', version: 1, output: User });
    const espalier = await createEspalier({ workflows: [use], providers: [Pool, Index, Stuck] });
    await expect(espalier.drain()).rejects.toMatchObject({
      code: 'dispose-failed',
      message: 'Ending Stuck failed: still busy',
      where: { class: 'Stuck' },
      cause: { message: 'still busy' },
    });
    expect(log.slice(-2)).toEqual(ended);
  });

  it('by a container of your own is yours to end', async () => {
    let gone = false;
    @Agent()
    class Mine {
      [Symbol.dispose](): void {
        gone = true;
      }
      run(): string {
        return 'mine';
      }
    }
    const mine = defineWorkflow({ name: 'mine', version: 1, output: Mine });
    const instance = new Mine();
    const espalier = await createEspalier({ workflows: [mine], resolver: { get: () => instance as never } });
    await espalier.drain();
    expect(gone).toBe(false);
  });
});

describe("inversify's own decorators", () => {
  it('name what a constructor takes', async () => {
    class Fake extends Pool {}
    @Agent()
    class User {
      constructor(
        @inject(Fake) readonly pool: Pool,
        @inject(new LazyServiceIdentifier(() => 'depth')) readonly depth: number,
      ) {}
      run(): unknown {
        return [this.pool instanceof Fake, this.depth];
      }
    }
    const use = defineWorkflow({ name: 'use', version: 1, output: User });
    const given = [Pool, Fake, { provide: 'depth', useValue: 3 }];
    const espalier = await createEspalier({ workflows: [use], providers: given });
    await expect(espalier.run(use, null)).resolves.toEqual([true, 3]);
  });

  it('on properties are refused: they would stay undefined', async () => {
    @Agent()
    class User {
      @inject(Pool) readonly pool!: Pool;
      run(): boolean {
        return this.pool === undefined;
      }
    }
    const use = defineWorkflow({ name: 'use', version: 1, output: User });
    const fault = {
      code: 'option-invalid',
      message: '@inject on User.pool: properties are not injected; it would be undefined.',
      hint: 'Write constructor(@Inject(TOKEN) readonly pool: …) {} in class User.',
    };
    for (const given of [[], [Pool]]) {
      await expect(createEspalier({ workflows: [use], providers: given })).rejects.toMatchObject({ faults: [fault] });
    }
  });
});
