import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { build } from '../../test/build.js';
import { ScriptedModel, type ScriptedTurn } from '../../test/scripted-model.js';
import type { RunContext } from '../context/run-context.js';
import { Agent } from '../decorators/agent.js';
import type { ReplayReport } from './replay-report.js';

const secret = z.string().meta({ sensitive: true });
const Person = z.object({ email: secret, pin: secret });
const person = { email: 'jane@doe.example', pin: '42' };

/** What the code has become since. */
let changed = false;

@Agent({ instructions: 'Be brief.' })
class Clerk {
  run({ email }: typeof person, ctx: RunContext): Promise<unknown> {
    const error = () => `${changed ? 'it is wrong' : 'no'}, ask ${email}`;
    return ctx.generate(z.object({ count: z.number({ error }) }), `How many letters has ${email}?`);
  }
}

@Agent()
class Lister {
  run({ email }: typeof person): unknown {
    return { [email]: { seen: changed }, ok: true };
  }
}

async function replayed(
  output: typeof Clerk | typeof Lister,
  ...script: readonly ScriptedTurn[]
): Promise<ReplayReport> {
  changed = false;
  const models = { default: new ScriptedModel(...script) };
  const { espalier, start } = await build(output, { input: Person as never }, { models });
  const run = start(person);
  await run.result;
  changed = true;
  return espalier.replay(run.id);
}

describe('the report of a replay', () => {
  it('masks a request where its values stand, also where the record tells only what is new in it', async () => {
    const { diverged } = await replayed(Clerk, '{"count": "x"}', '{"count": 16}');
    expect(diverged).toMatchObject({
      kind: 'changed',
      step: 'generate[1]/model[2]',
      path: '$.request.messages[3].content[0].text',
      recorded: expect.stringContaining('no, ask [sensitive]'),
      now: expect.stringContaining('it is wrong, ask [sensitive]'),
    });
    expect(JSON.stringify(diverged)).not.toContain('jane');
  });

  it('masks keys of objects in the place of a difference, and what is masked whole on record', async () => {
    const { diverged } = await replayed(Lister);
    expect(JSON.stringify(diverged)).not.toContain('jane');
    expect(diverged).toMatchObject({
      kind: 'changed',
      path: '$.output["[sensitive]"].seen',
      recorded: '[sensitive]',
      now: '[sensitive]',
    });
  });
});
