import { Agent } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { testWorkflow } from '../runs/test-workflow.js';
import { espalierMatchers } from './espalier-matchers.js';
import type { MatcherContext } from './matcher.js';

@Agent()
class Greeter {
  run(): string {
    return 'hello';
  }
}

/** An object that has these members and refuses to be asked for others. */
const only = <T extends object>(members: T, what: string): T =>
  new Proxy(members, {
    get(target, key, receiver) {
      if (!Object.hasOwn(target, key)) throw new Error(`${what} of another runner has no '${String(key)}'.`);
      return Reflect.get(target, key, receiver) as unknown;
    },
  });

/** What `expect.extend` of vitest gives to a matcher, as far as its documentation says: by its own means, not jest's. */
const context: MatcherContext = only(
  {
    isNot: false,
    promise: '',
    customTesters: [],
    equals: (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b),
    utils: only(
      {
        matcherHint: (name: string) => `expect(run).${name}()`,
        stringify: (value: unknown) => JSON.stringify(value),
        iterableEquality: undefined,
      },
      'utils',
    ),
  },
  'the context',
);

describe('the matchers, in a runner other than jest', () => {
  const all = Object.entries(espalierMatchers) as unknown as readonly (readonly [
    string,
    (this: MatcherContext, ...given: readonly unknown[]) => { readonly pass: boolean; message(): string },
  ])[];
  /** What each of them expects of a run. */
  const expected: Readonly<Record<string, readonly unknown[]>> = {
    toHaveAskedModel: ['hello'],
    toHaveCalledTool: ['look', { text: 'hello' }],
    toHaveOrder: ['greeter', 'greeter'],
    toHaveOutput: ['greeter', 'hello'],
    toHaveSpentAtMost: [{ modelCalls: 0 }],
    toHaveStatus: ['failed'],
    toHaveWaitedFor: ['approve'],
  };

  it('ask for nothing that it does not give, and tell what they found', async () => {
    const run = await (await testWorkflow(Greeter)).run('x');
    expect(all.length).toBeGreaterThan(8);
    for (const [name, matcher] of all) {
      const { pass, message } = await matcher.call(context, run, ...(expected[name] ?? ['greeter']));
      expect(`${name}: ${message()}`).toContain(`expect(run).${name}()`);
      expect(typeof pass).toBe('boolean');
    }
  });

  it('decide as they do in jest', async () => {
    const { run } = await testWorkflow(Greeter);
    const { toHaveCompleted, toHaveSkipped } = Object.fromEntries(all);
    expect((await toHaveCompleted?.call(context, await run('x')))?.pass).toBe(true);
    expect((await toHaveSkipped?.call(context, await run('x'), 'greeter'))?.pass).toBe(false);
  });
});
