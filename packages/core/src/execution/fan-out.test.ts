import {
  Agent,
  append,
  Budget,
  createEspalier,
  DependsOn,
  defineWorkflow,
  each,
  ForEach,
  MemoryJournal,
  Merge,
  optional,
  type RunContext,
  SharedState,
  VirtualClock,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { eventsOf } from '../../test/build.js';

@SharedState()
class Notes {
  @Merge(append) items: string[] = [];
}

@Agent()
class Planner {
  run(titles: readonly string[]): readonly string[] {
    return titles;
  }
}

@Agent()
@ForEach(Planner, { items: (titles) => titles, max: 10 })
class Section {
  run(title: string, ctx: RunContext): string {
    ctx.state(Notes).write({ items: [title] });
    if (title.startsWith('bad')) throw new Error(`cannot write ${title}`);
    return title.toUpperCase();
  }
}

@Agent()
@DependsOn(each(optional(Section)))
class Book {
  run(sections: readonly (string | null)[], ctx: RunContext): unknown {
    return { sections, notes: ctx.state(Notes).read().items };
  }
}

const book = defineWorkflow({ name: 'book', version: 1, output: Book, failFast: true });
const titles = ['a', 'bad b', 'c'];
const expected = { sections: ['A', null, 'C'], notes: ['a', 'c'] };

describe('@ForEach with each(optional(…))', () => {
  it('leaves null in the place of an item that fails, keeps what the others wrote, and completes', async () => {
    const espalier = await createEspalier({ workflows: [book] });
    const run = espalier.start(book, titles);
    await expect(run.result).resolves.toEqual(expected);
    const { nodes } = await run.outcome;
    expect(nodes().section).toEqual({ status: 'completed', output: expected.sections });
    const ends = (await eventsOf(run)).flatMap((event) =>
      event.type === 'node-end' && event.node.startsWith('section')
        ? [[event.node, event.status, event.error?.message]]
        : [],
    );
    expect(ends).toEqual([
      ['section[0]', 'completed', undefined],
      ['section[1]', 'failed', 'cannot write bad b'],
      ['section[2]', 'completed', undefined],
      ['section', 'completed', undefined],
    ]);
    await expect(espalier.run(book, ['bad'])).resolves.toEqual({ sections: [null], notes: [] });
    expect(espalier.describe(book).nodes.find(({ name }) => name === 'section')?.forEach).toEqual({
      max: 10,
      mayFail: true,
    });
  });

  it('gives the same after a restart', async () => {
    @Agent()
    @DependsOn(Book)
    class Proof {
      async run(content: unknown, ctx: RunContext): Promise<unknown> {
        await ctx.sleep('1h');
        return content;
      }
    }
    @Agent()
    @DependsOn(each(optional(Section)), Proof)
    class Shelf {
      run(sections: readonly (string | null)[], content: unknown): unknown {
        return { sections, content };
      }
    }
    const shelf = defineWorkflow({ name: 'shelf', version: 1, output: Shelf });
    const [store, clock] = [new MemoryJournal(), new VirtualClock()];
    const first = await createEspalier({ workflows: [shelf], store, clock });
    const run = first.start(shelf, titles);
    await clock.advance(10);
    await first.drain();
    const second = await createEspalier({ workflows: [shelf], store, clock });
    const resumed = await second.resume(run.id);
    await clock.advance(3_600_000);
    await expect(resumed.result).resolves.toEqual({ sections: expected.sections, content: expected });
  });

  it('fails all the same where a budget is spent', async () => {
    const model = {
      name: 'test:one',
      generate: async () => ({ content: [{ type: 'text' as const, text: 'x' }], finishReason: 'stop' as const }),
    };
    @Agent({ instructions: 'You write.' })
    @ForEach(Planner, { items: (all) => all, max: 10, concurrency: 1 })
    @Budget({ modelCalls: 1 })
    class Costly {}
    @Agent()
    @DependsOn(each(optional(Costly)))
    class Sum {
      run(all: readonly (string | null)[]): number {
        return all.length;
      }
    }
    const sum = defineWorkflow({ name: 'sum', version: 1, output: Sum });
    const espalier = await createEspalier({ workflows: [sum], models: { default: model as never } });
    const { nodes } = await espalier.start(sum, ['a', 'b']).outcome;
    expect(nodes().costly).toMatchObject({ status: 'failed', error: { code: 'budget-exceeded' } });
  });
});

describe('@ForEach', () => {
  it('gives null for an item that gives nothing', async () => {
    @Agent()
    @ForEach(Planner, { items: (all) => all, max: 10 })
    class Mailer {
      run(title: string): string | undefined {
        return title === 'b' ? undefined : title;
      }
    }
    @Agent()
    @DependsOn(each(Mailer))
    class All {
      run(all: readonly (string | null)[]): unknown {
        return all;
      }
    }
    const all = defineWorkflow({ name: 'all', version: 1, output: All });
    const espalier = await createEspalier({ workflows: [all] });
    await expect(espalier.run(all, ['a', 'b'])).resolves.toEqual(['a', null]);
  });
});
