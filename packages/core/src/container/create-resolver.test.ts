import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Inject } from '../decorators/inject.js';
import type { InjectableClass } from '../metadata/agent-metadata.js';
import { createResolver } from './create-resolver.js';
import type { Provider, Resolver } from './resolver.js';

/** Makes the compiler record the types of a constructor, as `@Agent()` does. */
const Injectable = (): ClassDecorator => () => {};

class Config {
  readonly limit: number = 5;
}

@Injectable()
class Index {
  constructor(readonly config: Config) {}
}

@Injectable()
class Researcher {
  constructor(
    readonly index: Index,
    @Inject('depth') readonly depth: number,
  ) {}
}

const providers: readonly Provider[] = [Config, Index, { provide: 'depth', useValue: 3 }];

async function resolver(classes: readonly InjectableClass[], given: readonly Provider[] = []): Promise<Resolver> {
  const created = await createResolver(classes, given);
  expect(created.faults).toEqual([]);
  return created.resolver;
}
const faultsOf = async (classes: readonly InjectableClass[], given: readonly Provider[] = []) =>
  (await createResolver(classes, given)).faults;

describe('createResolver', () => {
  it('gives one instance of each class, with what its constructor takes', async () => {
    const made = await resolver([Researcher], providers);
    const researcher = await made.get(Researcher);
    expect(researcher.index).toBeInstanceOf(Index);
    expect([researcher.depth, researcher.index.config.limit]).toEqual([3, 5]);
    expect(await made.get(Researcher)).toBe(researcher);
    expect(await made.get(Index)).toBe(researcher.index);
    expect(await made.get(Config)).toBe(researcher.index.config);
  });

  it('needs no container where nothing is to be injected', async () => {
    class Bare {}
    const made = await resolver([Bare, Config]);
    const bare = made.get(Bare);
    expect(bare).toBeInstanceOf(Bare);
    expect(made.get(Bare)).toBe(bare);
  });

  it('takes values, classes and factories for tokens of all kinds', async () => {
    const key = Symbol('key');
    abstract class Port {
      abstract name(): string;
    }
    class Adapter extends Port {
      name(): string {
        return 'adapter';
      }
    }
    @Injectable()
    class User {
      constructor(
        readonly port: Port,
        @Inject(key) readonly text: string,
        @Inject('off') readonly off: boolean,
      ) {}
    }
    const user = await (
      await resolver(
        [User],
        [
          { provide: Port, useClass: Adapter },
          { provide: 'off', useValue: false },
          { provide: key, useFactory: (port: Port, off: boolean) => `${port.name()}:${off}`, inject: [Port, 'off'] },
        ],
      )
    ).get(User);
    expect([user.port.name(), user.text, user.off]).toEqual(['adapter', 'adapter:false', false]);
  });

  it('waits for factories that take their time, also deep inside, and calls them once', async () => {
    let calls = 0;
    const made = await resolver(
      [Researcher],
      [
        Index,
        { provide: 'depth', useFactory: async () => 7 },
        {
          provide: Config,
          useFactory: async () => {
            calls += 1;
            return { limit: 9 };
          },
        },
      ],
    );
    const [researcher, index] = await Promise.all([made.get(Researcher), made.get(Index)]);
    expect([researcher.index, researcher.depth, index.config.limit, calls]).toEqual([index, 7, 9, 1]);
  });

  it('makes nothing that nobody asks for', async () => {
    let calls = 0;
    await resolver([Config], [{ provide: 'lazy', useFactory: () => ++calls }]);
    expect(calls).toBe(0);
  });

  it('lets the last of several providers of a token count', async () => {
    const fake = { limit: 1 };
    const made = await resolver(
      [Researcher],
      [...providers, { provide: Config, useValue: fake }, { provide: 'depth', useValue: 9 }],
    );
    const researcher = await made.get(Researcher);
    expect([researcher.index.config, researcher.depth]).toEqual([fake, 9]);
    const stand = { run: () => 'stand-in' };
    expect(
      await (await resolver([Researcher], [{ provide: Researcher, useValue: stand as never }])).get(Researcher),
    ).toBe(stand);
  });

  it('gives the error of a constructor or factory as it is', async () => {
    const made = await resolver(
      [Config],
      [
        {
          provide: 'broken',
          useFactory: () => {
            throw new RangeError('no such file');
          },
        },
      ],
    );
    await expect(Promise.resolve().then(() => made.get('broken'))).rejects.toThrow('no such file');
  });
});

describe('constructors', () => {
  it('of a parent serve a subclass that has none, whatever words it uses', async () => {
    @Injectable()
    class Deep extends Researcher {
      /** Unlike constructor(index), this makes another one. */
      again(): unknown {
        return new (this.constructor as new (...args: unknown[]) => unknown)(this.index, this.depth);
      }
    }
    class Deeper extends Deep {}
    const made = await resolver([Deep, Deeper], providers);
    expect((await made.get(Deep)).depth).toBe(3);
    expect((await made.get(Deeper)).index).toBeInstanceOf(Index);
  });

  it('of a subclass are its own, also without parameters', async () => {
    class Fixed extends Researcher {
      constructor() {
        super(new Index(new Config()), 1);
      }
    }
    const made = await resolver([Fixed], [{ provide: 'other', useValue: 1 }]);
    expect((await made.get(Fixed)).depth).toBe(1);
  });

  it('may have defaults for what cannot be injected', async () => {
    @Injectable()
    class Limited {
      constructor(
        readonly limit = 10,
        @Inject('depth') readonly depth = 1,
        readonly names: readonly string[] = ['a'],
      ) {}
    }
    @Injectable()
    class Alone {
      constructor(readonly limit = 10) {}
    }
    const limited = await (await resolver([Limited], providers)).get(Limited);
    expect(limited).toEqual({ limit: 10, depth: 3, names: ['a'] });
    expect(await (await resolver([Alone])).get(Alone)).toEqual({ limit: 10 });
  });
});

describe('what is wrong with providers is found at boot', () => {
  it('a class or token that nobody provides, wherever it is needed', async () => {
    expect(await faultsOf([Researcher], [Index])).toEqual([
      {
        code: 'provider-missing',
        message: "Cannot resolve the dependencies of Researcher(Index, ?): there is no provider for 'depth'.",
        hint: "Add { provide: 'depth', useValue: … } to `providers` of createEspalier.",
        where: { class: 'Researcher', argument: 1 },
      },
      {
        code: 'provider-missing',
        message: 'Cannot resolve the dependencies of Index(?): there is no provider for Config.',
        hint: 'Add Config to `providers` of createEspalier.',
        where: { class: 'Index', argument: 0 },
      },
    ]);
  });

  it('what a factory needs', async () => {
    const key = Symbol('key');
    const factory: Provider = { provide: key, useFactory: () => 1, inject: [Config, 'url'] };
    expect(await faultsOf([], [Config, factory])).toMatchObject([
      {
        message:
          "Cannot resolve the dependencies of the factory of Symbol(key)(Config, ?): there is no provider for 'url'.",
      },
    ]);
  });

  it('a parameter whose type is no class', async () => {
    @Injectable()
    class Typed {
      constructor(
        readonly config: Config,
        readonly options: { readonly a: number },
      ) {}
    }
    class Untyped {
      constructor(readonly config: Config) {}
    }
    expect(await faultsOf([Typed, Untyped], [Config])).toEqual([
      {
        code: 'provider-missing',
        message: 'Cannot resolve the dependencies of Typed(Config, ?): parameter 2 has no class as its type.',
        hint: 'Write @Inject(TOKEN) before the parameter and add { provide: TOKEN, … } to `providers`.',
        where: { class: 'Typed', argument: 1 },
      },
      {
        code: 'provider-missing',
        message: 'Cannot resolve the dependencies of Untyped(?): parameter 1 has no class as its type.',
        hint: expect.stringContaining('put a decorator on the class and set "emitDecoratorMetadata".'),
        where: { class: 'Untyped', argument: 0 },
      },
    ]);
  });

  it('circles, each once, with the whole path', async () => {
    class Hen {
      constructor(readonly egg: unknown) {}
    }
    class Egg {
      constructor(readonly nest: unknown) {}
    }
    Inject(Egg)(Hen, undefined, 0);
    Inject('nest')(Egg, undefined, 0);
    const nest: Provider = { provide: 'nest', useFactory: (hen: Hen) => hen, inject: [Hen] };
    class Farm {
      constructor(readonly hen: unknown) {}
    }
    Inject(Hen)(Farm, undefined, 0);
    expect(await faultsOf([Farm, Hen], [Egg, nest])).toEqual([
      {
        code: 'dependency-cycle',
        message: "Constructors need each other in a circle: Hen → Egg → 'nest' → Hen.",
        hint: 'Move what both need into a class of its own, or hand one of them over in a method call.',
        where: { class: 'Hen' },
      },
    ]);
    class Self {}
    Inject(Self)(Self, undefined, 0);
    expect(await faultsOf([Self])).toMatchObject([
      { message: 'Constructors need each other in a circle: Self → Self.' },
    ]);
  });

  it('no circle where one is needed by several', async () => {
    @Injectable()
    class Left {
      constructor(readonly config: Config) {}
    }
    @Injectable()
    class Both {
      constructor(
        readonly left: Left,
        readonly index: Index,
      ) {}
    }
    expect(await faultsOf([Both], [Config, Left, Index])).toEqual([]);
  });

  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [{ provide: 'a' }, 'Object (object)'],
    [{ useValue: 1 }, 'Object (object)'],
    [{ provide: 'a', useClass: undefined }, 'Object (object)'],
    ['Config', '"Config" (string)'],
  ])('what is no provider: %p', async (provider, got) => {
    expect(await faultsOf([], [Config, provider as Provider])).toEqual([
      {
        code: 'option-invalid',
        message: `providers[1]: expected a class or { provide, useValue | useClass | useFactory }, got ${got}.`,
        hint: 'Pass the class itself; in a circular import it is undefined.',
        where: {},
      },
    ]);
  });
});
