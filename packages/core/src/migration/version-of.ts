import { workflowKey } from '../boot/boot.js';
import type { CompiledWorkflow } from '../boot/compiled-workflow.js';
import { EspalierError } from '../errors/espalier-error.js';
import type { RunStartEvent } from '../events/event.js';
import { type GraphShape, graphDiff } from '../graph/fingerprint.js';

/** What a run on record goes on under. */
export interface RunVersion {
  readonly compiled: CompiledWorkflow;
  /** Whether the run has to be migrated to it first. */
  readonly migrates: boolean;
}

/**
 * The version that a run goes on under: its own, where that is registered with the graph that the run began with; else
 * the newest one that can migrate it.
 * @throws run-changed, workflow-unknown
 */
export function versionOf(workflows: Workflows, start: RunStartEvent): RunVersion {
  const own = registered(workflows, start);
  if (own?.fingerprint === start.fingerprint) return { compiled: own, migrates: false };
  const next = othersOf(workflows, start).find(
    ({ workflow }) => workflow.version > start.version && workflow.options.migrate !== undefined,
  );
  if (next !== undefined) return { compiled: next, migrates: true };
  throw otherVersion(workflows, start);
}

/** The version that a run is of, with the graph that it ran on. @throws run-changed, workflow-unknown */
export function ownVersionOf(workflows: Workflows, start: RunStartEvent): CompiledWorkflow {
  const own = registered(workflows, start);
  if (own?.fingerprint === start.fingerprint) return own;
  throw otherVersion(workflows, start);
}

type Workflows = ReadonlyMap<string, CompiledWorkflow>;

const registered = (workflows: Workflows, { workflow: name, version }: RunStartEvent): CompiledWorkflow | undefined =>
  workflows.get(workflowKey({ name, version }));

/** The other versions of its workflow, the newest first. */
const othersOf = (workflows: Workflows, start: RunStartEvent): readonly CompiledWorkflow[] =>
  [...workflows.values()]
    .filter(({ workflow }) => workflow.name === start.workflow && workflow.version !== start.version)
    .sort((a, b) => b.workflow.version - a.workflow.version);

function otherVersion(workflows: Workflows, start: RunStartEvent): EspalierError {
  const now = registered(workflows, start) ?? othersOf(workflows, start)[0];
  return now === undefined ? unknown(start) : changed(start, now);
}

function changed({ runId, workflow: name, version, graph }: RunStartEvent, now: CompiledWorkflow): EspalierError {
  const diff = graphDiff(graph as unknown as GraphShape, now.shape as unknown as GraphShape);
  const lines = diff.map((line) => `  ${line}`).join('\n');
  const isOwn = now.workflow.version === version;
  const message = isOwn
    ? `Run '${runId}' began with another graph of workflow '${name}' version ${version}:\n${lines}`
    : `Run '${runId}' is of workflow '${name}' version ${version}, which is not registered. Version ${now.workflow.version} has another graph:\n${lines}`;
  const hint = isOwn
    ? `Give the changed workflow a higher version, and register version ${version} as it was beside it, or write its \`migrate\`.`
    : `Register version ${version} beside it, or write defineWorkflow({ …, migrate }) in a newer version.`;
  return new EspalierError('run-changed', message, { hint, where: { runId, workflow: name }, details: { diff } });
}

const unknown = ({ runId, workflow, version }: RunStartEvent): EspalierError =>
  new EspalierError(
    'workflow-unknown',
    `Run '${runId}' is of workflow '${workflow}' version ${version}, which is not registered.`,
    { hint: 'Register that version of the workflow.', where: { runId, workflow } },
  );
