import {
  Agent,
  createEspalier,
  defineWorkflow,
  type Event,
  MemoryJournal,
  type RunContext,
  Tool,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { build, eventsOf } from '../../test/build.js';
import { ScriptedModel, type ScriptedTurn, turns } from '../../test/scripted-model.js';

const Person = z.object({ email: z.string().meta({ sensitive: true }) });
const email = 'jane@doe.example';

@Agent({ instructions: 'Be brief.' })
class Clerk {
  @Tool({ description: 'Look it up', input: z.object({ about: z.string() }), maxOutput: 20 })
  look({ about }: { about: string }): string {
    return `${'.'.repeat(12)}${about} and so on`;
  }

  @Tool({ description: 'Fail', input: z.object({ about: z.string() }) })
  fail({ about }: { about: string }): string {
    throw new Error('-'.repeat(4070) + about);
  }
}

const clerk = (...script: readonly ScriptedTurn[]) =>
  build(Clerk, { input: Person as never }, { models: { default: new ScriptedModel(...script) } });

const find = <T extends Event['type']>(events: readonly Event[], type: T) =>
  events.filter((event): event is Extract<Event, { type: T }> => event.type === type);

describe('a sensitive value', () => {
  it('is masked in the id and the scope of a thread', async () => {
    const workflow = defineWorkflow({ name: 'w', version: 1, input: Person, output: Clerk });
    const espalier = await createEspalier({
      workflows: [workflow as never],
      models: { default: new ScriptedModel('ok') },
      threadScope: 'user',
    });
    const run = espalier.start(workflow, { email } as never, {
      threadId: `mail of ${email}`,
      identity: { user: email },
    });
    const events = await eventsOf(run as never);
    expect(JSON.stringify(events)).not.toContain('jane');
    expect(find(events, 'run-start')[0]?.thread).toEqual({
      id: 'mail of [sensitive]',
      length: 0,
      scope: '"user"="[sensitive]"\n',
    });
  });

  it('is masked where it was cut in two, also in what the model is asked next', async () => {
    const call = (tool: string) => ({ calls: [{ tool, arguments: { about: email } }] });
    const { start } = await clerk(call('look'), call('fail'), 'done');
    const run = start({ email });
    const events = await eventsOf(run);
    expect(JSON.stringify(events)).not.toContain('jane');
    const [looked, failed] = find(events, 'tool-end');
    expect(looked?.value?.content).toBe('............[sensitive]…\n[Cut: the first 20 of 38 characters.]');
    expect(failed?.value?.content).toContain('-[sensitive]…\n[Cut: the first 4096');
  });

  it('is masked in a message that tells the beginning of a long one', async () => {
    const long = `${'Jane Doe of Bath '.repeat(4)}`;
    @Agent()
    class Sender {
      run({ email }: { email: string }, ctx: RunContext): Promise<unknown> {
        return ctx.waitFor('reply', z.boolean(), { timeout: email as never });
      }
    }
    const { start } = await build(Sender, { input: Person as never });
    const events = await eventsOf(start({ email: long }));
    expect(find(events, 'node-end')[0]?.error?.message).toContain('got "[sensitive]…" (string)');
    expect(JSON.stringify(events)).not.toContain('Jane');
  });

  it('is masked in what is said of wrong JSON, which quotes a part of it', async () => {
    const wrong = `["to ${email}",oops]`;
    const { start } = await clerk({ calls: [{ tool: 'look', arguments: wrong }] }, 'done');
    const events = await eventsOf(start({ email }));
    const [told] = find(events, 'tool-end');
    expect(told?.value?.content).toMatch(/^The arguments of 'look' are not valid JSON: .+\. Call it again/);
    expect(told?.value?.content).not.toContain('example');
  });

  it('is masked in the name of a tool that there is not, also after the run was taken over', async () => {
    const store = new MemoryJournal();
    @Agent({ instructions: 'x', tools: [] })
    class Mailer {
      @Tool({ description: 'Wait', input: z.object({}), approval: true })
      jane(): string {
        return 'ok';
      }
      run(_input: unknown, ctx: RunContext): Promise<string> {
        return ctx.generate('Send it.');
      }
    }
    const workflow = defineWorkflow({ name: 'w', version: 1, input: Person, output: Mailer });
    const script = [{ calls: [{ tool: `mail_${email}` }] }, { calls: [{ tool: 'jane' }] }, 'done'];
    const first = await createEspalier({
      workflows: [workflow as never],
      store,
      models: { default: new ScriptedModel(...script) },
    });
    const run = first.start(workflow, { email } as never);
    await turns();
    await first.drain();
    const second = await createEspalier({
      workflows: [workflow as never],
      store,
      models: { default: new ScriptedModel('done') },
    });
    const resumed = await second.resume(run.id);
    await turns();
    await second.signal(run.id, resumed.suspensions[0]?.signal ?? '', true);
    const events = await eventsOf(resumed);
    expect(events.filter((e) => JSON.stringify(e).includes(email))).toEqual([]);
    expect(find(events, 'tool-start').map(({ tool }) => tool)).toEqual(['mail_[sensitive]', 'jane', 'jane']);
    expect(find(events, 'tool-end').map(({ tool }) => tool)).toEqual(['mail_[sensitive]', 'jane']);
    expect(store.read(run.id).find(({ type }) => type === 'tool-start')).toMatchObject({ tool: `mail_${email}` });
  });

  it('leaves the names of tools that there are as they are', async () => {
    const { start } = await clerk({ calls: [{ tool: 'look', arguments: { about: 'x' } }] }, 'done');
    const events = await eventsOf(start({ email: 'look' }));
    expect(find(events, 'tool-start')[0]?.tool).toBe('look');
    const [answer] = find(events, 'model-end');
    expect(answer?.value?.message.content).toMatchObject([{ type: 'tool-call', tool: 'look' }]);
  });
});
