import {
  Agent,
  createEspalier,
  DependsOn,
  defineWorkflow,
  each,
  ForEach,
  optional,
  Retry,
  type RunContext,
  Tool,
  When,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { always, espalierMatchers, overloaded, scriptedModel, testWorkflow, unauthorized, when } from '../index.js';

expect.extend(espalierMatchers);

const Query = z.object({ text: z.string() });

const Approval = z.object({ ok: z.boolean() });

@Agent()
class Planner {
  run(topic: string): readonly string[] {
    return [`${topic} north`, `${topic} south`];
  }
}

@Agent({ instructions: 'You write a section.' })
@ForEach(Planner, { items: (sections) => sections, max: 5 })
class Section {
  @Tool({ description: 'Search', input: Query })
  search({ text }: z.infer<typeof Query>): string {
    return `hits for ${text}`;
  }

  @Tool({ description: 'Fetch', input: Query })
  fetch({ text }: z.infer<typeof Query>): string {
    return text;
  }

  run(section: string, ctx: RunContext): Promise<string> {
    return ctx.generate(section);
  }
}

@Agent()
@DependsOn(Planner)
@When(Planner, (sections) => sections.length > 9)
class Shortener {
  run(sections: readonly string[]): number {
    return sections.length;
  }
}

@Agent({ instructions: 'You edit.' })
@DependsOn(each(Section), optional(Shortener))
@Retry({ attempts: 3, backoff: '1h' })
class Editor {
  async run(
    sections: readonly string[],
    _short: number | undefined,
    ctx: RunContext,
  ): Promise<{ title: string; parts: string[] }> {
    await ctx.waitFor('publish', Approval);
    return { title: await ctx.generate(sections.join(' ')), parts: [...sections] };
  }
}

@Agent()
@DependsOn(each(Section))
class Report {
  run(parts: readonly string[]): readonly string[] {
    return parts;
  }
}

const search = (text: string) => ({ calls: [{ tool: 'search', arguments: { text } }] });
const script = () =>
  scriptedModel(
    when({ user: 'tides north', toolResult: 'hits' }, 'N.'),
    when({ user: 'tides south', toolResult: 'hits' }, 'S.'),
    when({ user: 'north' }, search('ebb')),
    when({ user: 'south' }, search('flood')),
    when('You edit', overloaded(), { text: 'Tides', usage: { cost: 0.25 } }),
  );

const answers = { publish: { ok: true } };
const done = async () => {
  const model = script();
  const result = await (await testWorkflow(Editor, { model })).run('tides', { answers, runId: 'r' });
  model.assertDone();
  return result;
};
const failed = async () => {
  const model = scriptedModel(when('You write', always(unauthorized())));
  return (await testWorkflow(Editor, { model })).run('tides', { runId: 'r' });
};

const story = `
The run: completed
  planner     completed
  section     completed
  shortener   skipped: the condition on 'planner' did not hold
  editor      completed after 2 attempts
  section[0]  completed
  section[1]  completed`;

const sorrow = `
The run: failed: run-failed: Run 'r' of workflow 'test' failed: node 'section': Model 'test:scripted': Invalid API key. (HTTP 401)
  planner     completed
  section     failed: model-auth: Model 'test:scripted': Invalid API key. (HTTP 401)
  shortener   skipped: the condition on 'planner' did not hold
  editor      skipped: 'section' failed
  section[0]  failed: model-auth: Model 'test:scripted': Invalid API key. (HTTP 401)
  section[1]  failed: model-auth: Model 'test:scripted': Invalid API key. (HTTP 401)`;

/** What a failed expectation says, without colours. */
const said = async (act: () => unknown): Promise<string> => {
  try {
    await act();
  } catch (error) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of the terminal
    return (error as Error).message.replaceAll(/\u001b\[\d+m/g, '');
  }
  throw new Error('the expectation held');
};

describe('matchers of a completed run', () => {
  it('hold', async () => {
    const run = await done();
    await expect(run).toHaveCompleted();
    await expect(run).toHaveCompleted({ title: 'Tides', parts: ['N.', 'S.'] });
    await expect(run).toHaveCompleted(expect.objectContaining({ title: expect.stringContaining('ide') }));
    await expect(run).toHaveStatus('completed');
    await expect(run).toHaveSkipped('shortener');
    await expect(run).toHaveRun('editor', { attempts: 2 });
    await expect(run).toHaveRun('section', { attempts: 1 });
    await expect(run).toHaveRun('section[1]');
    await expect(run).toHaveOutput('section', ['N.', 'S.']);
    await expect(run).toHaveOrder('planner', 'section', 'editor');
    await expect(run).toHaveCalledTool('search');
    await expect(run).toHaveCalledTool('search', { text: 'ebb' }, { times: 1 });
    await expect(run).toHaveCalledTool('search', expect.anything(), { times: 2 });
    await expect(run).toHaveAskedModel('You edit', { times: 2 });
    await expect(run).toHaveAskedModel({ tools: ['search', 'fetch'], toolResult: /flood/ });
    await expect(run).toHaveWaitedFor('publish');
    await expect(run).toHaveSpentAtMost({
      modelCalls: 6,
      toolCalls: 2,
      tokens: 75,
      inputTokens: 50,
      outputTokens: 25,
      cost: 0.25,
      wallTime: '1h',
    });
    await expect(run).not.toHaveFailed();
    await expect(run).not.toHaveCalledTool('fetch');
    await expect(run).not.toHaveRun('shortener');
    await expect(run).not.toHaveSpentAtMost({ tokens: 74 });
  });

  it.each<[string, (run: Awaited<ReturnType<typeof done>>) => unknown, string]>([
    ['toHaveFailed', (run) => expect(run).toHaveFailed(), 'expect(run).toHaveFailed()\n\nExpected: a run that fails\n'],
    [
      'not.toHaveCompleted',
      (run) => expect(run).not.toHaveCompleted(),
      'expect(run).not.toHaveCompleted()\n\nExpected not: a run that completes\n',
    ],
    [
      'toHaveCompleted, another output',
      (run) => expect(run).toHaveCompleted({ title: 'Ebbs', parts: ['N.', 'S.'] }),
      `expect(run).toHaveCompleted({"parts": ["N.", "S."], "title": "Ebbs"})

Expected: a run that completes with {"parts": ["N.", "S."], "title": "Ebbs"}
- expected
+ received
  {
-   "title": "Ebbs",
+   "title": "Tides",
    "parts": [
      "N.",
`,
    ],
    [
      'toHaveStatus',
      (run) => expect(run).toHaveStatus('cancelled'),
      'expect(run).toHaveStatus("cancelled")\n\nExpected: cancelled\n',
    ],
    [
      'toHaveSkipped',
      (run) => expect(run).toHaveSkipped('editor'),
      `expect(run).toHaveSkipped("editor")\n\nExpected: node 'editor' is skipped\n`,
    ],
    [
      'toHaveRun',
      (run) => expect(run).toHaveRun('shortener'),
      `expect(run).toHaveRun("shortener")\n\nExpected: node 'shortener' runs\n`,
    ],
    [
      'toHaveRun with attempts',
      (run) => expect(run).toHaveRun('section', { attempts: 2 }),
      `expect(run).toHaveRun("section", {"attempts": 2})\n\nExpected: node 'section' runs with 2 attempts\nAttempts of 'section[0]': 1\nAttempts of 'section[1]': 1\n`,
    ],
    [
      'toHaveOutput',
      (run) => expect(run).toHaveOutput('section[0]', 'X.'),
      `expect(run).toHaveOutput("section[0]", "X.")\n\nExpected: node 'section[0]' gives "X."\nReceived: "N."\n`,
    ],
    [
      'toHaveOrder',
      (run) => expect(run).toHaveOrder('editor', 'section', 'shortener'),
      `expect(run).toHaveOrder("editor", "section", "shortener")\n\nExpected: 'editor' before 'section' before 'shortener'\n'section' began before 'editor' had ended.\n'shortener' never began.\n`,
    ],
    [
      'toHaveCalledTool of another',
      (run) => expect(run).toHaveCalledTool('serch'),
      `expect(run).toHaveCalledTool("serch")\n\nExpected: a call of serch(…)\nCalls:\n  section[0]: search({"text":"ebb"})\n  section[1]: search({"text":"flood"})\nOffered: search, fetch\n`,
    ],
    [
      'toHaveCalledTool so often',
      (run) => expect(run).toHaveCalledTool('search', { text: 'ebb' }, { times: 2 }),
      `Expected: a call of search({"text": "ebb"}) 2 times\nCalls:\n  section[0]: search({"text":"ebb"})\n  section[1]: search({"text":"flood"})\n`,
    ],
    [
      'not.toHaveCalledTool',
      (run) => expect(run).not.toHaveCalledTool('search', { text: 'ebb' }),
      `expect(run).not.toHaveCalledTool("search", {"text": "ebb"})\n\nExpected not: a call of search({"text": "ebb"})\nCalls:`,
    ],
    [
      'toHaveAskedModel',
      (run) => expect(run).toHaveAskedModel({ instructions: /poet/ }),
      `Expected: a request that has { instructions: /poet/ }\nRequests:\n  section[0]:\n    instructions: You write a section.\n    user: tides north\n    tools: search, fetch\n`,
    ],
    [
      'toHaveWaitedFor',
      (run) => expect(run).toHaveWaitedFor('approve'),
      `Expected: a node that waits for 'approve'\nSignals: 'publish'\n`,
    ],
    [
      'toHaveSpentAtMost',
      (run) => expect(run).toHaveSpentAtMost({ tokens: 50, toolCalls: 2, cost: 0.2, wallTime: '1m' }),
      `Expected: at most 50 tokens, 2 toolCalls, 0.2 US dollars, 60000 ms\n  tokens: 75 of 50, too much\n  toolCalls: 2 of 2\n  cost: 0.25 of 0.2, too much\n  wallTime: 3600000 of 60000, too much\n`,
    ],
  ])('%s says what was expected, what was there, and how the run went', async (_name, act, message) => {
    const run = await done();
    const text = await said(() => act(run));
    expect(text).toContain(message);
    expect(text).toContain(story);
  });
});

describe('matchers of a failed run', () => {
  it('hold', async () => {
    const run = await failed();
    await expect(run).toHaveFailed();
    await expect(run).toHaveFailed('run-failed');
    await expect(run).toHaveFailed('model-auth');
    await expect(run).not.toHaveFailed('timeout');
    await expect(run).toHaveSkipped('editor');
    await expect(run).not.toHaveCompleted();
    await expect(run).not.toHaveCalledTool('search');
  });

  it.each<[string, (run: Awaited<ReturnType<typeof failed>>) => unknown, string]>([
    ['toHaveCompleted', (run) => expect(run).toHaveCompleted(), 'Expected: a run that completes\n'],
    [
      'toHaveCompleted with an output',
      (run) => expect(run).toHaveCompleted('x'),
      'Expected: a run that completes with "x"\n',
    ],
    [
      'toHaveFailed with another code',
      (run) => expect(run).toHaveFailed('timeout'),
      'Expected: a run that fails with timeout\nCodes: run-failed, model-auth\n',
    ],
    ['toHaveOutput', (run) => expect(run).toHaveOutput('editor', 1), `Expected: node 'editor' gives 1\n`],
    [
      'toHaveCalledTool',
      (run) => expect(run).toHaveCalledTool('search'),
      'Expected: a call of search(…)\nNo tool was called.\nOffered: search, fetch\n',
    ],
  ])('%s says why it failed', async (_name, act, message) => {
    const run = await failed();
    const text = await said(() => act(run));
    expect(text).toContain(message);
    expect(text).toContain(sorrow);
  });

  it('shows messages of several lines whole', async () => {
    const { run } = await testWorkflow(Editor, { model: scriptedModel(when('You write', 'N.'), when('poet', 'x')) });
    const result = await run('tides', { runId: 'r' });
    const text = await said(() => expect(result).toHaveCompleted());
    expect(text).toContain(
      "section[1]  failed: script-mismatch: Model 'test:scripted' has no turn for its request 2: …\n",
    );
    expect(text).toContain(
      `\n\nModel 'test:scripted' has no turn for its request 2:
  instructions: You write a section.
  user: tides south
  tools: search, fetch
What its script has:
  - when "You write": its turn is used
  - when "poet": neither the instructions nor the newest user message has "poet"
  - in order: there are no turns`,
    );
    expect(text.match(/What its script has/g)).toHaveLength(1);
  });

  it('shows one call that differs as a difference', async () => {
    const model = scriptedModel(
      when({ user: 'north', toolResult: 'hits' }, 'N.'),
      when({ user: 'north' }, search('ebb')),
      when('south', 'S.'),
    );
    const run = await (await testWorkflow(Report, { model })).run('tides');
    const text = await said(() => expect(run).toHaveCalledTool('search', { text: 'flood' }));
    expect(text).toContain('- expected\n+ received\n  {\n-   "text": "flood"\n+   "text": "ebb"\n  }\n');
  });
});

describe('what matchers take', () => {
  const workflow = defineWorkflow({ name: 'report', version: 1, output: Report });

  it('is a run that goes on, its outcome, its events, and promises of these', async () => {
    const espalier = await createEspalier({ workflows: [workflow], models: { default: scriptedModel(always('x')) } });
    const run = espalier.start(workflow, 'tides');
    await expect(run).toHaveCompleted(['x', 'x']);
    await expect(run).toHaveRun('section', { attempts: 1 });
    await expect(run.outcome).toHaveCompleted(['x', 'x']);
    await expect(espalier.start(workflow, 'ebb').outcome).resolves.toHaveCompleted();
    const outcome = await run.outcome;
    await expect(outcome).toHaveRun('section');
    await expect(outcome).toHaveSpentAtMost({ modelCalls: 2 });
  });

  it('is a list of events, whole or so far', async () => {
    const { events } = await done();
    await expect(events).toHaveCompleted({ title: 'Tides', parts: ['N.', 'S.'] });
    await expect(events).toHaveSpentAtMost({ modelCalls: 6, toolCalls: 2, tokens: 75, cost: 0.25 });
    await expect(events).not.toHaveSpentAtMost({ toolCalls: 1 });
    await expect(events).toHaveSkipped('shortener');
    await expect((await failed()).events).toHaveFailed('model-auth');
    const rest = events.findIndex(({ type }) => type === 'run-suspend');
    await expect(events.slice(0, rest + 1)).toHaveStatus('suspended');
    await expect(events.slice(0, 3)).toHaveStatus('running');
  });

  it('fails at once where all is known: a forgotten await hides nothing', async () => {
    const run = await failed();
    expect(() => {
      void expect(run).toHaveCompleted();
    }).toThrow('Expected: a run that completes');
  });

  it('is nothing else', async () => {
    const message = "expected a run, its outcome, what testWorkflow's run() gives, or a list of events; got ";
    expect(await said(() => expect(7).toHaveCompleted())).toBe(`toHaveCompleted: ${message}number.`);
    expect(await said(() => expect(null).toHaveRun('x'))).toBe(`toHaveRun: ${message}null.`);
    expect(await said(() => expect([1]).toHaveRun('x'))).toBe(`toHaveRun: ${message}an array of something else.`);
    expect(await said(() => expect({}).not.toHaveRun('x'))).toBe(`toHaveRun: ${message}object.`);
  });

  it.each<[string, (outcome: unknown) => unknown]>([
    ['toHaveCalledTool', (outcome) => expect(outcome).toHaveCalledTool('x')],
    ['toHaveAskedModel', (outcome) => expect(outcome).not.toHaveAskedModel('x')],
    ['toHaveWaitedFor', (outcome) => expect(outcome).toHaveWaitedFor('x')],
    ['toHaveOrder', (outcome) => expect(outcome).toHaveOrder('planner', 'section')],
    ['toHaveRun({ attempts })', (outcome) => expect(outcome).toHaveRun('section', { attempts: 1 })],
    ['toHaveSpentAtMost({ wallTime })', (outcome) => expect(outcome).toHaveSpentAtMost({ wallTime: 1 })],
  ])('must have events for %s', async (name, act) => {
    const { events: _events, ...outcome } = await done();
    expect(await said(() => act(outcome))).toBe(
      `${name}: an outcome does not tell; give the run itself, what testWorkflow's run() gives, or the list of its events.`,
    );
  });

  it('has the node that is named, with .not too: a slip of the pen does not pass', async () => {
    const run = await done();
    const known = "it has 'planner', 'section', 'shortener', 'editor', 'section[0]', 'section[1]'.";
    expect(await said(() => expect(run).not.toHaveRun('edtor'))).toBe(
      `toHaveRun: the run has no node 'edtor'; ${known}`,
    );
    expect(await said(() => expect(run).not.toHaveSkipped('edtor'))).toContain("no node 'edtor'");
    expect(await said(() => expect(run).not.toHaveOutput('edtor', 1))).toContain("no node 'edtor'");
    expect(await said(() => expect(run).not.toHaveOrder('edtor', 'section'))).toContain("no node 'edtor'");
  });

  it('has types', () => {
    const typed = async (run: unknown): Promise<void> => {
      // @ts-expect-error a slip of the pen
      await expect(run).toHaveSpentAtMost({ token: 1 });
      // @ts-expect-error a node has a name
      await expect(run).not.toHaveRun(7);
      // @ts-expect-error no such status
      await expect(run).toHaveStatus('done');
    };
    expect(typed).toHaveLength(1);
  });

  it('has limits that are known and numbers, and nodes to order', async () => {
    const run = await done();
    expect(await said(() => expect(run).toHaveSpentAtMost({ token: 1 } as never))).toBe(
      'toHaveSpentAtMost: expected some of tokens, inputTokens, outputTokens, modelCalls, toolCalls, cost, wallTime; got token.',
    );
    expect(await said(() => expect(run).toHaveSpentAtMost({}))).toContain('; got nothing.');
    expect(await said(() => expect(run).toHaveSpentAtMost({ tokens: '9' as never }))).toBe(
      'toHaveSpentAtMost: tokens: expected a number from 0, got 9.',
    );
    expect(await said(() => expect(run).toHaveOrder('editor'))).toBe(
      'toHaveOrder: expected at least two nodes, got 1.',
    );
  });
});

describe("import '@espalier/testing/matchers'", () => {
  it('adds them to the global expect, and says what to write where there is none', async () => {
    const added: object[] = [];
    const { expect: own } = globalThis as { expect?: unknown };
    try {
      Object.assign(globalThis, { expect: { extend: (matchers: object) => added.push(matchers) } });
      await import('./register.js');
      expect(added).toEqual([espalierMatchers]);
    } finally {
      Object.assign(globalThis, { expect: own });
    }
  });
});

describe('types of the matchers', () => {
  it("stand in chai's assertions, which are those of every vitest", async () => {
    const completed: Chai.Assertion['toHaveCompleted'] = async (output) => expect(output).toBe('High.');
    // @ts-expect-error a node is named by a text
    const skipped = (assertion: Chai.Assertion): Promise<void> => assertion.toHaveSkipped(1);
    await completed('High.');
    expect(skipped).toBeInstanceOf(Function);
  });
});
