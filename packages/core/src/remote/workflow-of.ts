import { workflowKey } from '../boot/boot.js';
import type { CompiledWorkflow } from '../boot/compiled-workflow.js';
import { EspalierError } from '../errors/espalier-error.js';
import type { AttemptRequest } from './attempt-request.js';

/** The workflow of an attempt, as the run has it. @throws workflow-unknown, run-changed */
export function workflowOf(
  workflows: ReadonlyMap<string, CompiledWorkflow>,
  { runId, workflow: name, version, fingerprint, node }: AttemptRequest,
): CompiledWorkflow {
  const compiled = workflows.get(workflowKey({ name, version }));
  const where = { runId, workflow: name, node };
  if (compiled === undefined) {
    const message = `Run '${runId}' is of workflow '${name}' version ${version}, which is not registered where node '${node}' is to run.`;
    const hint = 'Register the same versions in all processes that make its attempts.';
    throw new EspalierError('workflow-unknown', message, { hint, where });
  }
  if (compiled.fingerprint === fingerprint) return compiled;
  const message = `Run '${runId}' began with another graph of workflow '${name}' version ${version} than there is where node '${node}' is to run.`;
  const hint =
    'Give the changed workflow a higher version, and let attempts of a run go to processes that have its own.';
  throw new EspalierError('run-changed', message, { hint, where });
}
