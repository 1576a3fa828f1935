// A process of its own for the tests: runs reports on a store, writes down what it does outside, and stops itself when told to.
// Arguments: one JSON object, see `Orders` in worker.ts. Prints one JSON object a line.
import { appendFileSync } from 'node:fs';
import {
  Agent,
  createEspalier,
  DependsOn,
  defineWorkflow,
  EspalierError,
  each,
  exponential,
  ForEach,
  Retry,
  systemClock,
  Tool,
} from '@espalier/core';
import { sqlite } from '@espalier/sqlite';
import { z } from 'zod';

const orders = JSON.parse(process.argv[2]);
const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** Does something outside: first it is written down who did what. It takes a moment, so that others run meanwhile. */
async function act(key, result) {
  appendFileSync(orders.effects, `${JSON.stringify({ process: orders.name, key })}\n`);
  await new Promise((resolve) => setTimeout(resolve, 1));
  return result;
}

const model = {
  name: 'test:reporter',
  async generate({ messages }, { idempotencyKey }) {
    const asksForTool = !messages.some(({ role }) => role === 'tool');
    const content = asksForTool
      ? [{ type: 'tool-call', id: 'c1', tool: 'look', arguments: '{"what":"tides"}' }]
      : [{ type: 'text', text: 'three sections' }];
    return act(idempotencyKey, {
      message: { role: 'assistant', content },
      finishReason: asksForTool ? 'tool-calls' : 'stop',
      usage: { inputTokens: 10, outputTokens: 5 },
      model: 'reporter-1',
    });
  },
};

class Planner {
  look(_input, { idempotencyKey }) {
    return act(idempotencyKey, 'two tides a day');
  }

  async run(topic, ctx) {
    return [await ctx.generate(`Plan a report about ${topic}`), 'b', 'c'];
  }
}
Tool({ description: 'Look something up', input: z.object({ what: z.string() }) })(
  Planner.prototype,
  'look',
  Object.getOwnPropertyDescriptor(Planner.prototype, 'look'),
);
Agent({ instructions: 'You plan.' })(Planner);

class Section {
  async run(title, ctx) {
    const text = await ctx.step('write', ({ idempotencyKey }) => act(idempotencyKey, `About ${title}.`));
    await ctx.sleep(1);
    return ctx.step('check', ({ idempotencyKey }) => act(idempotencyKey, `${text} ${ctx.uuid().length}`));
  }
}
Agent()(Section);
ForEach(Planner, { items: (titles) => titles, max: 5 })(Section);

class Report {
  async run(sections, ctx) {
    if (ctx.attempt === 1) throw new EspalierError('agent-failed', 'not yet');
    const name = orders.waits ? await ctx.waitFor('name', z.string()) : 'Report';
    return `${name}: ${sections.join(' ')}`;
  }
}
Agent()(Report);
DependsOn(each(Section))(Report);
Retry({ attempts: 2, backoff: exponential(1) })(Report);

const report = defineWorkflow({ name: 'report', version: 1, output: Report });

// Time may be ahead: leases of processes that died have ended then.
const clock = { now: () => Date.now() + orders.ahead, setTimer: systemClock.setTimer };
const store = sqlite(orders.file, { clock, poll: 5, driver: orders.driver ?? 'node:sqlite' });

let appended = 0;
const append = store.append.bind(store);
store.append = async (lease, record) => {
  appended += 1;
  const number = appended;
  if (orders.stop?.when === 'before' && number === orders.stop.at) process.kill(process.pid, orders.stop.signal);
  await append(lease, record);
  appendFileSync(orders.kept, `${JSON.stringify(record)}\n`);
  if (orders.stop?.when === 'after' && number === orders.stop.at) process.kill(process.pid, orders.stop.signal);
};

const models = { default: model };
const { layAsideAfter } = orders;
const onRefused = ({ runId, error }) => print({ runId, refused: error.code });
const recovery = orders.recovery === undefined ? false : { ...orders.recovery, onRefused };
const espalier = await createEspalier({ workflows: [report], models, store, clock, recovery, layAsideAfter });
const runs = orders.start.map((runId) => espalier.start(report, 'tides', { runId }));
if (orders.resume) {
  for (const { runId, ended } of await espalier.list()) {
    if (ended) continue;
    try {
      runs.push(await espalier.resume(runId));
    } catch (error) {
      print({ runId, refused: error.code });
    }
  }
}
process.on('SIGTERM', async () => print({ parked: await espalier.drain() }));
for (const run of runs) {
  run.outcome.then(
    ({ status, output }) => print({ runId: run.id, status, output }),
    (error) => print({ runId: run.id, status: 'lost', code: error.code }),
  );
  run.events$.subscribe({
    next: ({ type }) => {
      if (type === 'run-suspend' && run.suspensions.length > 0) print({ runId: run.id, status: 'suspended' });
    },
    error: () => {},
  });
}
await Promise.allSettled(runs.map(({ outcome }) => outcome));
if (orders.recovery) {
  print({ status: 'looking' });
  while ((await espalier.list({ ended: false, limit: 1 })).length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
await espalier.drain();
await store.close();
