import {
  Agent,
  type AgentClass,
  type AttemptRequest,
  type AttemptResult,
  append,
  asTool,
  Budget,
  Calls,
  createEspalier,
  DependsOn,
  defineWorkflow,
  type Espalier,
  EspalierError,
  type EspalierOptions,
  each,
  Fallback,
  ForEach,
  fixed,
  Handoff,
  MemoryJournal,
  MemoryThreadStore,
  Merge,
  Repeat,
  Retry,
  type Run,
  type RunContext,
  type RunOutcome,
  Sensitive,
  SharedState,
  serializeError,
  Timeout,
  Tool,
  VirtualClock,
  type Workflow,
  type WorkflowOptions,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { IsEmail, IsString } from 'class-validator';
import { z } from 'zod';
import { type Loopback, loopback } from './loopback.js';
import { type Behaviour, type Decorator, makeAgent } from './make-agent.js';
import { ScriptedModel, type ScriptedTurn, turns } from './scripted-model.js';

interface Scenario {
  readonly output: AgentClass<unknown>;
  readonly turns?: readonly ScriptedTurn[];
  readonly workflow?: Partial<WorkflowOptions<never, AgentClass>>;
  readonly input?: unknown;
  readonly threadId?: string;
  readonly others?: readonly Workflow<never, never>[];
  /** What happens while it runs. */
  readonly meanwhile?: (run: Run<unknown>, clock: VirtualClock, espalier: Espalier) => Promise<void>;
}

interface Played {
  readonly outcome: RunOutcome;
  readonly records: ReturnType<MemoryJournal['read']>;
  readonly requests: AttemptRequest[];
  readonly results: AttemptResult[];
  readonly model: ScriptedModel;
  readonly threads: MemoryThreadStore;
}

async function play(scenario: Scenario, elsewhere: boolean, loop: Loopback = {}): Promise<Played> {
  const { output, input = null, threadId, meanwhile, others = [] } = scenario;
  const flow = defineWorkflow({ name: 'test', version: 1, output, ...scenario.workflow }) as Workflow<unknown, unknown>;
  const clock = new VirtualClock();
  const model = new ScriptedModel(...(scenario.turns ?? []));
  const threads = new MemoryThreadStore();
  const store = new MemoryJournal();
  const [requests, results]: [AttemptRequest[], AttemptResult[]] = [[], []];
  const options: EspalierOptions = {
    ...{ workflows: [flow, ...others], models: { default: model }, clock, threads, random: () => 0.5 },
    layAsideAfter: false,
  };
  const espalier = await createEspalier(
    elsewhere
      ? { ...options, engine: loopback({ ...options, store }, { ...loop, requests, results }) }
      : { ...options, store, recovery: false },
  );
  const run = espalier.start(flow, input, { runId: 'r1', ...(threadId === undefined ? {} : { threadId }) });
  run.result.catch(() => {});
  await turns();
  if (meanwhile === undefined) await clock.advance('1h');
  else await meanwhile(run, clock, espalier);
  const outcome = await run.outcome;
  expect(clock.pending).toBe(0);
  return { outcome, records: store.read('r1'), requests, results, model, threads };
}

/** The records of each node path, in their order, without what is chance. */
function byPath(records: Played['records']): Readonly<Record<string, unknown>> {
  const paths: Record<string, unknown[]> = {};
  for (const { seq: _seq, time: _time, ...record } of records) {
    const path = 'node' in record ? record.node : 'run';
    paths[path] ??= [];
    if (record.type !== 'run-start') paths[path].push(JSON.parse(JSON.stringify(record)));
  }
  return paths;
}

/** Plays it here and elsewhere. @returns how it came out elsewhere, which was the same */
async function both(scenario: () => Scenario, loop?: Loopback): Promise<Played> {
  const here = await play(scenario(), false);
  const there = await play(scenario(), true, loop);
  expect(there.outcome.status).toBe(here.outcome.status);
  expect(there.outcome.output).toEqual(here.outcome.output);
  expect(serializeError(there.outcome.error)).toEqual(serializeError(here.outcome.error));
  expect(there.outcome.usage).toEqual(here.outcome.usage);
  expect(byPath(there.records)).toEqual(byPath(here.records));
  expect(there.model.requests).toEqual(here.model.requests);
  return there;
}

const agent = (name: string, behaviour: Behaviour, ...decorators: unknown[]): AgentClass<unknown> =>
  makeAgent(name, [], behaviour, decorators as Decorator[]);

@SharedState()
class Log {
  @Merge(append) lines: string[] = [];
  title = 'none';
}

describe('an attempt that is made elsewhere', () => {
  it('has inputs, state and the number of the attempt, and gives output and writes', async () => {
    const log = (ctx: RunContext, line: string): void => {
      const state = ctx.state(Log);
      state.write({ lines: [`${line} after ${state.read().lines.length}`], title: line });
    };
    const scenario = (): Scenario => {
      const top = agent('top', (_, ctx) => log(ctx, 'top') ?? { n: 1 });
      const left = makeAgent('left', [top], ([input], ctx) => ctx.state(Log).write({ lines: ['left'] }) ?? input);
      const right = makeAgent('right', [top], (_, ctx) => ctx.state(Log).write({ lines: ['right'] }) ?? undefined);
      const output = makeAgent('output', [left, right], (inputs, ctx) => {
        const seen = ctx.state(Log).read();
        return { inputs: inputs.map((input) => input ?? 'nothing'), seen, attempt: ctx.attempt, input: ctx.input };
      });
      return { output, input: { topic: 'tides' } };
    };
    const { outcome, requests } = await both(scenario);
    expect(outcome.output).toEqual({
      inputs: [{ n: 1 }, 'nothing'],
      seen: { lines: ['top after 0', 'left', 'right'], title: 'top' },
      attempt: 1,
      input: { topic: 'tides' },
    });
    expect(outcome.state(Log).lines).toEqual(['top after 0', 'left', 'right']);
    expect(requests.map(({ node }) => node)).toEqual(['top', 'left', 'right', 'output']);
  });

  it('is made again after a pause, with what steps before have given; then a fallback takes its place', async () => {
    let loads = 0;
    const scenario = (): Scenario => {
      loads = 0;
      const other = agent('other', (inputs, ctx) => ({ inputs, why: ctx.failure?.code }));
      const output = agent(
        'output',
        async (_, ctx) => {
          const loaded = await ctx.step('load', () => ++loads);
          throw new EspalierError('agent-failed', `no ${loaded} in ${ctx.attempt}`, { details: { loaded } });
        },
        Retry({ attempts: 3, backoff: fixed('1s') }),
        Fallback(other as never),
      );
      return { output, input: 'x' };
    };
    const { outcome, requests, results } = await both(scenario);
    expect(outcome.output).toEqual({ inputs: ['x'], why: 'retry-exhausted' });
    expect(loads).toBe(1);
    expect(requests.map(({ node, attempt, agent: { index } }) => `${node}#${attempt} ${index}`)).toEqual([
      'output#1 0',
      'output#2 0',
      'output#3 0',
      'output/other#1 -1',
    ]);
    expect(results.map(({ steps }) => steps?.length ?? 0)).toEqual([1, 0, 0, 0]);
  });

  it('fails with the error that was thrown there', async () => {
    const details = { which: 'shelf', retryAfter: 5 };
    const error = new EspalierError('timeout', 'closed', { hint: 'Come back.', details, retryable: false });
    const { outcome } = await both(() => ({
      output: agent(
        'output',
        () => {
          throw error;
        },
        Retry(3),
      ),
    }));
    const { cause } = outcome.error as { cause: EspalierError };
    expect(cause).toMatchObject({ code: 'timeout', message: 'closed', hint: 'Come back.', details, retryable: false });
    expect(outcome.nodes().output?.error).toBe(cause);
  });

  it('repeats: each iteration is one of its own, and knows the one before', async () => {
    const output = (): AgentClass<unknown> =>
      agent(
        'output',
        (_, ctx) => {
          ctx.state(Log).write({ lines: [`${ctx.iteration}`] });
          return [...((ctx.previous as string[] | undefined) ?? []), ctx.state(Log).read().lines.join()];
        },
        Repeat({ until: (all: unknown) => (all as string[]).length === 3, max: 5 }) as never,
      );
    const { outcome, requests } = await both(() => ({ output: output() }));
    expect(outcome.output).toEqual(['1', '1,2', '1,2,3']);
    expect(requests.map(({ node, iteration }) => [node, iteration])).toEqual([
      ['output@1', 1],
      ['output@2', 2],
      ['output@3', 3],
    ]);
  });

  it('calls models and tools, agents as tools and child runs, and hands over; what that used is the run’s', async () => {
    @Agent({ description: 'Finds facts' })
    class Researcher {
      run(task: string, ctx: RunContext): string {
        ctx.state(Log).write({ lines: [task] });
        return `facts about ${task}`;
      }
    }
    @Agent({ instructions: 'You refund.' })
    class Refunds {}
    @Agent({ instructions: 'You help.', tools: [asTool(Researcher)] })
    @Handoff(Refunds, { max: 2 })
    class Desk {
      @Tool('Look')
      look(): string {
        return 'blue';
      }
    }
    const child = defineWorkflow({ name: 'child', version: 1, output: agent('inner', ([n]) => (n as number) + 1) });
    @Agent()
    @Calls(child as never, { max: 1 })
    @DependsOn(Desk)
    class Last {
      async run(said: string, ctx: RunContext): Promise<unknown> {
        return { said, sum: await ctx.call(child as never, 41 as never), lines: ctx.state(Log).read().lines };
      }
    }
    const scenario = (): Scenario => ({
      output: Last as never,
      others: [child as never],
      input: 'hello',
      turns: [
        { calls: [{ tool: 'look' }, { tool: 'researcher', arguments: { task: 'tides' } }] },
        { calls: [{ tool: 'handoff_to_refunds' }] },
        'refunded',
      ],
    });
    const { outcome } = await both(scenario);
    expect(outcome.error).toBeUndefined();
    expect(outcome.output).toEqual({ said: 'refunded', sum: 42, lines: ['tides'] });
    expect(outcome.usage).toMatchObject({ modelCalls: 3, toolCalls: 2, inputTokens: 30 });
  });

  it('is cut off by its timeout: its signal aborts with the reason, and what it used counts', async () => {
    const seen: unknown[] = [];
    const output = (): AgentClass<unknown> => {
      @Agent({ instructions: 'You think.' })
      @Timeout('2s')
      @Retry(2)
      class Thinker {
        async run(_: unknown, ctx: RunContext): Promise<unknown> {
          await ctx.generate('go on');
          if (ctx.attempt === 2) return 'done';
          return new Promise((_resolve, reject) => {
            ctx.signal.addEventListener('abort', () => {
              seen.push((ctx.signal.reason as EspalierError).code);
              reject(ctx.signal.reason);
            });
          });
        }
      }
      return Thinker as never;
    };
    const { outcome, requests } = await both(() => ({ output: output(), turns: ['one', 'two'] }));
    expect(outcome.output).toBe('done');
    expect(outcome.usage.modelCalls).toBe(2);
    expect(seen).toEqual(['run-cancelled', 'run-cancelled']);
    expect(requests.map(({ timeLimit }) => timeLimit)).toEqual([2000, 2000]);
  });

  it('is cancelled with its run', async () => {
    const reasons: string[] = [];
    const output = (): AgentClass<unknown> =>
      agent('output', (_, ctx) => {
        ctx.signal.addEventListener('abort', () => reasons.push((ctx.signal.reason as Error).message));
        return new Promise(() => {});
      });
    const meanwhile = async (run: Run<unknown>): Promise<void> => run.cancel('enough');
    const { outcome } = await both(() => ({ output: output(), meanwhile }));
    expect(outcome.status).toBe('cancelled');
    expect(reasons).toEqual(Array(2).fill("Run 'r1' of workflow 'test' was cancelled: enough."));
  });

  it('says to the thread what it said, once it counts', async () => {
    @Agent({ instructions: 'You help.', thread: true })
    @Retry(2)
    class Helper {
      async run(question: string, ctx: RunContext): Promise<string> {
        const answer = await ctx.generate(question);
        if (ctx.attempt === 1) throw new Error('not yet');
        return answer;
      }
    }
    const scenario = { output: Helper as never, input: 'What colour?', threadId: 'a', turns: ['Red.', 'Blue.'] };
    const { threads } = await both(() => scenario);
    const entries = await threads.read('a', 10);
    expect(JSON.stringify(entries)).toContain('Blue.');
    expect(JSON.stringify(entries)).not.toContain('Red.');
    expect(threads.length('a')).toBe(1);
  });

  it('masks what the run knows to be sensitive, and tells the run what it has met', async () => {
    class Contact {
      @IsString() @Sensitive() name!: string;
      @IsEmail() @Sensitive() email!: string;
    }
    const scenario = (): Scenario => {
      @Agent({ output: Contact })
      class Finder {
        run(): unknown {
          return { name: 'Rob Roe', email: 'rob@roe.example' };
        }
      }
      const mailer = makeAgent('mailer', [Finder as never], ([found], ctx) => {
        const { email } = found as Contact;
        return `mail ${email} for ${(ctx.input as Contact).name}`;
      });
      const last = makeAgent('last', [mailer], ([text]) => text);
      return {
        output: last,
        workflow: { input: Contact as never },
        input: { name: 'Jane Doe', email: 'j@doe.example' },
      };
    };
    const { records, outcome } = await both(scenario);
    expect(outcome.output).toBe('mail rob@roe.example for Jane Doe');
    const marked = records.filter((record) => record.sensitive !== undefined).map(({ type }) => type);
    expect(marked).toEqual(['run-start', 'node-end', 'node-end', 'node-end', 'run-end']);
  });
});

describe('an attempt elsewhere that waits', () => {
  const asking = (): AgentClass<unknown> =>
    agent('asker', (_, ctx) => ctx.waitFor('go', z.object({ ok: z.boolean() }), { request: 'may I?' }));

  it('gives its slot to others, is found by answers, and has a slot again before it goes on', async () => {
    const scenario = (): Scenario => {
      const busy = agent('busy', async (_, ctx) => ctx.sleep('2s'));
      const asker = asking();
      return {
        output: makeAgent('output', [asker, busy], ([answer]) => answer),
        workflow: { concurrency: 1 },
        meanwhile: async (run, clock, espalier) => {
          await turns();
          expect(run.status).toBe('suspended');
          expect(run.suspensions).toEqual([{ node: 'asker', signal: 'go', request: 'may I?' }]);
          await expect(espalier.signal('r1', 'go', { ok: 'yes' })).rejects.toMatchObject({ code: 'signal-invalid' });
          await espalier.signal('r1', 'go', { ok: true }, { by: 'ann' });
          await expect(espalier.signal('r1', 'go', { ok: true })).rejects.toMatchObject({ code: 'signal-answered' });
          await clock.advance('3s');
        },
      };
    };
    const { outcome, records } = await both(scenario);
    expect(outcome.output).toEqual({ ok: true });
    expect(records.find(({ type }) => type === 'node-resume')).toMatchObject({ node: 'asker', by: 'ann' });
  });

  it('fails with signal-invalid where its schema finds what JSON Schema cannot say', async () => {
    const even = z.number().refine((value) => value % 2 === 0, 'odd');
    const output = agent('asker', (_, ctx) => ctx.waitFor('n', even));
    const meanwhile: Scenario['meanwhile'] = async (_run, _clock, espalier) => {
      await turns();
      await espalier.signal('r1', 'n', 3);
    };
    const { outcome } = await play({ output, meanwhile }, true);
    expect((outcome.error as Error).cause).toMatchObject({
      code: 'signal-invalid',
      message: "The answer to 'n' does not match: $: odd.",
    });
  });

  it('goes on where its engine cannot tell the run', async () => {
    const meanwhile: Scenario['meanwhile'] = async (run, clock) => {
      expect(run.status).toBe('running');
      await clock.advance('3s');
    };
    const output = agent('output', async (_, ctx) => (await ctx.sleep('2s')) ?? 'awake');
    const { outcome } = await play({ output, meanwhile }, true, { tells: false });
    expect(outcome.output).toBe('awake');
  });

  it('is asked for an approval as here', async () => {
    @Agent({ instructions: 'You pay.' })
    class Payer {
      @Tool({ description: 'Pay', approval: true })
      pay(): string {
        return 'paid';
      }
    }
    const meanwhile: Scenario['meanwhile'] = async (run, _clock, espalier) => {
      await turns();
      const [{ signal } = { signal: '' }] = run.suspensions;
      await espalier.signal('r1', signal, true);
    };
    const { outcome } = await both(() => ({
      output: Payer as never,
      turns: [{ calls: [{ tool: 'pay' }] }, 'done'],
      meanwhile,
    }));
    expect(outcome.output).toBe('done');
  });
});

describe('an attempt elsewhere that leaves its process when it waits', () => {
  it('is made again from its records: nothing is done or charged twice, and each of its waits is found', async () => {
    let steps = 0;
    const scenario = (): Scenario => {
      steps = 0;
      @Agent({ instructions: 'You ask.' })
      class Asker {
        async run(_: unknown, ctx: RunContext): Promise<unknown> {
          const said = [await ctx.generate('first')];
          const go = (name: string): Promise<string> => ctx.waitFor(name, z.string());
          said.push(await go('a'), String(await ctx.step('count', () => ++steps)));
          await ctx.sleep('2s');
          said.push(await go('b'), await go('c'), await ctx.generate('last'));
          return said;
        }
      }
      return {
        output: Asker as never,
        workflow: { budget: { modelCalls: 2 } },
        turns: ['one', 'two'],
        meanwhile: async (run, clock, espalier) => {
          for (const name of ['a', 'b', 'c']) {
            await turns(20);
            expect(run.suspensions).toEqual([{ node: 'asker', signal: name, request: undefined }]);
            await espalier.signal('r1', name, `answer ${name}`);
            await turns(20);
            if (name === 'a') await clock.advance('2s');
          }
        },
      };
    };
    const { outcome, results } = await both(scenario, { parks: true });
    expect(outcome.output).toEqual(['one', 'answer a', '1', 'answer b', 'answer c', 'two']);
    expect(outcome.usage.modelCalls).toBe(2);
    expect(steps).toBe(1);
    expect(results).toEqual([expect.objectContaining({ spent: expect.objectContaining({ modelCalls: 2 }) })]);
  });
});

describe('shared state of attempts elsewhere', () => {
  const writing = (name: string, dependencies: readonly AgentClass[], ...decorators: unknown[]): AgentClass<unknown> =>
    makeAgent(
      name,
      dependencies,
      (_, ctx) => ctx.state(Log).write({ title: ctx.node }) ?? name,
      decorators as Decorator[],
    );

  it('is in conflict where it is here: in a reader, in the end, and among items', async () => {
    const reader = await both(() => {
      const both = [writing('left', []), writing('right', [])];
      return { output: makeAgent('output', both, (_, ctx) => ctx.state(Log).read().title) };
    });
    expect(reader.outcome.error).toMatchObject({ code: 'state-conflict' });
    const end = await both(() => ({
      output: makeAgent('output', [writing('left', []), writing('right', [])], () => 'nobody looks'),
    }));
    expect(end.outcome.error).toMatchObject({ code: 'state-conflict' });
    const items = await both(() => {
      const source = agent('source', () => [1, 2]);
      const each1 = ForEach(source as never, { items: (all: unknown) => all as number[], max: 2 });
      return { output: makeAgent('output', [each(writing('items', [], each1) as never)], ([all]) => all) };
    });
    expect((items.outcome.error as Error).cause).toMatchObject({
      code: 'state-conflict',
      details: { nodes: ['items[0]', 'items[1]'] },
    });
  });

  it('is masked where its class says that it is sensitive', async () => {
    @SharedState()
    class Card {
      @Sensitive() number = '';
    }
    const scenario = (): Scenario => {
      const first = agent('first', (_, ctx) => ctx.state(Card).write({ number: '4111 1111' }));
      return { output: makeAgent('output', [first], (_, ctx) => `card ${ctx.state(Card).read().number}`) };
    };
    const { records, outcome } = await both(scenario);
    expect(outcome.output).toBe('card 4111 1111');
    expect(records.filter(({ sensitive }) => sensitive !== undefined)).toHaveLength(3);
  });
});

describe('budgets of attempts elsewhere', () => {
  @Agent({ instructions: 'You write.' })
  class Writer {}

  it('run out there as they do here', async () => {
    @Agent({ instructions: 'You write on.' })
    @Budget({ modelCalls: 1 })
    @Retry(3)
    class Eager {
      async run(_: unknown, ctx: RunContext): Promise<unknown> {
        return [await ctx.generate('a'), await ctx.generate('b')];
      }
    }
    const node = await both(() => ({ output: Eager as never, turns: ['one', 'two'] }));
    expect((node.outcome.error as Error).cause).toMatchObject({ code: 'budget-exceeded', where: { node: 'eager' } });
    const run = await both(() => ({
      output: makeAgent('output', [Writer as never], (_, ctx) => ctx.generate('more'), [], { model: 'default' }),
      workflow: { budget: { modelCalls: 1 } },
      turns: ['one'],
    }));
    expect(run.outcome.status).toBe('budget_exceeded');
  });

  it('are never overspent by several at once, and none fails for what another has not used', async () => {
    const writers = Array.from({ length: 5 }, (_, index) =>
      makeAgent(`w${index}`, [], (_inputs, ctx) => ctx.generate('write'), [], { model: 'default' }),
    );
    const scenario = (tokens: number): Scenario => ({
      output: makeAgent('output', writers, () => 'all'),
      workflow: { budget: { tokens } },
      turns: writers.map(() => 'text'),
    });
    const enough = await play(scenario(300), true);
    expect(enough.outcome.status).toBe('completed');
    const tight = await play(scenario(40), true);
    expect(tight.outcome.status).toBe('budget_exceeded');
    expect(tight.outcome.usage.inputTokens + tight.outcome.usage.outputTokens).toBeLessThanOrEqual(40);
  });

  it('lend to one that comes when all is lent what comes back; code does not wait for that', async () => {
    const asking = (name: string, dependencies: readonly AgentClass[]): AgentClass<unknown> =>
      makeAgent(name, dependencies, async (_, ctx) => (await ctx.sleep('1s')) ?? ctx.generate(name), [], {
        model: 'default',
      });
    const early = asking('early', []);
    const code = agent('code', () => 'now');
    const late = asking('late', [code]);
    const { outcome, records, requests } = await play(
      {
        output: makeAgent('output', [late, early], (inputs) => inputs), // so code is the first that is ready
        workflow: { budget: { modelCalls: 2 } },
        turns: ['one', 'two'],
        meanwhile: async (_run, clock) => {
          await clock.advance('10s');
        },
      },
      true,
    );
    expect(outcome.output).toEqual(['two', 'one']);
    expect(requests.map(({ node, budgets }) => [node, budgets?.[0]?.spent.modelCalls])).toEqual([
      ['code', 0],
      ['early', 0],
      ['late', 1],
      ['output', 2],
    ]);
    const at = (node: string, type: string): number =>
      records.find((record) => 'node' in record && record.node === node && record.type === type)?.seq as number;
    expect(at('code', 'node-end')).toBeLessThan(at('early', 'node-end'));
  });
});

describe('engineHost.performAttempt', () => {
  const request: AttemptRequest = {
    ...{ runId: 'r1', workflow: 'test', version: 1, fingerprint: 'another', node: 'output', attempt: 1, args: [] },
    agent: { name: 'output', index: 0 },
  };

  it('refuses an attempt of a workflow that it has not, or with another graph', async () => {
    const flow = defineWorkflow({ name: 'test', version: 1, output: agent('output', () => 1) });
    const { engineHost } = await createEspalier({ workflows: [flow] });
    const place = {} as never;
    await expect(engineHost.performAttempt({ ...request, version: 2 }, place)).rejects.toMatchObject({
      code: 'workflow-unknown',
      message: "Run 'r1' is of workflow 'test' version 2, which is not registered where node 'output' is to run.",
    });
    await expect(engineHost.performAttempt(request, place)).rejects.toMatchObject({
      code: 'run-changed',
      message:
        "Run 'r1' began with another graph of workflow 'test' version 1 than there is where node 'output' is to run.",
    });
  });
});
