import { type Prepared, WrongResult } from '../contender.js';
import { expectedResult } from '../work/expected.js';
import type { Workload } from '../work/workload.js';

/** Two runs from different seeds, so that neither a constant nor a remembered result passes. @throws WrongResult */
export async function checkResults(run: Prepared, workload: Workload): Promise<void> {
  for (const seed of [3, 40]) await checkResult(await run(seed), workload, seed);
}

/** @throws WrongResult */
export async function checkResult(result: number, workload: Workload, seed: number): Promise<void> {
  const expected = await expectedResult(workload, seed);
  if (result !== expected) {
    throw new WrongResult(`${workload.shape} from ${seed}: the result is ${result}, and should be ${expected}.`);
  }
}
