import {
  Agent,
  createEspalier,
  DependsOn,
  defineWorkflow,
  type Event,
  type JournalRecord,
  MemoryJournal,
  maskRecord,
  override,
  type RunContext,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { eventsOf } from '../../test/build.js';
import { turns } from '../../test/scripted-model.js';

const secret = () => z.string().meta({ sensitive: true });
const Person = z.object({ name: secret(), pin: secret(), city: z.string() });
const Account = z.object({ iban: secret(), digit: z.number().meta({ sensitive: true }) });

@Agent({ output: Account })
class Loader {
  run(_person: unknown): z.infer<typeof Account> {
    return { iban: 'GB-1111', digit: 7 };
  }
}

@Agent()
@DependsOn(Loader)
class Teller {
  async run({ iban }: z.infer<typeof Account>, ctx: RunContext): Promise<string> {
    const { name } = ctx.input as z.infer<typeof Person>;
    await ctx.waitFor('go', z.boolean());
    return `${name} has ${iban}`;
  }
}

const jane = { name: 'Jane Doe', pin: '12', city: 'Bath' };
const rob = { name: 'Rob Roe', pin: '34', city: 'York' };
const workflow = defineWorkflow({ name: 'w', version: 1, input: Person, output: Teller });

const find = <T extends JournalRecord['type']>(events: readonly Event[], type: T) =>
  events.filter((event): event is Extract<JournalRecord, { type: T }> => event.type === type);

describe('sensitive data of a run', () => {
  it('is masked in a fork, and so is what is new in it', async () => {
    const espalier = await createEspalier({ workflows: [workflow] });
    const first = espalier.start(workflow, jane);
    await turns();
    const options = { from: Teller, input: rob, outputs: [override(Loader, { iban: 'GB-2222', digit: 8 })] };
    const fork = await espalier.fork<string>(first.id, options);
    await turns();
    await espalier.signal(fork.id, 'go', true);
    await expect(fork.result).resolves.toBe('Rob Roe has GB-2222');
    const events = await eventsOf(fork);
    expect(find(events, 'run-start')[0]?.input).toEqual({ name: '[sensitive]', pin: '[sensitive]', city: 'York' });
    expect(find(events, 'node-end').map(({ output }) => output)).toEqual([
      { iban: '[sensitive]', digit: '[sensitive]' },
      '[sensitive] has [sensitive]',
    ]);
    first.cancel();
  });

  it('is masked in a fork that keeps everything', async () => {
    const espalier = await createEspalier({ workflows: [workflow] });
    const first = espalier.start(workflow, jane);
    await turns();
    const fork = await espalier.fork<string>(first.id, { from: Teller });
    await turns();
    await espalier.signal(fork.id, 'go', true);
    await expect(fork.result).resolves.toBe('Jane Doe has GB-1111');
    const text = JSON.stringify(await eventsOf(fork));
    expect(text).toContain('"pin":"[sensitive]"');
    expect(text).not.toMatch(/Jane|GB-/);
    first.cancel();
  });

  it('is masked where a migration gives it', async () => {
    const store = new MemoryJournal();
    const one = await createEspalier({ workflows: [workflow], store });
    const run = one.start(workflow, jane);
    run.result.catch(() => {});
    await turns();
    await one.drain();
    const next = defineWorkflow({
      name: 'w',
      version: 2,
      input: Person,
      output: Teller,
      migrate: () => ({ input: rob, outputs: { loader: { iban: 'GB-3333', digit: 9 } } }),
    });
    const two = await createEspalier({ workflows: [next], store });
    const resumed = await two.resume<string>(run.id);
    await turns();
    await two.signal(run.id, 'go', true);
    await expect(resumed.result).resolves.toBe('Rob Roe has GB-3333');
    const events = await eventsOf(resumed);
    expect(find(events, 'run-migrate')[0]).toMatchObject({
      input: { name: '[sensitive]', pin: '[sensitive]', city: 'York' },
      outputs: [{ node: 'loader', output: { iban: '[sensitive]', digit: '[sensitive]' } }],
    });
    expect(JSON.stringify(events)).not.toMatch(/Rob|GB-/);
    expect(store.read(run.id).map(maskRecord)).toEqual(events);
  });
});
