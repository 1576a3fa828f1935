import type { CompiledWorkflow } from '../boot/compiled-workflow.js';
import type { Engine } from '../engine/engine.js';
import { migratedRecords } from '../engine/migrated-records.js';
import { EspalierError } from '../errors/espalier-error.js';
import type { RuntimeServices } from '../execution/runtime-services.js';
import { ownVersionOf } from '../migration/version-of.js';
import type { EndedRun } from './engine-factory.js';
import { recordedOutcome } from './recorded-outcome.js';
import type { RunOutcome } from './run-outcome.js';

/** A run that has ended somewhere. */
interface RunOfRecords {
  readonly engine: Engine;
  readonly runId: string;
  readonly ended: EndedRun;
}

/** The outcome of a run that this process has not held, as its records have it. */
export async function outcomeOfRecords(
  workflows: ReadonlyMap<string, CompiledWorkflow>,
  surroundings: Omit<RuntimeServices, 'uuid' | 'shared' | 'idle' | 'callChild'>,
  { engine, runId, ended }: RunOfRecords,
): Promise<RunOutcome> {
  const { start } = migratedRecords(await engine.read(runId));
  const services: RuntimeServices = {
    ...surroundings,
    uuid: looksOnly,
    shared: (_key, create) => create(),
    idle: { enter: () => {}, leave: () => {} },
    callChild: looksOnly,
  };
  const run = { runId, workflow: ownVersionOf(workflows, start), waiting: [] };
  return recordedOutcome(services, engine, run, ended.error, ended);
}

const looksOnly = (): never => {
  throw new EspalierError('run-settled', 'The run is only looked at.');
};
