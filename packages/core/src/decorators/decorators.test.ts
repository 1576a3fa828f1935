import {
  Agent,
  type AgentClass,
  createEspalier,
  DependsOn,
  defineWorkflow,
  Fallback,
  ForEach,
  Handoff,
  Inject,
  Repeat,
  Retry,
  SharedState,
  Timeout,
  When,
  Writes,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { readAgent } from '../metadata/agent-definition.js';

@Agent()
class Router {
  run(input: { readonly route: string; readonly urgent: boolean }): { route: string; urgent: boolean } {
    return { ...input };
  }
}

@Agent()
class Planner {
  run(): string[] {
    return [];
  }
}

@Agent()
class Spare {
  run(): string {
    return 'spare';
  }
}

@SharedState()
class Notes {
  title = '';
  items: string[] = [];
}

@Agent({ instructions: 'You bill.' })
class Billing {}

type Decorate = (target: AgentClass) => void;

/** Every decorator of a class, in one order. */
const all: readonly Decorate[] = [
  Agent({ name: 'writer', instructions: 'You write.' }),
  DependsOn(Router, Planner) as Decorate,
  When(Router, ({ urgent }) => urgent),
  Repeat({ until: () => true, max: 2 }) as Decorate,
  Handoff(Billing, { max: 1 }),
  Writes(Notes, 'title'),
  Retry({ attempts: 2, backoff: 10 }),
  Timeout('1s'),
  Fallback(Spare) as Decorate,
];

function declared(order: readonly Decorate[]): unknown {
  class Writer {
    run(): string {
      return '';
    }
  }
  for (const decorate of order) decorate(Writer);
  const { agent: _agent, file: _file, policies, ...rest } = readAgent(Writer);
  return { ...rest, policies: new Set(policies) };
}

describe('decorators of a class', () => {
  it('say the same in every order', () => {
    const expected = declared(all);
    expect(declared([...all].reverse())).toEqual(expected);
    for (let first = 1; first < all.length; first++) {
      expect(declared([...all.slice(first), ...all.slice(0, first)])).toEqual(expected);
    }
  });

  it('are not inherited: a subclass is an agent of its own', () => {
    @Agent({ name: 'base', instructions: 'You write.', model: 'smart' })
    @When(Router, ({ urgent }) => urgent)
    @Repeat({ until: () => true, max: 2 })
    @Retry(3)
    @Writes(Notes, 'title')
    class Base {
      run(): string {
        return '';
      }
    }
    @Agent()
    class Sub extends Base {}
    expect(readAgent(Sub)).toMatchObject({
      name: 'sub',
      options: {},
      conditions: [],
      repeat: undefined,
      policies: [],
      writes: [],
      hasRun: true,
      usesModel: false,
    });
    expect(readAgent(Base)).toMatchObject({ name: 'base', repeat: { max: 2 }, conditions: [{ source: Router }] });
  });

  it('do not change when the options that they were given do', () => {
    const options = { instructions: 'You write.' };
    class Writer {}
    Agent(options)(Writer);
    options.instructions = 'You lie.';
    expect(readAgent(Writer).options).toEqual({ instructions: 'You write.' });
    expect(Object.isFrozen(readAgent(Writer).options)).toBe(true);
  });

  it('record where the class stands', () => {
    expect(readAgent(Router).file).toMatch(/decorators\.test\.ts:\d+:\d+$/);
  });
});

describe('several @When', () => {
  @Agent()
  @DependsOn(Router)
  @When(Router, ({ route }) => route === 'billing')
  @When(Router, ({ urgent }) => urgent)
  class Urgent {
    run(): string {
      return 'at once';
    }
  }

  it.each([
    ['billing', true, 'completed'],
    ['billing', false, 'skipped'],
    ['sales', true, 'skipped'],
    ['sales', false, 'skipped'],
  ])('stand for "and": %s, urgent %s', async (route, urgent, status) => {
    const workflow = defineWorkflow({ name: 'when', version: 1, output: Urgent });
    const espalier = await createEspalier({ workflows: [workflow] });
    const outcome = await espalier.start(workflow, { route, urgent }).outcome;
    expect(outcome.nodes()).toMatchObject({ urgent: { status } });
  });

  it('are read in the order in which they are written', () => {
    expect(
      readAgent(Urgent).conditions.map(({ predicate }) =>
        predicate({ route: 'billing', urgent: false }, { input: null }),
      ),
    ).toEqual([true, false]);
  });
});

describe('@Inject', () => {
  it('refuses at once to stand where nothing would inject', () => {
    const place = Inject('token') as (...args: unknown[]) => void;
    class Writer {}
    const wrong = (at: string) =>
      expect.objectContaining({
        code: 'option-invalid',
        message: `@Inject on ${at}: only parameters of a constructor are injected.`,
        hint: 'Write constructor(@Inject(TOKEN) readonly service: Service) {} in class Writer.',
      });
    expect(() => place(Writer.prototype, 'index')).toThrow(wrong('Writer.index'));
    expect(() => place(Writer.prototype, 'search', 0)).toThrow(wrong('Writer.search'));
    expect(() => place(Writer)).toThrow(wrong('Writer'));
  });
});

describe('@Agent', () => {
  it('refuses `tools` that are no list', () => {
    expect(() => Agent({ tools: Router as never })(class Writer {})).toThrow(
      expect.objectContaining({
        code: 'option-invalid',
        message: '@Agent({ tools }) on Writer: expected a list, got Router (function).',
        hint: 'Write @Agent({ tools: [Router] }).',
      }),
    );
  });
});

describe('several @Writes', () => {
  it('add up', () => {
    @Agent()
    @Writes(Notes, 'title')
    @Writes(Notes, 'items')
    class Writer {}
    expect(readAgent(Writer).writes).toEqual([
      { state: Notes, fields: ['title'] },
      { state: Notes, fields: ['items'] },
    ]);
  });
});

describe('@ForEach', () => {
  it('keeps what it was given', () => {
    const items = (plan: string[]): string[] => plan;
    @Agent()
    @ForEach(Planner, { items, max: 5, concurrency: 2, dependsOn: [Router] })
    class Section {
      run(item: string): string {
        return item;
      }
    }
    expect(readAgent(Section).forEach).toEqual({ source: Planner, items, max: 5, concurrency: 2, dependsOn: [Router] });
  });
});
