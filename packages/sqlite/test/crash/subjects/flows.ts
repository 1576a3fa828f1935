import { Agent, DependsOn, defineWorkflow, each, ForEach, Retry, type RunContext, When } from '@espalier/core';
import { began, step } from '../effects.js';
import type { Subject } from './subject.js';

@Agent()
class Gather {
  run(topic: string, ctx: RunContext): Promise<string> {
    began(ctx);
    return step(ctx, 'gather', `facts about ${topic}`);
  }
}

@Agent()
@DependsOn(Gather)
class Check {
  run(facts: string, ctx: RunContext): string {
    began(ctx);
    return `checked ${facts}`;
  }
}

@Agent()
@DependsOn(Check)
class Write {
  async run(facts: string, ctx: RunContext): Promise<string> {
    began(ctx);
    return `${await step(ctx, 'write', 'Report')}: ${facts}`;
  }
}

@Agent()
@DependsOn(Write)
class Publish {
  run(text: string, ctx: RunContext): Promise<string> {
    began(ctx);
    return step(ctx, 'publish', `published ${text}`);
  }
}

const chain = defineWorkflow({ name: 'chain', version: 1, output: Publish });

@Agent()
class Plan {
  run(topic: string, ctx: RunContext): readonly string[] {
    began(ctx);
    return ['a', 'b', 'c', 'd'].map((letter) => `${topic} ${letter}`);
  }
}

@Agent()
@ForEach(Plan, { items: (titles: readonly string[]) => titles, concurrency: 3, max: 5 })
class Section {
  async run(title: string, ctx: RunContext): Promise<string> {
    began(ctx);
    const text = await step(ctx, 'write', `About ${title}`);
    return step(ctx, 'proofread', `${text}.`);
  }
}

@Agent()
@DependsOn(each(Section))
class Join {
  run(sections: readonly string[], ctx: RunContext): string {
    began(ctx);
    return sections.join(' ');
  }
}

const fanOut = defineWorkflow({ name: 'fan-out', version: 1, output: Join });

@Agent()
@Retry({ attempts: 4, backoff: 12 })
class Flaky {
  async run(topic: string, ctx: RunContext): Promise<string> {
    began(ctx);
    const once = await step(ctx, 'once', `kept ${topic}`);
    if (ctx.attempt < 3) throw new Error(`attempt ${ctx.attempt} fails`);
    return `${once}, in attempt ${ctx.attempt}`;
  }
}

@Agent()
@DependsOn(Flaky)
class AfterFlaky {
  run(text: string, ctx: RunContext): Promise<string> {
    began(ctx);
    return step(ctx, 'after', text);
  }
}

const retry = defineWorkflow({ name: 'retry', version: 1, output: AfterFlaky });

@Agent()
class Early {
  async run(_topic: string, ctx: RunContext): Promise<number> {
    began(ctx);
    await step(ctx, 'before', 1);
    await ctx.sleep(15);
    await step(ctx, 'between', 2);
    await ctx.sleep(5);
    return step(ctx, 'after', 3);
  }
}

@Agent()
class Other {
  async run(_topic: string, ctx: RunContext): Promise<number> {
    began(ctx);
    await ctx.sleep(10);
    return step(ctx, 'other', 4);
  }
}

@Agent()
@DependsOn(Early, Other)
class Sum {
  run(early: number, other: number, ctx: RunContext): number {
    began(ctx);
    return early + other;
  }
}

const sleep = defineWorkflow({ name: 'sleep', version: 1, output: Sum });

@Agent()
class Readings {
  async run(_topic: string, ctx: RunContext): Promise<string> {
    began(ctx);
    const [first, second] = await Promise.all([step(ctx, 'first', 1), step(ctx, 'second', 2)]);
    const read = [ctx.now(), ctx.random(), ctx.uuid()];
    const third = await step(ctx, 'third', JSON.stringify(read));
    return `${first}${second} ${third === JSON.stringify(read) ? 'the same' : 'other readings'}`;
  }
}

const steps = defineWorkflow({ name: 'step', version: 1, output: Readings });

@Agent()
class Broken {
  async run(_topic: string, ctx: RunContext): Promise<string> {
    began(ctx);
    await step(ctx, 'half', 1);
    throw new Error('it does not work');
  }
}

@Agent()
@When(Broken, () => true)
class Unreached {
  run(_topic: string, ctx: RunContext): string {
    began(ctx);
    return 'never';
  }
}

@Agent()
@DependsOn(Gather, Unreached)
class Failing {
  run(facts: string, _never: string, ctx: RunContext): string {
    began(ctx);
    return facts;
  }
}

const failure = defineWorkflow({ name: 'failure', version: 1, output: Failing });

const topic = { input: 'tides' };

export const flows: readonly Subject[] = [
  { name: 'chain', workflow: chain, ...topic, atOnce: 1 },
  { name: 'fan-out', workflow: fanOut, ...topic, atOnce: 3 },
  { name: 'retry', workflow: retry, ...topic, atOnce: 1 },
  { name: 'sleep', workflow: sleep, ...topic, atOnce: 2 },
  { name: 'step', workflow: steps, ...topic, atOnce: 2 },
  { name: 'failure', workflow: failure, ...topic, atOnce: 2 },
];
