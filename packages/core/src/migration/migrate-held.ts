import type { CompiledWorkflow } from '../boot/compiled-workflow.js';
import type { Engine, EngineRun } from '../engine/engine.js';
import { carryAnswers } from './carry-answers.js';
import { migrateRun } from './migrate-run.js';
import { migrationMarks } from './migration-marks.js';

/**
 * Migrates a run that is held, and lets its history follow. A crash before the record is kept leaves the run as it was; after
 * that it is migrated, and is not migrated again.
 * @throws migration-failed, migration-invalid
 */
export async function migrateHeld(engine: Engine, engineRun: EngineRun, compiled: CompiledWorkflow): Promise<void> {
  const { runId, history } = engineRun;
  const records = await engine.read(runId);
  const migration = await migrateRun(compiled, records);
  const body = { ...migration, ...migrationMarks(engineRun, compiled, migration) };
  await carryAnswers(engine, runId, records, migration.keep); // first: after the record nobody would look for them
  await engineRun.record(body);
  history?.reread([...records, { v: 1, runId, seq: records.length, time: engineRun.now(), ...body }]);
}
