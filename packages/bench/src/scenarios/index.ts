import { chains } from './chain.js';
import { coldStartScenario } from './cold-start.js';
import { diamondScenario } from './diamond.js';
import { fanOutScenario } from './fan-out.js';
import { layeredScenario } from './layered.js';
import { loopScenario } from './loop.js';
import type { Scenario } from './scenario.js';
import { unevenScenario } from './uneven.js';
import { waitingScenario } from './waiting.js';

/** In the order of the table. */
export const scenarios: readonly Scenario[] = [
  ...chains,
  fanOutScenario,
  layeredScenario,
  diamondScenario,
  waitingScenario,
  loopScenario,
  unevenScenario,
  coldStartScenario,
];
