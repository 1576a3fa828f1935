import {
  Agent,
  asTool,
  DependsOn,
  defineWorkflow,
  Fallback,
  Handoff,
  Retry,
  type RunContext,
  Tool,
  type ToolContext,
} from '@espalier/core';
import { act, began, step } from '../effects.js';
import { script } from '../model.js';
import type { Subject } from './subject.js';
import { textFields } from './text-fields.js';

const harbour = textFields('harbour');

interface Harbour {
  readonly harbour: string;
}

/** A tool that has one effect. */
const look = (what: string, { harbour: name }: Harbour, { idempotencyKey }: ToolContext): Promise<string> =>
  act('tool', idempotencyKey, `${what} of ${name}`);

@Agent({ description: 'Looks at charts', instructions: script('You read charts.', 'the chart says seven metres') })
class ChartReader {}

@Agent({
  instructions: script(
    'You are a pilot.',
    [
      { id: 'c1', tool: 'tide', arguments: { harbour: 'Brest' } },
      { id: 'c2', tool: 'wind', arguments: { harbour: 'Brest' } },
    ],
    [{ id: 'c3', tool: 'chart_reader', arguments: { task: 'How deep is it?' } }],
    [{ id: 'c4', tool: 'tide', arguments: { harbour: 'Ouessant' } }],
    'Go now: {}.',
  ),
  tools: [asTool(ChartReader)],
})
class Pilot {
  @Tool({ description: 'The tide of a harbour', input: harbour })
  tide(at: Harbour, ctx: ToolContext): Promise<string> {
    return look('tide', at, ctx);
  }

  @Tool({ description: 'The wind in a harbour', input: harbour })
  wind(at: Harbour, ctx: ToolContext): Promise<string> {
    return look('wind', at, ctx);
  }
}

@Agent({ instructions: script('You log what a pilot says.', 'logged') })
@DependsOn(Pilot)
class Log {
  async run(advice: string, ctx: RunContext): Promise<string> {
    began(ctx);
    let text = '';
    for await (const piece of ctx.stream(`Log this: ${advice}`)) text += piece;
    return `${text}: ${advice}`;
  }
}

const tools = defineWorkflow({ name: 'tools', version: 1, output: Log });

@Agent()
class Plain {
  run(question: string, ctx: RunContext): Promise<string> {
    began(ctx);
    return step(ctx, 'plain', `in plain words, because of ${ctx.failure?.code}: ${question}`);
  }
}

@Agent({ instructions: script('You answer in verse.', { failure: 'too busy' }, { failure: 'still too busy' }) })
@Retry({ attempts: 2, backoff: 3 })
@Fallback(Plain)
class Poet {
  async run(question: string, ctx: RunContext): Promise<string> {
    began(ctx);
    return ctx.generate(await step(ctx, 'note', question));
  }
}

const fallback = defineWorkflow({ name: 'fallback', version: 1, output: Poet });

@Agent({
  description: 'Invoices',
  instructions: script(
    'You know invoices.',
    'the turn before was that of who handed over',
    [{ id: 'i1', tool: 'invoice', arguments: { harbour: 'Brest' } }],
    'paid {}',
  ),
})
class Billing {
  @Tool({ description: 'Looks an invoice up', input: harbour })
  invoice(of: Harbour, ctx: ToolContext): Promise<string> {
    return look('invoice', of, ctx);
  }
}

@Agent({
  instructions: script('You find out what is needed.', [{ id: 'h1', tool: 'handoff_to_billing', arguments: {} }]),
})
@Handoff(Billing, { max: 1 })
class Triage {}

const handoff = defineWorkflow({ name: 'handoff', version: 1, output: Triage });

@Agent({
  instructions: script('You refund.', [{ id: 'p1', tool: 'pay', arguments: { harbour: 'Brest' } }], 'done: {}'),
})
class Refund {
  @Tool({ description: 'Pays', input: harbour, approval: true })
  pay(to: Harbour, ctx: ToolContext): Promise<string> {
    return look('payment', to, ctx);
  }
}

@Agent()
class Meanwhile {
  async run(_question: string, ctx: RunContext): Promise<string> {
    began(ctx);
    return `${await step(ctx, 'one', 'other')} ${await step(ctx, 'two', 'work')}`;
  }
}

@Agent()
@DependsOn(Refund, Meanwhile)
class Sign {
  async run(refund: string, other: string, ctx: RunContext): Promise<string> {
    began(ctx);
    const { name } = await ctx.waitFor('signature', textFields('name', 'by'));
    return step(ctx, 'sign', `${refund}, ${other}, signed ${name}`);
  }
}

const approval = defineWorkflow({ name: 'approval', version: 1, output: Sign });

const instructions = script('You remember the guest.', 'I know you {}');

@Agent({ instructions, thread: true })
class Greeter {
  async run(guest: string, ctx: RunContext): Promise<string> {
    began(ctx);
    return `${await ctx.generate(`I am ${guest}`)}, ${await ctx.generate('Who am I?')}`;
  }
}

@Agent({ instructions, thread: true })
@DependsOn(Greeter)
class Butler {
  run(greeting: string, ctx: RunContext): Promise<string> {
    began(ctx);
    return ctx.generate(`You said: ${greeting}`);
  }
}

const thread = defineWorkflow({ name: 'thread', version: 1, output: Butler });

const question = { input: 'How do I get to Brest?' };

export const models: readonly Subject[] = [
  { name: 'tools', workflow: tools, ...question, atOnce: 2 },
  {
    name: 'approval',
    workflow: approval,
    ...question,
    atOnce: 2,
    answers: [
      { signal: 'generate[1]/tool[1.p1]', value: (by) => ({ approved: true, reason: by }) },
      { signal: 'signature', value: (by) => ({ name: 'Ada', by }) },
    ],
  },
  { name: 'fallback', workflow: fallback, ...question, atOnce: 1 },
  { name: 'handoff', workflow: handoff, ...question, atOnce: 1 },
  { name: 'thread', workflow: thread, ...question, atOnce: 1, threadId: 'guest' },
];
