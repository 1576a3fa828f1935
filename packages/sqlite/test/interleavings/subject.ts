import { Agent, DependsOn, defineWorkflow, type InjectableClass, type RunContext } from '@espalier/core';
import { textFields } from '../crash/subjects/text-fields.js';

/** Where an agent lives: its process has effects, and may not be there any more. */
export interface Home {
  effect(runId: string, key: string): Promise<void>;
}

/** Whether a run waits for its answer for ever. */
export type Patience = 'some' | 'endless';

/** Waits for an answer; where none comes in time, that is an answer too. */
@Agent()
export class Ask {
  async run(patience: Patience, ctx: RunContext): Promise<string> {
    try {
      const wait = patience === 'some' ? { timeout: 500 } : {};
      const { text } = await ctx.waitFor('question', textFields('text'), wait);
      return text;
    } catch (error) {
      if ((error as { readonly code?: string }).code === 'signal-timed-out') return 'nobody answered';
      throw error;
    }
  }
}

/** Has effects, with a pause between them. */
@Agent()
export class Work {
  readonly #home: Home;

  constructor(home: Home) {
    this.#home = home;
  }

  async run(_patience: Patience, ctx: RunContext): Promise<number> {
    const act = (name: string): Promise<void> =>
      ctx.step(name, ({ idempotencyKey }) => this.#home.effect(ctx.runId, idempotencyKey));
    await act('one');
    await ctx.sleep(100);
    await Promise.all([act('two'), act('three')]);
    return 3;
  }
}

@Agent()
@DependsOn(Ask, Work)
export class Tell {
  readonly #home: Home;

  constructor(home: Home) {
    this.#home = home;
  }

  async run(text: string, effects: number, ctx: RunContext): Promise<string> {
    await ctx.step('tell', ({ idempotencyKey }) => this.#home.effect(ctx.runId, idempotencyKey));
    return `${text}, ${effects}`;
  }
}

export const workflow = defineWorkflow({ name: 'interleaved', version: 1, output: Tell });

/** Makes agents that live here. */
export const madeAt = (home: Home) => ({
  get: <T>(token: unknown): T => new (token as InjectableClass<T>)(home),
});
