import {
  Agent,
  Calls,
  type ChainReport,
  createEspalier,
  DependsOn,
  defineNotes,
  defineWorkflow,
  Fallback,
  type Journal,
  MemoryJournal,
  Retry,
  type RunContext,
  Tool,
  VirtualClock,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ScriptedModel, turns } from '../../test/scripted-model.js';

const Refund = z.object({ card: z.string().meta({ sensitive: true }), amount: z.number() });

@Agent({ instructions: 'Refund.' })
class Clerk {
  @Tool({ description: 'Refund', input: Refund, approval: true })
  refund({ amount }: z.infer<typeof Refund>): string {
    return `refunded ${amount}`;
  }

  async run(input: { customer: string }, ctx: RunContext): Promise<string> {
    await ctx.step('open-case', () => 'case 7');
    return ctx.generate(`Refund ${input.customer}`);
  }
}

@Agent()
class Stand {
  run(): string {
    return 'stand-in';
  }
}

@Agent()
@Retry({ attempts: 2, backoff: '1s' })
@Fallback(Stand)
class Shaky {
  run(): string {
    throw new Error('the line broke');
  }
}

const side = defineWorkflow({ name: 'side', version: 1, output: Stand });

@Agent()
@DependsOn(Clerk, Shaky)
@Calls(side, { max: 1 })
class Closer {
  async run(refund: string, other: string, ctx: RunContext): Promise<string> {
    const answer = await ctx.waitFor('close', z.boolean(), { request: { refund, other } });
    return `${await ctx.call(side, undefined as never)} ${answer}`;
  }
}

const refund = defineWorkflow({
  name: 'refund',
  version: 3,
  input: z.object({ customer: z.string() }),
  output: Closer,
});

/** A journal that keeps a chain, as its store would say. */
class ChainedJournal extends MemoryJournal {
  report: ChainReport = { head: 'abc', records: 5, faults: [] };
  verify(): ChainReport {
    return this.report;
  }
}

/** A run of everything that an audit tells of; two processes had it. */
async function refunded(store: Journal = new MemoryJournal()) {
  const clock = new VirtualClock();
  const args = { card: '4111-1111', amount: 5 };
  const model = new ScriptedModel({ calls: [{ tool: 'refund', arguments: args, id: 'c1' }] }, 'All done for 4111-1111');
  const options = { workflows: [refund, side], store, clock, models: { default: model } };
  const first = await createEspalier({ ...options, owner: 'process-1' });
  const begun = first.start(refund, { customer: 'Jane' }, { runId: 'r1', identity: { user: 'ann' } });
  begun.result.catch(() => {});
  await clock.advance('2s');
  await first.drain();
  const espalier = await createEspalier({ ...options, owner: 'process-2' });
  const run = await espalier.resume('r1');
  await turns();
  await espalier.signal('r1', 'generate[1]/tool[1.c1]', { approved: true, reason: 'known' }, { by: { user: 'bob' } });
  await turns();
  await espalier.signal('r1', 'close', true);
  await expect(run.result).resolves.toBe('stand-in true');
  return { espalier, store };
}

describe('an audit', () => {
  it('tells who started a run, what runs, and who held it', async () => {
    const { espalier } = await refunded();
    const audit = await espalier.audit('r1');
    expect(audit).toMatchObject({
      runId: 'r1',
      workflow: { name: 'refund', version: 3, fingerprint: expect.any(String) },
      status: 'completed',
      identity: { user: 'ann' },
      input: { customer: 'Jane' },
      output: 'stand-in true',
      migrations: [],
      holders: [{ owner: 'process-1', seq: 0 }, { owner: 'process-2' }],
    });
    expect(audit.endedAt).toBeGreaterThanOrEqual(audit.startedAt);
    expect(audit).not.toHaveProperty('chain');
    expect(JSON.parse(JSON.stringify(audit))).toEqual(audit);
  });

  it('tells what was asked, who answered, and what', async () => {
    const { espalier } = await refunded();
    const { questions, toolCalls } = await espalier.audit('r1');
    expect(questions).toMatchObject([
      {
        kind: 'approval',
        node: 'clerk',
        signal: 'generate[1]/tool[1.c1]',
        request: { tool: 'refund', arguments: { card: '[sensitive]', amount: 5 } },
        answer: { by: { user: 'bob' }, value: { approved: true, reason: 'known' } },
      },
      {
        kind: 'signal',
        node: 'closer',
        signal: 'close',
        request: { refund: 'All done for [sensitive]', other: 'stand-in' },
        answer: { value: true },
      },
    ]);
    expect(questions[1]?.answer).not.toHaveProperty('by');
    expect(toolCalls[0]?.approval).toEqual(questions[0]);
  });

  it('tells which model said what, what tools did, and what was spent', async () => {
    const { espalier } = await refunded();
    const { modelCalls, toolCalls, steps, spent } = await espalier.audit('r1');
    expect(modelCalls).toMatchObject([
      {
        node: 'clerk',
        model: 'test:scripted',
        prompt: { messages: 2, last: 'Refund Jane' },
        answer: {
          model: 'scripted',
          text: '',
          finishReason: 'tool-calls',
          toolCalls: [{ tool: 'refund', callId: 'c1', arguments: '{"card":"[sensitive]","amount":5}' }],
        },
        usage: { inputTokens: 10, outputTokens: 5 },
      },
      {
        prompt: { messages: 4, last: 'refunded 5' },
        answer: { text: 'All done for [sensitive]', toolCalls: [], finishReason: 'stop' },
      },
    ]);
    expect(toolCalls).toMatchObject([{ begun: 2, tool: 'refund', outcome: { content: 'refunded 5', failed: false } }]);
    expect(steps).toMatchObject([{ node: 'clerk', name: 'open-case', value: 'case 7' }]);
    const used = { modelCalls: 2, toolCalls: 1, inputTokens: 20, outputTokens: 10, cost: 0 };
    expect(spent).toEqual({
      total: { tokens: 30, modelCalls: 2, toolCalls: 1, cost: 0 },
      own: used,
      nodes: { clerk: used },
      models: { 'test:scripted': { ...used, toolCalls: 0 } },
    });
  });

  it('counts what vectors of texts have cost with the node that asked for them', async () => {
    const facts = defineNotes({ name: 'facts', scope: 'shared' });
    @Agent()
    class Keeper {
      run(_input: unknown, ctx: RunContext): Promise<void> {
        return ctx.notes(facts).remember('a');
      }
    }
    const embed = async () => ({ vectors: [[1, 2]], usage: { inputTokens: 7, cost: 0.5 } });
    const workflow = defineWorkflow({ name: 'keep', version: 1, output: Keeper });
    const espalier = await createEspalier({ workflows: [workflow], embeddings: { default: { name: 'e', embed } } });
    const run = espalier.start(workflow, null as never);
    await run.result;
    const { spent } = await espalier.audit(run.id);
    const used = { modelCalls: 0, toolCalls: 0, inputTokens: 7, outputTokens: 0, cost: 0.5 };
    expect([spent.own, spent.nodes]).toEqual([used, { keeper: used }]);
  });

  it('tells what failed and what came of it, and which runs were called', async () => {
    const { espalier } = await refunded();
    const { failures, children } = await espalier.audit('r1');
    expect(failures).toMatchObject([
      { node: 'shaky', attempt: 1, kind: 'retry', error: { message: 'the line broke' } },
      { node: 'shaky', attempt: 2, kind: 'fallback', fallback: 'stand', error: { code: 'retry-exhausted' } },
    ]);
    expect(children).toMatchObject([{ node: 'closer', runId: 'r1/closer/call:side[1]', output: 'stand-in' }]);
    const [child] = children;
    expect(await espalier.audit(child?.runId ?? '')).toMatchObject({ parent: { runId: 'r1', node: 'closer' } });
  });

  it('shows sensitive data only where it is asked for', async () => {
    const { espalier } = await refunded();
    expect(JSON.stringify(await espalier.audit('r1'))).not.toContain('4111');
    const revealed = await espalier.audit('r1', { reveal: true });
    expect(revealed.modelCalls[1]?.answer?.text).toBe('All done for 4111-1111');
  });

  it('tells of a run that is still open, and of questions without an answer', async () => {
    const { questions, ...rest } = await (async () => {
      const espalier = await createEspalier({ workflows: [refund, side], models: { default: new ScriptedModel() } });
      const workflow = defineWorkflow({ name: 'wait', version: 1, output: Waiter });
      const other = await createEspalier({ workflows: [workflow] });
      const run = other.start(workflow, undefined);
      await turns();
      await expect(espalier.audit(run.id)).rejects.toMatchObject({ code: 'run-unknown' });
      return other.audit(run.id);
    })();
    expect(rest).not.toHaveProperty('status');
    expect(questions).toEqual([expect.not.objectContaining({ answer: expect.anything() })]);
  });

  it('says whether the records are as they were written', async () => {
    const store = new ChainedJournal();
    const { espalier } = await refunded(store);
    const sound = await espalier.audit('r1');
    expect(sound.chain).toEqual(store.report);
    expect(String(sound)).toContain('5 records, all as they were written. Head of the chain: abc');
    store.report = { head: 'abd', records: 5, faults: [{ seq: 3, kind: 'changed', message: 'its hash is another' }] };
    expect(String(await espalier.audit('r1'))).toContain(
      'NOT AS IT WAS WRITTEN: 1 of 5 records.\n  record 3 changed: its hash is another',
    );
  });

  it('can be read', async () => {
    const { espalier } = await refunded();
    const text = String(await espalier.audit('r1'));
    expect(text.replaceAll(/2026-01-01T00:00:0\d\.\d{3}Z/g, '<time>').replace(/graph \w+/, 'graph <id>')).toBe(
      [
        '── run r1',
        'The store keeps no chain of hashes: whether a record was changed cannot be told.',
        'workflow refund version 3, graph <id>',
        '<time> started by {"user":"ann"}',
        '<time> held by process process-1',
        '<time> held by process process-2',
        'input {"customer":"Jane"}',
        '<time> ended completed',
        'output "stand-in true"',
        '',
        '── who approved and answered what',
        '<time> clerk asked for approval: {"tool":"refund","arguments":{"card":"[sensitive]","amount":5}}',
        '  <time> {"user":"bob"} said {"approved":true,"reason":"known"}',
        `<time> closer asked for 'close': {"refund":"All done for [sensitive]","other":"stand-in"}`,
        '  <time> somebody who was not named said true',
        '',
        '── which model said what',
        '<time> clerk test:scripted, 2 messages: "Refund Jane"',
        '  scripted said (tool-calls): ""',
        '  and called refund({"card":"[sensitive]","amount":5})',
        '  10 tokens in, 5 out',
        '<time> clerk test:scripted, 4 messages: "refunded 5"',
        '  scripted said (stop): "All done for [sensitive]"',
        '  10 tokens in, 5 out',
        '',
        '── tool calls',
        '<time> clerk (begun 2 times) refund({"card":"[sensitive]","amount":5})',
        '  a person said {"approved":true,"reason":"known"}',
        '  gave: "refunded 5"',
        '',
        '── steps',
        '<time> clerk open-case: "case 7"',
        '',
        '── child runs',
        '<time> closer r1/closer/call:side[1]: "stand-in"',
        '',
        '── failures',
        '<time> shaky the line broke → retry',
        '<time> shaky (attempt 2) All 2 attempts failed; the last one: the line broke → stand',
        '',
        '── spent',
        'in all 2 model calls, 1 tool call, 20 tokens in, 10 out, $0.0000',
        'with its child runs 2 model calls, 1 tool call, 30 tokens, $0.0000',
        '  model test:scripted: 2 model calls, 0 tool calls, 20 tokens in, 10 out, $0.0000',
        '  node clerk: 2 model calls, 1 tool call, 20 tokens in, 10 out, $0.0000',
      ].join('\n'),
    );
  });
});

@Agent()
class Waiter {
  run(_input: unknown, ctx: RunContext): Promise<boolean> {
    return ctx.waitFor('go', z.boolean());
  }
}
