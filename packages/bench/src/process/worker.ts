import { Unable } from '../contender.js';
import { contenders } from '../contenders/index.js';
import { scenarios } from '../scenarios/index.js';
import { prepareScenario, type Sampler } from '../scenarios/scenario.js';
import { baselineName, type Reply, type Request } from './messages.js';

/** The program of a {@link ContenderProcess}: prepares once, then samples as often as it is asked. */
let sampler: Sampler | undefined;

async function answer(request: Request): Promise<Reply> {
  try {
    if (request.type === 'prepare') {
      sampler = await prepare(request.scenario, request.entrant, request.quick);
      return { type: 'prepared', remark: sampler.remark };
    }
    if (sampler === undefined) throw new Error('asked for a sample before anything was prepared');
    return { type: 'sampled', value: await sampler.sample() };
  } catch (error) {
    if (error instanceof Unable) return { type: 'unable', reason: error.message };
    return { type: 'broken', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

async function prepare(scenarioName: string, entrant: string, quick: boolean): Promise<Sampler> {
  const scenario = scenarios.find(({ name }) => name === scenarioName);
  if (scenario === undefined) throw new Error(`There is no scenario '${scenarioName}'.`);
  if (entrant === baselineName && scenario.baseline !== undefined) return scenario.baseline.sampler(quick);
  const contender = contenders.find(({ name }) => name === entrant);
  if (contender === undefined) throw new Error(`There is no contender '${entrant}'.`);
  return prepareScenario(scenario, contender, quick);
}

process.on('message', async (request: Request) => {
  process.send?.(await answer(request));
});
