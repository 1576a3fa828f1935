import type { CompiledNode, CompiledWorkflow } from '../boot/compiled-workflow.js';
import { describeValue, EspalierError } from '../errors/espalier-error.js';
import type { JournalRecord, RunMigrateEvent } from '../events/event.js';
import type { Json } from '../schema/json.js';
import { toPlain } from '../schema/plain.js';
import type { SchemaIssue } from '../schema/schema.js';
import { givenOutput } from './given-output.js';
import type { Migrate, Migration, RunToMigrate } from './migration.js';
import { runToMigrate } from './run-to-migrate.js';

/** The record of a migration. */
export type MigrationBody = Omit<RunMigrateEvent, 'v' | 'runId' | 'seq' | 'time'>;

/**
 * Asks the workflow that is to take over a run what the run goes on with, and checks the answer. Writes nothing.
 * @throws migration-failed, migration-invalid, not-plain-data
 */
export async function migrateRun(
  compiled: CompiledWorkflow,
  records: readonly JournalRecord[],
): Promise<MigrationBody> {
  const run = runToMigrate(records);
  const given = await ask(compiled, run);
  const check = new MigrationCheck(compiled, run);
  const keep = check.keep(given.keep ?? []);
  const outputs = await check.outputs(given.outputs ?? {}, keep);
  const input = given.input === undefined ? undefined : await check.input(given.input);
  await check.kept(keep);
  return {
    type: 'run-migrate',
    version: compiled.workflow.version,
    fingerprint: compiled.fingerprint,
    graph: compiled.shape,
    ...(input === undefined ? {} : { input }),
    keep,
    outputs,
  };
}

async function ask({ workflow }: CompiledWorkflow, run: RunToMigrate): Promise<Migration> {
  let given: unknown;
  try {
    given = await (workflow.options.migrate as Migrate)(run);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : describeValue(cause);
    const message = `Run '${run.runId}' of workflow '${workflow.name}' version ${run.version} was not migrated to version ${workflow.version}: ${why}`;
    throw new EspalierError('migration-failed', message, {
      where: { runId: run.runId, workflow: workflow.name },
      cause,
    });
  }
  if (typeof given === 'object' && given !== null) return given as Migration;
  throw invalid(workflow, run, `expected { input, keep, outputs }, got ${describeValue(given)}`);
}

/** Holds what a migration gave against both graphs. */
class MigrationCheck {
  readonly #compiled: CompiledWorkflow;
  readonly #run: RunToMigrate;

  constructor(compiled: CompiledWorkflow, run: RunToMigrate) {
    this.#compiled = compiled;
    this.#run = run;
  }

  /** What each kept node was called before. */
  keep(given: NonNullable<Migration['keep']>): Readonly<Record<string, string>> {
    const entries = Array.isArray(given)
      ? given.map((name: string) => [name, name] as const)
      : Object.entries(given as Readonly<Record<string, string>>);
    const names = new Map<string, string>();
    for (const [name, was] of entries) {
      this.#node(name, 'keep');
      if (!Object.hasOwn(this.#run.nodes, was)) {
        throw this.#invalid(
          `keep: the run has no node ${describeValue(was)}; it has ${list(Object.keys(this.#run.nodes))}`,
        );
      }
      const other = names.get(was);
      if (other !== undefined) throw this.#invalid(`keep: '${other}' and '${name}' are both '${was}'`);
      names.set(was, name);
    }
    return Object.fromEntries(entries);
  }

  async outputs(
    given: Readonly<Record<string, unknown>>,
    keep: Readonly<Record<string, string>>,
  ): Promise<RunMigrateEvent['outputs']> {
    const outputs: { readonly node: string; readonly output?: Json }[] = [];
    for (const [name, output] of Object.entries(given)) {
      const node = this.#node(name, 'outputs');
      if (Object.hasOwn(keep, name)) throw this.#invalid(`outputs: '${name}' is in \`keep\` too; name it once`);
      const value = await this.#output(node, output, `outputs.${name}`);
      outputs.push(value === undefined ? { node: name } : { node: name, output: value });
    }
    return outputs;
  }

  /** A kept output has to fit the agent that stands for its node now. */
  async kept(keep: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, was] of Object.entries(keep)) {
      const before = this.#run.nodes[was];
      if (before?.status === 'completed') await this.#output(this.#node(name, 'keep'), before.output, `keep.${name}`);
    }
  }

  async input(given: unknown): Promise<Json | undefined> {
    const { workflow, input } = this.#compiled;
    const plain = toPlain(given, { what: `the input that \`migrate\` of workflow '${workflow.name}' gave` });
    const result = await input?.validate(plain);
    if (result === undefined) return plain;
    if (result.valid) return toPlain(result.value);
    const [first] = result.issues as readonly [SchemaIssue];
    throw this.#invalid(`input: it is not a ${input?.name}: ${first.path}: ${first.message}`, undefined, first.path);
  }

  async #output(node: CompiledNode, given: unknown, what: string): Promise<Json | undefined> {
    const checked = await givenOutput(node, node.name, given);
    if ('problem' in checked) throw this.#invalid(`${what}: ${checked.problem}`, node.name, checked.path);
    return checked.value;
  }

  #node(name: string, option: string): CompiledNode {
    const { nodes } = this.#compiled;
    const node = nodes.find((one) => one.name === name);
    if (node !== undefined) return node;
    throw this.#invalid(`${option}: the graph has no node '${name}'; it has ${list(nodes.map((one) => one.name))}`);
  }

  #invalid(problem: string, node?: string, path?: string): EspalierError {
    return invalid(this.#compiled.workflow, this.#run, problem, node, path);
  }
}

function invalid(
  { name, version }: { readonly name: string; readonly version: number },
  { runId, version: before }: RunToMigrate,
  problem: string,
  node?: string,
  path?: string,
): EspalierError {
  const message = `\`migrate\` of workflow '${name}' version ${version}, for run '${runId}' of version ${before}: ${problem}.`;
  const place = { ...(node === undefined ? {} : { node }), ...(path === undefined ? {} : { path }) };
  return new EspalierError('migration-invalid', message, { where: { runId, workflow: name, ...place } });
}

const list = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');
