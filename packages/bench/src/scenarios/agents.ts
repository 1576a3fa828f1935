import { type ModelContender, type RunAgent, WrongResult } from '../contender.js';
import { prepareCancellable } from '../model-contenders/hand-written.js';
import type { StartServer } from '../model-server/start-server.js';
import { expectedAnswer, turns } from '../work/journey.js';
import type { Entrant, ModelScenario, Sampler } from './scenario.js';
import { warmUp } from './warm-up.js';

/** How many agents run at the same time. */
const fullBatch = 200;

/** Many agents at once, each with five calls of a tool: what a turn takes of the processor, and how many come through. */
export const agentScenarios = (startServer: StartServer): readonly ModelScenario[] => [
  {
    name: 'agents',
    kind: 'model',
    family: 'agents',
    title: '200 agents: CPU',
    unit: 'µs/turn',
    isSpeed: false,
    rounds: 9,
    prepare: async (entrant, quick) => cpuOf(await prepare(entrant, quick, startServer)),
    baseline: cancellable(startServer, cpuOf),
  },
  {
    name: 'agents-rate',
    kind: 'model',
    family: 'agents',
    title: '200 agents: rate',
    unit: 'agents/s',
    better: 'higher',
    isSpeed: false,
    rounds: 9,
    prepare: async (entrant, quick) => rateOf(await prepare(entrant, quick, startServer)),
    baseline: cancellable(startServer, rateOf),
  },
];

interface Agents {
  readonly size: number;
  readonly runAll: () => Promise<void>;
}

const cpuOf = ({ size, runAll }: Agents): Sampler => ({
  sample: async () => {
    const before = process.cpuUsage();
    await runAll();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / (size * turns);
  },
});

const rateOf = ({ size, runAll }: Agents): Sampler => ({
  sample: async () => {
    const from = performance.now();
    await runAll();
    return (size * 1000) / (performance.now() - from);
  },
});

/** Espalier's requests can be cancelled: what a loop takes whose requests can be, too, is told beside the others. */
const cancellable = (startServer: StartServer, samplerOf: (agents: Agents) => Sampler) => ({
  title: 'the hand-written loop with a signal for each request',
  sampler: (quick: boolean): Sampler => {
    let sampler: Promise<Sampler> | undefined;
    return {
      sample: async () => {
        sampler ??= startServer()
          .then(prepareCancellable)
          .then(async (run) => samplerOf(await warmed(run, quick)));
        return (await sampler).sample();
      },
    };
  },
});

const prepare = async (entrant: Entrant<ModelContender>, quick: boolean, startServer: StartServer): Promise<Agents> =>
  warmed(await (await entrant.load()).prepareAgent(await startServer()), quick);

async function warmed(run: RunAgent, quick: boolean): Promise<Agents> {
  const size = quick ? 3 : fullBatch;
  for (const start of [3, 4_000]) checkAnswer(await run(start), start);
  const runAll = () => runAgents(run, size);
  if (!quick) await warmUp(runAll);
  return { size, runAll };
}

async function runAgents(run: RunAgent, size: number): Promise<void> {
  const answers = await Promise.all(Array.from({ length: size }, (_, start) => run(start)));
  for (const [start, answer] of answers.entries()) checkAnswer(answer, start);
}

/** @throws WrongResult */
function checkAnswer(answer: string, start: number): void {
  const expected = expectedAnswer(start);
  if (answer !== expected) {
    throw new WrongResult(`the agent that starts at ${start} answers '${answer}', and should answer '${expected}'.`);
  }
}
