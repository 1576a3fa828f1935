import {
  Agent,
  append,
  Calls,
  DependsOn,
  defineWorkflow,
  Merge,
  Repeat,
  type RunContext,
  SharedState,
  sum,
  Writes,
} from '@espalier/core';
import { began, step } from '../effects.js';
import type { Subject } from './subject.js';
import { textFields } from './text-fields.js';

@Agent()
class Translate {
  async run(text: string, ctx: RunContext): Promise<string> {
    began(ctx);
    await ctx.sleep(3);
    return step(ctx, 'translate', text.toUpperCase());
  }
}

const translate = defineWorkflow({ name: 'translate', version: 1, output: Translate });

@Agent()
class Ask {
  async run(text: string, ctx: RunContext): Promise<string> {
    began(ctx);
    const { name } = await ctx.waitFor('reader', textFields('name', 'by'));
    return step(ctx, 'ask', `${text} as read by ${name}`);
  }
}

const ask = defineWorkflow({ name: 'ask', version: 1, output: Ask });

@Agent()
@Calls(translate, { max: 2 })
@Calls(ask, { max: 1 })
class Publish {
  async run(text: string, ctx: RunContext): Promise<string> {
    began(ctx);
    const once = await ctx.call(translate, text);
    const twice = await ctx.call(translate, `${once} again`);
    return step(ctx, 'publish', await ctx.call(ask, twice));
  }
}

const child = defineWorkflow({ name: 'child', version: 1, output: Publish });

@SharedState()
class Notes {
  @Merge(append) items: string[] = [];
  @Merge(sum) score = 0;
}

@Agent()
@Writes(Notes, 'items', 'score')
@Repeat({ until: (draft: string) => draft.endsWith('3'), max: 4 })
class Editor {
  async run(topic: string, ctx: RunContext): Promise<string> {
    began(ctx);
    const text = await step(ctx, 'improve', `${ctx.previous ?? topic} ${ctx.iteration}`);
    ctx.state(Notes).write({ items: [text], score: 1 });
    return text;
  }
}

const repeat = defineWorkflow({ name: 'repeat', version: 1, output: Editor });

@Agent()
@Writes(Notes, 'items', 'score')
class Facts {
  async run(topic: string, ctx: RunContext): Promise<string> {
    began(ctx);
    ctx.state(Notes).write({ items: ['before the steps'], score: 1 });
    const facts = await step(ctx, 'facts', `facts about ${topic}`);
    const more = await step(ctx, 'more', 'more of them');
    ctx.state(Notes).write({ items: [more], score: 2 });
    return facts;
  }
}

@Agent()
@Writes(Notes, 'items', 'score')
class Prices {
  async run(topic: string, ctx: RunContext): Promise<string> {
    began(ctx);
    ctx.state(Notes).write({ items: [await step(ctx, 'prices', `prices of ${topic}`)], score: 4 });
    return 'priced';
  }
}

@Agent()
@Writes(Notes, 'items', 'score')
@DependsOn(Facts, Prices)
class Summary {
  async run(facts: string, prices: string, ctx: RunContext): Promise<string> {
    began(ctx);
    const { items, score } = ctx.state(Notes).read();
    ctx.state(Notes).write({ items: ['the last'], score: 8 });
    return step(ctx, 'sum up', `${facts}, ${prices}, ${items.join('; ')} (${score})`);
  }
}

const state = defineWorkflow({ name: 'shared-state', version: 1, output: Summary });

const topic = { input: 'tides' };

export const nested: readonly Subject[] = [
  {
    name: 'child',
    workflow: child,
    ...topic,
    atOnce: 1,
    answers: [{ signal: 'reader', child: '/publish/call:ask[1]', value: (by) => ({ name: 'Ada', by }) }],
  },
  { name: 'repeat', workflow: repeat, ...topic, atOnce: 1, state: Notes },
  { name: 'shared-state', workflow: state, ...topic, atOnce: 2, state: Notes },
];
