import {
  Agent,
  type ChatModel,
  createEspalier,
  DependsOn,
  defineWorkflow,
  EspalierError,
  fallbackModels,
  Inject,
  Repeat,
  Retry,
  type Run,
  type RunContext,
  Timeout,
  Tool,
  userText,
  VirtualClock,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import {
  always,
  autoAdvance,
  faults,
  overloaded,
  runVirtually,
  scriptedModel,
  stub,
  testWorkflow,
  when,
} from '../index.js';
import { CallCounter } from './call-counter.js';

const Approval = z.object({ ok: z.boolean() });

@Agent()
class Echo {
  run({ port }: { readonly port: string }): string {
    return `to ${port}`;
  }
}

@Agent()
class Sleepy {
  async run(input: string, ctx: RunContext): Promise<string> {
    await ctx.sleep('3 days');
    return `${input}, rested`;
  }
}

@Agent()
class Asks {
  async run(input: string, ctx: RunContext): Promise<string> {
    const { ok } = await ctx.waitFor('approve', Approval, { request: { input }, timeout: '7 days' });
    await ctx.sleep('1h');
    return ok ? 'approved' : 'refused';
  }
}

@Agent()
class AsksForever {
  async run(_input: string, ctx: RunContext): Promise<string> {
    return `${(await ctx.waitFor('approve', Approval)).ok}`;
  }
}

const Path = z.object({ path: z.string() });

@Agent({ instructions: 'You look.' })
class Hangs {
  @Tool({ description: 'Look', input: Path })
  look(_path: z.infer<typeof Path>): Promise<string> {
    return new Promise(() => {});
  }
}

describe('autoAdvance', () => {
  it('gives what the promise gives, or throws what it throws', async () => {
    const clock = new VirtualClock(0);
    const after = (delay: number) =>
      new Promise<number>((resolve) => clock.setTimer(delay, () => resolve(clock.now())));
    expect(await autoAdvance(clock, after(36e5))).toBe(36e5);
    expect(await autoAdvance(clock, Promise.resolve('at once'))).toBe('at once');
    await expect(autoAdvance(clock, Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('goes no further than the promise needs', async () => {
    const clock = new VirtualClock(0);
    let late = false;
    clock.setTimer(100, () => {
      late = true;
    });
    await autoAdvance(clock, new Promise<void>((resolve) => clock.setTimer(50, resolve)));
    expect([clock.now(), late, clock.pending]).toEqual([50, false, 1]);
  });

  it('waits in real time for what is real', async () => {
    const clock = new VirtualClock(0);
    let timedOut = false;
    clock.setTimer(1000, () => {
      timedOut = true;
    });
    const real = new Promise<string>((resolve) => setTimeout(resolve, 20, 'answered'));
    expect(await autoAdvance(clock, real, { settle: 60 })).toBe('answered');
    expect(timedOut).toBe(false);
  });

  it('says so when timers never end', async () => {
    const clock = new VirtualClock(0);
    const forever = (): void => {
      clock.setTimer(1, forever);
    };
    forever();
    await expect(autoAdvance(clock, new Promise(() => {}), { limit: 5 })).rejects.toThrow(
      'autoAdvance: 5 timers have fired, and more wait.',
    );
  });
});

abstract class Delays {
  abstract real(): Promise<string>;
}

@Agent({ instructions: 'You look.' })
@Timeout('1m')
class Reads {
  constructor(private readonly delays: Delays) {}

  @Tool({ description: 'Look', input: Path })
  look(_path: z.infer<typeof Path>): Promise<string> {
    return this.delays.real();
  }
}

@Agent()
@Repeat({ until: (count) => count === 3, max: 5 })
class AsksAgain {
  async run(_input: string, ctx: RunContext): Promise<number> {
    const { ok } = await ctx.waitFor('approve', Approval);
    return ok ? Number(ctx.previous ?? 0) + 1 : 0;
  }
}

describe('time', () => {
  const looking = () => scriptedModel({ calls: [{ tool: 'look', arguments: { path: '/' } }] }, 'Seen.');

  it('stands still while a tool does real work, so that no timeout strikes', async () => {
    const delays = { real: () => new Promise<string>((resolve) => setTimeout(resolve, 20, 'a file')) };
    const { run } = await testWorkflow(Reads, { model: looking(), providers: [{ provide: Delays, useValue: delays }] });
    expect(await run('?')).toMatchObject({ status: 'completed', output: 'Seen.', elapsed: 0 });
  });

  it('moves on when a tool does nothing, sooner or later', async () => {
    const delays = { real: () => new Promise<string>(() => {}) };
    const { run } = await testWorkflow(Reads, { model: looking(), providers: [{ provide: Delays, useValue: delays }] });
    const start = performance.now();
    expect(await run('?', { settle: 200 })).toMatchObject({ status: 'failed', elapsed: 60_000 });
    expect(performance.now() - start).toBeGreaterThanOrEqual(200);
  });
});

describe('the input of an agent', () => {
  const input = z.object({ port: z.string() });

  it('has the type of the schema that is given for it, and is held to it', async () => {
    const { run } = await testWorkflow(Echo, { input });
    expect(await run({ port: 'Brest' })).toMatchObject({ status: 'completed', output: 'to Brest' });
    // @ts-expect-error: the compiler knows what the input is
    await expect(run({ harbour: 'Brest' })).rejects.toMatchObject({ code: 'input-invalid' });
  });

  it('may be anything without, and is the business of a workflow that is given itself', async () => {
    const { run } = await testWorkflow(Echo);
    expect(await run({ port: 'Oslo' })).toMatchObject({ output: 'to Oslo' });
    const workflow = defineWorkflow({ name: 'echo', version: 1, output: Echo });
    await expect(testWorkflow(workflow, { input } as object)).rejects.toThrow(
      "testWorkflow: workflow 'echo' says itself what its input is.",
    );
  });
});

describe('runVirtually', () => {
  it('answers as often as it is asked', async () => {
    const { run } = await testWorkflow(AsksAgain);
    expect(await run('x', { answers: { approve: { ok: true } } })).toMatchObject({ status: 'completed', output: 3 });
  });

  it('sleeps for days in milliseconds, and keeps what happened', async () => {
    const clock = new VirtualClock();
    const sleepy = defineWorkflow({ name: 'sleepy', version: 1, output: Sleepy });
    const espalier = await createEspalier({ workflows: [sleepy], clock });
    const result = await runVirtually(espalier, clock, sleepy, 'night', { runId: 'r1', identity: 'me' });
    expect(result).toMatchObject({ runId: 'r1', status: 'completed', output: 'night, rested', elapsed: 3 * 864e5 });
    expect(result.events.map(({ type }) => type)).toEqual([
      'run-start',
      'node-start',
      'node-suspend',
      'run-suspend',
      // It has left the memory meanwhile, and comes again to where it waited.
      'run-resume',
      'node-start',
      'run-suspend',
      'run-resume',
      'node-resume',
      'node-end',
      'run-end',
    ]);
  });

  it('gives answers before time moves on', async () => {
    const { run } = await testWorkflow(Asks);
    expect(await run('x', { answers: { approve: { ok: true } } })).toMatchObject({ output: 'approved', elapsed: 36e5 });
    const asked: unknown[] = [];
    const answers = { approve: (request: unknown, node: string) => asked.push(request, node) > 0 && { ok: false } };
    expect(await run('y', { answers })).toMatchObject({ output: 'refused' });
    expect(asked).toEqual([{ input: 'y' }, 'asks']);
    expect(await run('z')).toMatchObject({ status: 'failed', elapsed: 7 * 864e5 });
  });

  it('says what a run waits for that nobody answers, and leaves nothing behind', async () => {
    const { run, espalier, clock } = await testWorkflow(AsksForever);
    await expect(run('x', { runId: 'stuck' })).rejects.toMatchObject({
      code: 'run-stuck',
      message:
        "The run waits for an answer that the test does not give:\n  - node 'asks-forever' waits for signal 'approve'",
      hint: 'Give it: run(input, { answers: { "approve": … } }).',
    });
    expect([await espalier.drain(), clock.pending]).toEqual([[], 0]);
  });

  it('passes on what an answer or its check throws', async () => {
    const { run } = await testWorkflow(Asks);
    await expect(run('x', { answers: { approve: { ok: 'yes' } } })).rejects.toMatchObject({ code: 'signal-invalid' });
    const answers = {
      approve: () => {
        throw new Error('whom to ask?');
      },
    };
    await expect(run('x', { answers })).rejects.toThrow('whom to ask?');
  });

  it('says where a run hangs', async () => {
    const model = scriptedModel({ calls: [{ tool: 'look', arguments: { path: '/' } }] });
    const { run } = await testWorkflow(Hangs, { model });
    await expect(run('x', { patience: 50 })).rejects.toMatchObject({
      code: 'run-stuck',
      message:
        "Nothing has happened for 0.05 s of real time, and no timer waits:\n  - node 'hangs' waits for tool 'look'",
    });
  });
});

class Weather {
  in(_city: string): string {
    throw new Error('the real weather');
  }
}

@Agent({ instructions: 'You forecast.' })
class Forecast {
  constructor(private readonly weather: Weather) {}

  run(city: string, ctx: RunContext): Promise<string> {
    return ctx.generate(`${this.weather.in(city)} Forecast?`);
  }
}

@Agent({ instructions: 'You write.', model: 'smart' })
@DependsOn(Forecast)
class Writer {
  run(forecast: string, ctx: RunContext): Promise<string> {
    return ctx.generate(forecast);
  }
}

const fake = { provide: Weather, useValue: { in: (city: string) => `It rains in ${city}.` } };

@Agent()
class Uses {
  constructor(@Inject('database') readonly database: object) {}

  run(_input: string, ctx: RunContext): Promise<string> {
    return new Promise((_resolve, reject) => ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason)));
  }
}

describe('testWorkflow', () => {
  it('tests an agent with a fake', async () => {
    const model = scriptedModel(when({ user: 'It rains in Brest. Forecast?' }, 'Rain.'));
    const { run } = await testWorkflow(Forecast, { model, providers: [Weather, fake] });
    expect((await run('Brest')).output).toBe('Rain.');
  });

  it('tests a workflow with several models', async () => {
    const smart = scriptedModel(when('Rain.', 'It will rain.'));
    const workflow = defineWorkflow({ name: 'weather', version: 2, output: Writer });
    const test = await testWorkflow(workflow, {
      models: { smart, default: scriptedModel('Rain.') },
      providers: [fake],
    });
    expect(test.workflow).toBe(workflow);
    expect((await test.run('Brest')).output).toBe('It will rain.');
  });

  it('puts a stub in the place of an agent', async () => {
    const smart = scriptedModel(always(({ messages }) => `written from ${JSON.stringify(messages.at(-1)?.content)}`));
    const models = { smart, default: scriptedModel() };
    const fixed = await testWorkflow(Writer, { models, providers: [fake, stub(Forecast, 'Sun.')] });
    expect((await fixed.run('Brest')).output).toContain('Sun.');
    const computed = stub(Forecast, (city) => `Sun in ${String(city)}.`);
    const { run } = await testWorkflow(Writer, { models, providers: [fake, computed] });
    expect((await run('Brest')).output).toContain('Sun in Brest.');
  });

  it('leaves the clock alone where the test wants to look in between', async () => {
    const { start, clock } = await testWorkflow(Sleepy);
    const run = start('night');
    await clock.advance('2 days');
    expect(run.status).toBe('suspended');
    await clock.advance('1 day');
    expect(await run.result).toBe('night, rested');
  });

  it('takes outputs of the right type only', () => {
    expect(stub(Forecast, 'Sun.').provide).toBe(Forecast);
    // @ts-expect-error a forecast is a text
    stub(Forecast, 7);
    // @ts-expect-error a forecast is a text
    stub(Forecast, () => 7);
  });

  it('ends services and what still runs, at the end of its block', async () => {
    let closed = 0;
    class Database {
      async [Symbol.asyncDispose](): Promise<void> {
        closed += 1;
      }
    }
    let run: Run<unknown>;
    {
      await using test = await testWorkflow(Uses, { providers: [{ provide: 'database', useClass: Database }] });
      run = test.start('x');
      await test.clock.advance(0);
      expect([run.status, closed]).toEqual(['running', 0]);
    }
    expect([run.status, closed]).toEqual(['parked', 1]);
  });

  it('refuses two default models', async () => {
    const model = scriptedModel();
    await expect(testWorkflow(Forecast, { model, models: { default: model } })).rejects.toThrow(
      'testWorkflow: both `model` and `models.default` are given.',
    );
  });

  it('lets time stand still while a real model is asked', async () => {
    const real: ChatModel = {
      name: 'real:slow',
      async generate(request, options) {
        await new Promise((resolve) => setTimeout(resolve, 30));
        return scriptedModel('Late, but here.').generate(request, options);
      },
    };
    const { run } = await testWorkflow(Impatient, { model: real });
    expect(await run('?')).toMatchObject({ output: 'Late, but here.', elapsed: 0 });
    const both = await testWorkflow(Impatient, {
      models: { default: fallbackModels([faults(scriptedModel(), [overloaded()]), real]) },
    });
    expect(await both.run('?')).toMatchObject({ output: 'Late, but here.', elapsed: 0 });
  });

  it('is the same every time: no jitter', async () => {
    const elapsed = async () => {
      const model = faults(scriptedModel('x'), [overloaded(), overloaded()]);
      return (await (await testWorkflow(Retries, { model })).run('?')).elapsed;
    };
    expect(await elapsed()).toBe(await elapsed());
  });
});

@Agent({ instructions: 'You answer.' })
@Timeout('5s')
class Impatient {
  async run(question: string, ctx: RunContext): Promise<string> {
    let text = '';
    for await (const piece of ctx.stream(question)) text += piece;
    return text;
  }
}

@Agent({ instructions: 'You answer.' })
@Retry(5)
class Retries {
  run(question: string, ctx: RunContext): Promise<string> {
    return ctx.generate(question);
  }
}

describe('CallCounter', () => {
  const request = { messages: [userText('Hi')] };
  const options = { signal: new AbortController().signal, idempotencyKey: 'k' };

  it('counts calls and reads, also those that fail or are given up, and not those of virtual time', async () => {
    const counter = new CallCounter();
    const scripted = scriptedModel('a b c', 'a b c', new EspalierError('model-failed', 'no'));
    const plain: ChatModel = {
      name: 'plain',
      checkSchema: () => [],
      generate: scripted.generate.bind(scripted),
      stream: scripted.stream.bind(scripted),
    };
    const watched = counter.watch({ plain, scripted }) as Record<string, ChatModel>;
    expect(watched.scripted).toBe(scripted);
    const model = watched.plain as ChatModel;
    expect(model.checkSchema?.({}, 'tool')).toEqual([]);
    const call = model.generate(request, options);
    expect(counter.open).toBe(1);
    await call;
    const chunks = (model.stream as NonNullable<ChatModel['stream']>)(request, options)[Symbol.asyncIterator]();
    const first = chunks.next();
    expect(counter.open).toBe(1);
    await first;
    expect(counter.open).toBe(0); // its reader may wait for virtual time
    await chunks.return?.();
    await expect(model.generate(request, options)).rejects.toThrow('no');
    expect(counter.open).toBe(0);
  });
});
