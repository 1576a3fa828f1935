import { startServerProcess } from '../model-server/start-server.js';
import { afterKillScenario } from './after-kill.js';
import { agentScenarios } from './agents.js';
import { chains } from './chain.js';
import { coldStartScenario } from './cold-start.js';
import { diamondScenario } from './diamond.js';
import { durableScenarios } from './durable.js';
import { fanOutScenario } from './fan-out.js';
import { journalScenarios } from './journal.js';
import { layeredScenario } from './layered.js';
import { loopScenario } from './loop.js';
import type { GraphScenario, ModelScenario, Scenario } from './scenario.js';
import { streamScenarios } from './stream.js';
import { unevenScenario } from './uneven.js';
import { waitingScenario } from './waiting.js';

/** In the order of the table. */
export const graphScenarios: readonly GraphScenario[] = [
  ...chains,
  fanOutScenario,
  layeredScenario,
  diamondScenario,
  waitingScenario,
  loopScenario,
  unevenScenario,
  coldStartScenario,
];

const modelScenarios: readonly ModelScenario[] = [
  ...agentScenarios(startServerProcess),
  ...streamScenarios(startServerProcess),
];

export const scenarios: readonly Scenario[] = [
  ...graphScenarios,
  ...modelScenarios,
  ...durableScenarios,
  afterKillScenario,
  ...journalScenarios,
];
