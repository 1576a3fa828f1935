import type { CompiledWorkflow } from '../boot/compiled-workflow.js';
import type { Engine, EngineRun } from '../engine/engine.js';
import type { RunStartEvent } from '../events/event.js';
import type { MaybePromise } from '../journal/maybe-promise.js';
import type { Json } from '../schema/json.js';
import { learn } from '../sensitive/learn.js';
import type { RunControlOptions } from './run-control-options.js';

/** Begins a run in the engine: its first record says what runs, on which graph, for whom. */
export function openRun(
  engine: Engine,
  { workflow, fingerprint, shape, input: schema }: CompiledWorkflow,
  { runId, identity, parent, sensitive }: RunControlOptions,
  input: Json | undefined,
  thread: RunStartEvent['thread'],
): MaybePromise<EngineRun> {
  const known = { sensitive };
  const marks = learn(known, schema, input, ['input']);
  const start = {
    runId,
    workflow: workflow.name,
    version: workflow.version,
    fingerprint,
    graph: shape,
    ...(input === undefined ? {} : { input }),
    ...(thread === undefined ? {} : { thread }),
    ...(identity === undefined ? {} : { identity }),
    ...(parent === undefined ? {} : { parent }),
    ...marks,
  };
  return engine.open(start, known.sensitive);
}
