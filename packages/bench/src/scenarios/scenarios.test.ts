import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Contender, type DurableContender, type ModelContender, WrongResult } from '../contender.js';
import { handWritten } from '../contenders/hand-written.js';
import { contenders } from '../contenders/index.js';
import { handWritten as handWrittenModel } from '../model-contenders/hand-written.js';
import { startServerHere, stopServer } from '../model-server/server-for-tests.js';
import { median } from '../process/median.js';
import { agentScenarios } from './agents.js';
import { durableScenarios } from './durable.js';
import { graphScenarios, scenarios } from './index.js';
import { entrantsOf, prepareScenario } from './scenario.js';
import { streamScenarios } from './stream.js';

/** What starts processes of its own is tried by the program's own quick run. */
const inProcess = graphScenarios.filter(({ name }) => name !== 'cold-start');
const needsGarbageCollector = globalThis.gc === undefined;

describe('a scenario', () => {
  it.each(inProcess)('$name refuses a contender whose results are wrong', async (scenario) => {
    const wrong: Contender = {
      prepare: async (workload) => {
        const run = await handWritten.prepare(workload);
        return async (seed) => (await run(seed)) + 1;
      },
    };
    globalThis.gc ??= (() => {}) as NonNullable<typeof globalThis.gc>;
    try {
      await expect(scenario.prepare({ name: 'espalier', load: async () => wrong }, true)).rejects.toThrow(WrongResult);
    } finally {
      if (needsGarbageCollector) Reflect.deleteProperty(globalThis, 'gc');
    }
  });
});

describe('a scenario of models', () => {
  let baseURL: string;
  let server: Server;
  beforeAll(async () => {
    ({ baseURL, server } = await startServerHere());
  });
  afterAll(() => stopServer(server));

  const startServer = () => Promise.resolve(baseURL);
  const modelScenarios = [...agentScenarios(startServer), ...streamScenarios(startServer)];

  const wrongContenders: readonly (readonly [how: string, contender: ModelContender])[] = [
    [
      'change a text',
      {
        prepareAgent: async (url) => {
          const run = await handWrittenModel.prepareAgent(url);
          return async (start) => `${await run(start)}.`;
        },
        prepareStream: async (url) => {
          const read = await handWrittenModel.prepareStream(url);
          return (deltas, onText) => read(deltas, (text) => onText(text.replace('7', '9')));
        },
      },
    ],
    [
      'skip turns, and join deltas',
      {
        prepareAgent: async () => async (start) => `The journey ends at position ${start}.`,
        prepareStream: async (url) => {
          const read = await handWrittenModel.prepareStream(url);
          return async (deltas, onText) => {
            let whole = '';
            await read(deltas, (text) => {
              whole += text;
            });
            onText(whole);
          };
        },
      },
    ],
  ];

  it.each(wrongContenders)('refuses contenders that %s', async (_, wrong) => {
    for (const scenario of modelScenarios) {
      const prepared = scenario.prepare({ name: 'espalier', load: async () => wrong }, true);
      await expect(prepared).rejects.toThrow(WrongResult);
    }
  });

  it.each(modelScenarios)('$name measures a contender whose results are right', async (scenario) => {
    const { sample } = await scenario.prepare({ name: 'espalier', load: async () => handWrittenModel }, true);
    expect(await sample()).toBeGreaterThan(0);
  });
});

describe('a durable scenario', () => {
  it.each(durableScenarios)('$name refuses a contender whose results are wrong', async (scenario) => {
    const wrong: DurableContender = {
      openChain: async (_, steps) => ({ start: async (_run, seed) => seed + steps + 1, resume: async () => 0 }),
    };
    await expect(scenario.prepare({ name: 'espalier', load: async () => wrong }, true)).rejects.toThrow(WrongResult);
  });
});

describe('entrantsOf', () => {
  const names = (name: string): readonly string[] => {
    const scenario = scenarios.find((each) => each.name === name);
    if (scenario === undefined) throw new Error(`no scenario ${name}`);
    return entrantsOf(scenario, contenders).map((each) => each.name);
  };

  it('takes those who run graphs, or those who ask models', () => {
    expect(names('loop')).toEqual(['espalier', 'hand-written', 'effect', 'langgraph', 'strands']);
    expect(names('durable')).toEqual(['espalier', 'hand-written', 'langgraph', 'mastra']);
    expect(names('agents')).toEqual(['espalier', 'hand-written', 'strands', 'ai-sdk', 'openai-agents']);
  });

  it('lets nobody else in', () => {
    const [agents] = agentScenarios(() => Promise.reject(new Error('asked for a server')));
    const effect = contenders.find(({ name }) => name === 'effect');
    if (agents === undefined || effect === undefined) throw new Error('missing');
    expect(() => prepareScenario(agents, effect, true)).toThrow("Effect can't take part in 'agents'");
  });
});

describe('median', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[7], 7],
  ])('of %j is %d', (values, middle) => expect(median(values)).toBe(middle));
});
