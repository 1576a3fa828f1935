import {
  Agent,
  append,
  asTool,
  Calls,
  createEspalier,
  DependsOn,
  defineWorkflow,
  type Event,
  each,
  ForEach,
  MemoryJournal,
  MemoryThreadStore,
  Merge,
  maskRecord,
  type RunContext,
  Sensitive,
  SharedState,
  Tool,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsEmail, IsInt, IsString, MaxLength, ValidateNested } from 'class-validator';
import { z } from 'zod';
import { build, eventsOf } from '../../test/build.js';
import { ScriptedModel, turns } from '../../test/scripted-model.js';

class Contact {
  @IsString() @Sensitive() name!: string;
  @IsEmail({}, { message: '$value is no address' }) @Sensitive() email!: string;
  @IsString() city!: string;
}

class Case {
  @ValidateNested() @Type(() => Contact) person!: Contact;
  @ValidateNested({ each: true }) @Type(() => Contact) witnesses!: Contact[];
  @IsInt() @Sensitive() age!: number;
  @IsString() @MaxLength(20) subject!: string;
}

const jane = { name: 'Jane Doe', email: 'jane@doe.example', city: 'Bath' };
const input = { person: jane, witnesses: [{ ...jane, name: 'Rob "Bob" Roe' }], age: 42, subject: 'a parcel' };
const secrets = ['Jane Doe', 'jane@doe.example', 'Rob'];

/** No event has a sensitive value anywhere in it. */
function expectMasked(events: readonly Event[], values: readonly string[] = secrets): void {
  const text = JSON.stringify(events);
  for (const value of values) expect(text).not.toContain(value);
}

const find = <T extends Event['type']>(events: readonly Event[], type: T) =>
  events.filter((event): event is Extract<Event, { type: T }> => event.type === type);

describe('sensitive fields', () => {
  it('of an input are masked in its event and in prompts, and go to the model as they are', async () => {
    @Agent({ instructions: 'Be brief.' })
    class Clerk {}
    const model = new ScriptedModel('Dear Jane Doe, we wrote to jane@doe.example.');
    const store = new MemoryJournal();
    const { start } = await build(Clerk, { input: Case as never }, { models: { default: model }, store });
    const run = start(input);
    const events = await eventsOf(run);

    expectMasked(events);
    const [first] = find(events, 'run-start');
    expect(first?.input).toEqual({
      person: { name: '[sensitive]', email: '[sensitive]', city: 'Bath' },
      witnesses: [{ name: '[sensitive]', email: '[sensitive]', city: 'Bath' }],
      age: '[sensitive]',
      subject: 'a parcel',
    });
    expect(find(events, 'run-end')[0]?.output).toBe('Dear [sensitive], we wrote to [sensitive].');
    expect(JSON.stringify(model.last)).toContain('jane@doe.example');
    await expect(run.result).resolves.toBe('Dear Jane Doe, we wrote to jane@doe.example.');
    const records = store.read(run.id);
    expect(records[0]).toMatchObject({ input });
    expect(records.map(maskRecord)).toEqual(events);
  });

  it('of a Standard Schema are those whose JSON Schema says so, which no provider sees', async () => {
    const Answer = z.object({
      patient: z.string().meta({ sensitive: true }),
      score: z.number().nullable().meta({ sensitive: true }),
      note: z.string(),
    });
    @Agent({ instructions: 'x' })
    class Doctor {
      run(_input: unknown, ctx: RunContext) {
        return ctx.generate(Answer, 'Who?');
      }
    }
    const answer = { patient: 'Zoë "Z" Ray', score: 98_765, note: 'fine' };
    const model = new ScriptedModel(`Here:\n\`\`\`json\n${JSON.stringify(answer)}\n\`\`\``);
    const { start } = await build(Doctor, {}, { models: { default: model } });
    const run = start();
    const events = await eventsOf(run);

    await expect(run.result).resolves.toEqual(answer);
    expectMasked(events, ['Zo', '98765']);
    expect(JSON.stringify(model.last)).not.toContain('sensitive');
    expect(find(events, 'model-end')[0]?.value?.message.content).toEqual([
      { type: 'text', text: 'Here:\n```json\n{"patient":"[sensitive]","score":"[sensitive]","note":"fine"}\n```' },
    ]);
    expect(find(events, 'node-end')[0]?.output).toEqual({
      patient: '[sensitive]',
      score: '[sensitive]',
      note: 'fine',
    });
  });

  it('of an answer that is cut off are masked with all of it', async () => {
    const Answer = z.object({ patient: z.string().meta({ sensitive: true }) });
    @Agent({ instructions: 'x' })
    class Doctor {
      run(_input: unknown, ctx: RunContext) {
        return ctx.generate(Answer, 'Who?');
      }
    }
    const model = new ScriptedModel('{"patient":"Zora R', '{"patient":"Zora Ray"}');
    const { start } = await build(Doctor, {}, { models: { default: model } });
    const events = await eventsOf(start());
    expectMasked(events, ['Zora']);
    expect(find(events, 'model-end')[0]?.value?.message.content).toEqual([{ type: 'text', text: '[sensitive]' }]);
  });

  it('of arguments that are no JSON are masked with all of them, and in what the model is told of it', async () => {
    const Order = z.object({ card: z.string().meta({ sensitive: true }) });
    @Agent({ instructions: 'x' })
    class Cashier {
      @Tool({ description: 'Pay', input: Order })
      pay(): string {
        return 'paid';
      }
    }
    const call = { tool: 'pay', arguments: '"card": "4111-2222"' };
    const { start } = await build(Cashier, {}, { models: { default: new ScriptedModel({ calls: [call] }, 'done') } });
    expectMasked(await eventsOf(start()), ['4111', '2222']);
  });

  it('of arguments are masked in calls, approvals and results, and a person can still be shown them', async () => {
    const Order = z.object({
      card: z.string().meta({ sensitive: true }),
      pin: z.string().meta({ sensitive: true }),
      amount: z.number(),
    });
    const paid: unknown[] = [];
    @Agent({ instructions: 'x' })
    class Cashier {
      @Tool({ description: 'Pay', input: Order, approval: true })
      pay(order: z.infer<typeof Order>): string {
        paid.push(order);
        return `Paid ${order.amount} from ${order.card}`;
      }
    }
    const order = { card: '4111-1111', pin: '123', amount: 5 };
    const model = new ScriptedModel({ calls: [{ tool: 'pay', arguments: order, id: 'c' }] }, 'ok');
    const { start, espalier } = await build(Cashier, {}, { models: { default: model } });
    const run = start();
    await turns();
    const [waits] = run.suspensions;
    expect(waits?.request).toEqual({ tool: 'pay', arguments: order });
    await espalier.signal(run.id, waits?.signal ?? '', true, { by: { user: 'ann' } });
    const events = await eventsOf(run);

    expect(paid).toEqual([order]);
    expectMasked(events, ['4111', '"123"', '\\"123']);
    const masked = { card: '[sensitive]', pin: '[sensitive]', amount: 5 };
    expect(find(events, 'tool-start')[0]?.arguments).toBe(JSON.stringify(masked));
    expect(find(events, 'node-suspend')[0]?.request).toEqual({ tool: 'pay', arguments: masked });
    expect(find(events, 'node-resume')[0]).toMatchObject({ value: { approved: true }, by: { user: 'ann' } });
    expect(find(events, 'tool-end')[0]?.value?.content).toBe('Paid 5 from [sensitive]');
    expect(model.told).toEqual(['Paid 5 from 4111-1111']);
  });

  it('of an answer to a suspension are masked, and so is what is made of them', async () => {
    @Agent()
    class Asker {
      async run(_input: unknown, ctx: RunContext) {
        const { code, name } = await ctx.waitFor('contact', z.object({ code: secret(), name: secret() }));
        if (code === 'ab') throw new Error(`No ${name}, no ${code}`);
        return { hello: name, [name]: 1 };
      }
    }
    const { start, espalier } = await build(Asker);
    const run = start();
    await turns();
    await espalier.signal(run.id, 'contact', { code: 'xy', name: 'Jane Doe' });
    const events = await eventsOf(run);
    expectMasked(events);
    expect(find(events, 'node-resume')[0]?.value).toEqual({ code: '[sensitive]', name: '[sensitive]' });
    expect(find(events, 'node-end')[0]?.output).toBe('[sensitive]'); // one of its keys is sensitive
    await expect(run.result).resolves.toEqual({ hello: 'Jane Doe', 'Jane Doe': 1 });

    const failing = start();
    failing.result.catch(() => {});
    await turns();
    await espalier.signal(failing.id, 'contact', { code: 'ab', name: 'Jane Doe' });
    const failed = await eventsOf(failing);
    expectMasked(failed);
    expect(find(failed, 'node-end')[0]?.error?.message).toBe('No [sensitive], no ab'); // too short to be looked for
  });

  it('of shared state are masked from the first write on', async () => {
    @SharedState()
    class Notes {
      @Sensitive() phone = '';
      @Sensitive() @Merge(append) codes: number[] = [];
      city = '';
    }
    @Agent()
    class Writer {
      async run(_input: unknown, ctx: RunContext): Promise<string> {
        ctx.state(Notes).write({ phone: '0123-4567', codes: [7, 8], city: 'Bath' });
        return ctx.step('call', () => `called ${ctx.state(Notes).read().phone}`);
      }
    }
    const { start } = await build(Writer);
    const run = start();
    const events = await eventsOf(run);
    expectMasked(events, ['0123']);
    expect(find(events, 'step-end')[0]?.value).toBe('called [sensitive]');
    expect(find(events, 'node-end')[0]?.writes?.map(({ field, value }) => [field, value])).toEqual([
      ['phone', '[sensitive]'],
      ['codes', '[sensitive]'],
      ['city', 'Bath'],
    ]);
    expect((await run.outcome).state(Notes)).toEqual({ phone: '0123-4567', codes: [7, 8], city: 'Bath' });
  });

  it('of instances are masked: of what a step, a tool or an agent gives', async () => {
    class Account {
      @Sensitive() readonly iban: string;
      @Sensitive() readonly limits = [77_001, 77_002];
      readonly bank = 'Abbey';
      constructor(iban: string) {
        this.iban = iban;
      }
    }
    @Agent({ instructions: 'x' })
    class Banker {
      @Tool('Find an account')
      find(): { account: Account } {
        return { account: new Account('GB-1111') };
      }
      async run(_input: unknown, ctx: RunContext) {
        const loaded = await ctx.step('load', () => [new Account('GB-2222')]);
        const text = await ctx.generate(`What of ${JSON.stringify(loaded)}?`);
        return { text, own: new Account('GB-3333') };
      }
    }
    const model = new ScriptedModel({ calls: [{ tool: 'find' }] }, 'GB-1111 and GB-2222 of Abbey');
    const { start } = await build(Banker, {}, { models: { default: model } });
    const run = start();
    const events = await eventsOf(run);
    expectMasked(events, ['GB-', '7700']);
    expect(find(events, 'step-end')[0]?.value).toEqual([
      { iban: '[sensitive]', limits: ['[sensitive]', '[sensitive]'], bank: 'Abbey' },
    ]);
    expect(find(events, 'model-end')[1]?.value?.message.content).toEqual([
      { type: 'text', text: '[sensitive] and [sensitive] of Abbey' },
    ]);
    expect((await run.result) as object).toMatchObject({ own: { iban: 'GB-3333' } });
  });

  it('of declared outputs are masked: of nodes, of items, and of the run', async () => {
    const Row = z.object({ id: z.number().meta({ sensitive: true }), name: secret() });
    @Agent()
    class Lister {
      run(): number[] {
        return [1, 2];
      }
    }
    @Agent({ output: Row })
    @ForEach(Lister, { items: (ids) => ids, max: 5 })
    class Loader {
      run(id: number) {
        return { id, name: `Name ${id}` };
      }
    }
    @Agent({ output: z.array(Row) })
    @DependsOn(each(Loader))
    class All {
      run(rows: readonly z.infer<typeof Row>[]) {
        return rows;
      }
    }
    const { start } = await build(All);
    const events = await eventsOf(start());
    const masked = { id: '[sensitive]', name: '[sensitive]' };
    expect(find(events, 'node-end').map(({ output }) => output)).toEqual([
      [1, 2],
      masked,
      masked,
      [masked, masked],
      [masked, masked],
    ]);
    expect(find(events, 'run-end')[0]?.output).toEqual([masked, masked]);
  });

  it('are known to child runs, and those of child runs to their parents', async () => {
    const Out = z.object({ iban: secret(), digit: z.number().meta({ sensitive: true }) });
    @Agent({ output: Out })
    class Inner {
      run(input: { who: string }) {
        return { iban: `IBAN-of-${input.who}`, digit: 3 };
      }
    }
    const inner = defineWorkflow({ name: 'inner', version: 1, output: Inner });
    @Agent()
    @Calls(inner, { max: 1 })
    class Outer {
      async run(input: { person: { name: string } }, ctx: RunContext) {
        const { iban } = await ctx.call(inner, { who: input.person.name } as never);
        return `has ${iban}`;
      }
    }
    const workflow = defineWorkflow({ name: 'outer', version: 1, input: Case, output: Outer as never });
    const espalier = await createEspalier({ workflows: [workflow as never, inner] });
    const run = espalier.start(workflow, input as never);
    const events = await eventsOf(run as never);
    const [step] = find(events, 'step-end');
    expect(step?.value).toEqual({ iban: '[sensitive]', digit: '[sensitive]' });
    expect(find(events, 'run-end')[0]?.output).toBe('has [sensitive]');
    const child: Event[] = [];
    espalier.events(`${run.id}/outer/call:inner[1]`).subscribe((event) => child.push(event));
    expect(find(child, 'run-start')[0]?.input).toEqual({ who: '[sensitive]' });
    expectMasked([...events, ...child]);
  });

  it('are masked in text that streams, however it is cut', async () => {
    @Agent({ instructions: 'x' })
    class Clerk {
      async run(contact: Contact, ctx: RunContext): Promise<string> {
        let text = '';
        for await (const piece of ctx.stream(`Greet ${contact.name}`)) text += piece;
        return text;
      }
    }
    const pieces = [...'Hi Jane Doe, hi Jane Do, jane@doe.exa'];
    const { start } = await build(
      Clerk,
      { input: Contact as never },
      { models: { default: new ScriptedModel({ pieces }, { pieces }) } },
    );
    const run = start(jane);
    const events: Event[] = [];
    run.events$.subscribe((event) => events.push(event));
    await expect(run.result).resolves.toBe(pieces.join(''));
    const shown = find(events, 'text-delta').map(({ text }) => text);
    expect(shown.join('')).toBe('Hi [sensitive], hi Jane Do, jane@doe.exa');
    expect(events.findIndex(({ type }) => type === 'model-end')).toBeGreaterThan(
      events.findLastIndex(({ type }) => type === 'text-delta'),
    );
  });

  it('are still known when a run is taken over by another process', async () => {
    @Agent({ instructions: 'x' })
    class Clerk {
      async run(contact: Contact, ctx: RunContext): Promise<string> {
        await ctx.waitFor('go', z.boolean());
        return ctx.generate(`Greet ${contact.name}`);
      }
    }
    const workflow = defineWorkflow({ name: 'test', version: 1, input: Contact, output: Clerk });
    const store = new MemoryJournal();
    const first = await createEspalier({ workflows: [workflow], store, models: { default: new ScriptedModel() } });
    const parked = first.start(workflow, jane);
    parked.result.catch(() => {});
    await turns();
    await first.drain();
    const model = new ScriptedModel('Hi Jane Doe');
    const second = await createEspalier({ workflows: [workflow], store, models: { default: model } });
    const run = await second.resume(parked.id);
    await turns();
    await second.signal(run.id, 'go', true);
    await expect(run.result).resolves.toBe('Hi Jane Doe');
    expect(JSON.stringify(model.last)).toContain('Greet Jane Doe');
    expectMasked(await eventsOf(run));
  });

  it('are known to later runs of a thread', async () => {
    @Agent({ instructions: 'x', thread: true })
    class Clerk {
      run(question: unknown, ctx: RunContext) {
        return ctx.generate(`Asked: ${JSON.stringify(question)}`);
      }
    }
    const known = defineWorkflow({ name: 'known', version: 1, input: Contact, output: Clerk as never });
    const free = defineWorkflow({ name: 'free', version: 1, output: Clerk as never });
    const model = new ScriptedModel('Noted, Jane Doe.', 'Her address is jane@doe.example.');
    const threads = new MemoryThreadStore();
    const espalier = await createEspalier({ workflows: [known, free] as never, models: { default: model }, threads });
    await espalier.run(known, jane as never, { threadId: 't1' });
    const run = espalier.start(free, 'address?' as never, { threadId: 't1' });
    await run.result;
    expect(JSON.stringify(model.last)).toContain('Noted, Jane Doe.');
    expectMasked(await eventsOf(run as never));
  });

  it('are masked in what an agent as a tool is asked', async () => {
    @Agent({ instructions: 'x' })
    class Helper {}
    @Agent({ instructions: 'x', tools: [asTool(Helper, { input: Contact as never })] })
    class Boss {}
    const model = new ScriptedModel({ calls: [{ tool: 'helper', arguments: jane }] }, 'ok Jane Doe', 'done');
    const { start } = await build(Boss, {}, { models: { default: model } });
    const events = await eventsOf(start());
    expectMasked(events);
    expect(model.requests).toHaveLength(3);
  });
});

describe('a preview', () => {
  it('shows what is sensitive in its request, and not where it is read', async () => {
    @SharedState()
    class Notes {
      @Sensitive() phone = '0123-4567';
    }
    @Agent({ instructions: 'x' })
    class Clerk {
      run({ name, city }: Contact, ctx: RunContext): Promise<string> {
        return ctx.generate(`Greet ${name} of ${city}, ${ctx.state(Notes).read().phone}`);
      }
    }
    const { espalier } = await build(Clerk, { input: Contact as never }, { models: { default: new ScriptedModel() } });
    const preview = await espalier.preview(Clerk, jane);
    expect(JSON.stringify(preview.request)).toContain('Greet Jane Doe of Bath, 0123-4567');
    expect(String(preview)).toContain('Greet [sensitive] of Bath, [sensitive]');
    const other = await espalier.preview(Clerk, Object.assign(new Contact(), jane), { input: null });
    expect(String(other)).toContain('Greet [sensitive] of Bath');
  });
});

describe('messages about sensitive values', () => {
  it('do not quote them: of an input', async () => {
    @Agent()
    class Any {
      run(): string {
        return 'x';
      }
    }
    const { start } = await build(Any, { input: Contact as never });
    const run = start({ ...jane, email: 'jane at doe' });
    await expect(run.result).rejects.toMatchObject({
      code: 'input-invalid',
      message: expect.stringContaining('$.email: [sensitive] is no address'),
      details: { issues: [{ path: '$.email', message: '[sensitive] is no address' }] },
    });
    const short = start({ ...jane, email: 'ja' });
    await expect(short.result).rejects.toMatchObject({ message: expect.stringContaining('[sensitive] is no address') });
  });

  it('do not quote them: of an answer to a suspension', async () => {
    @Agent()
    class Asker {
      run(_input: unknown, ctx: RunContext) {
        return ctx.waitFor('contact', Contact);
      }
    }
    const { start, espalier } = await build(Asker);
    const run = start();
    run.result.catch(() => {});
    await turns();
    await expect(espalier.signal(run.id, 'contact', { ...jane, email: 'jane at doe' })).rejects.toMatchObject({
      message: "The answer to 'contact' does not match: $.email: [sensitive] is no address.",
    });
    run.cancel();
  });

  it('do not quote them: to a model that is to correct its answer', async () => {
    @Agent({ instructions: 'x' })
    class Finder {
      run(_input: unknown, ctx: RunContext) {
        return ctx.generate(Contact, 'Who?');
      }
    }
    const wrong = JSON.stringify({ ...jane, email: 'jane at doe' });
    const model = new ScriptedModel(wrong, JSON.stringify(jane));
    const { start } = await build(Finder, {}, { models: { default: model } });
    const events = await eventsOf(start());
    expectMasked(events, [...secrets, 'jane at doe']);
    expect(JSON.stringify(model.last)).toContain('[sensitive] is no address');
  });
});

describe('a workflow without sensitive fields', () => {
  it('has no marks, whatever is in its data', async () => {
    @Agent({ instructions: 'x' })
    class Plain {}
    const store = new MemoryJournal();
    const model = new ScriptedModel('sensitive');
    const { start } = await build(
      Plain,
      { input: z.object({ sensitive: z.string() }) as never },
      { store, models: { default: model } },
    );
    const run = start({ sensitive: 'value' });
    await run.result;
    expect(store.read(run.id).filter((record) => 'sensitive' in record)).toEqual([]);
    expect(find(await eventsOf(run), 'run-start')[0]?.input).toEqual({ sensitive: 'value' });
  });
});

function secret() {
  return z.string().meta({ sensitive: true });
}
