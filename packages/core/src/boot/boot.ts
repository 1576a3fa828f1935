import { type CreatedResolver, createResolver } from '../container/create-resolver.js';
import { describeValue, EspalierError } from '../errors/espalier-error.js';
import { type Fault, GraphError } from '../errors/graph-error.js';
import type { CompiledAgent } from '../generation/compiled-agent.js';
import type { CompiledModel } from '../generation/compiled-model.js';
import { buildGraphs } from '../graph/build-graphs.js';
import { isWorkflow } from '../graph/called-workflows.js';
import type { Graph } from '../graph/graph.js';
import { isClass } from '../graph/is-class.js';
import type { ModelWidths } from '../graph/node-bounds.js';
import { proveGraph } from '../graph/prove-graph.js';
import type { Workflow } from '../graph/workflow.js';
import { isPromise } from '../journal/maybe-promise.js';
import type { EmbeddingPolicies } from '../memory/memory-services.js';
import type { AgentClass } from '../metadata/agent-class.js';
import type { AgentDefinition } from '../metadata/agent-definition.js';
import type { InjectableClass } from '../metadata/agent-metadata.js';
import { policiesFrom } from '../policies/order.js';
import type { EspalierOptions } from '../runtime/espalier-options.js';
import { readSchema } from '../schema/read-schema.js';
import type { SchemaOf, SchemaSource } from '../schema/schema.js';
import { type AgentCompiler, compileAgent } from './compile-agent.js';
import { compileModels } from './compile-models.js';
import { compileWorkflow } from './compile-workflow.js';
import type { CompiledWorkflow } from './compiled-workflow.js';

/** What can run, and how to end what was made for it. */
export interface Booted {
  readonly workflows: ReadonlyMap<string, CompiledWorkflow>;
  readonly modelWidths: ModelWidths;
  /** Policies of embedding models' providers, and their own. */
  readonly embeddingPolicies: EmbeddingPolicies;
  /** Ends the instances that the default container has made. @throws dispose-failed */
  dispose(): Promise<void>;
}

/**
 * From decorated classes to workflows that can run: build, prove, resolve, compile.
 * @throws GraphError with all faults of all workflows
 */
export async function boot(options: EspalierOptions): Promise<Booted> {
  const { models, embeddingPolicies, faults: modelFaults } = compileModels(options);
  const built = buildGraphs(checkedWorkflows(options.workflows), policiesFrom(options.policies ?? {}));
  const graphs = built.map(({ graph }) => graph);
  refuseDoubles(graphs.map(({ workflow }) => workflow));
  const faults: Fault[] = [
    ...modelFaults,
    ...proveGraph({ graphs: built, models: new Set(models.keys()), agents: options.agents ?? [] }),
  ];
  const definitions = definitionsOf(graphs);
  const created = await resolverOf(options, definitions);
  faults.push(...created.faults);
  if (faults.length > 0) throw new GraphError(faults);

  const { resolver, dispose } = created;
  try {
    const workflows = await compileAll({ graphs, definitions, models, resolver });
    return { workflows, modelWidths: widthsOf(models), embeddingPolicies, dispose };
  } catch (error) {
    await dispose().catch(() => {}); // the first failure is the one to tell
    throw error;
  }
}

function widthsOf(models: ReadonlyMap<string, CompiledModel>): ModelWidths {
  return new Map([...models].map(([name, { candidates }]) => [name, candidates.length]));
}

interface Compilation extends Pick<AgentCompiler, 'resolver' | 'models'> {
  readonly graphs: readonly Graph[];
  readonly definitions: ReadonlyMap<AgentClass, AgentDefinition>;
}

/** @throws GraphError with what only shows when instances and schemas are there */
async function compileAll({ graphs, definitions, models, resolver }: Compilation): Promise<Booted['workflows']> {
  const faults: Fault[] = [];
  const agents = new Map<AgentClass, CompiledAgent>();
  const compiler: AgentCompiler = {
    resolver,
    models,
    faults,
    compiled: (agent) => agents.get(agent) as CompiledAgent,
  };
  for (const [agent, definition] of definitions) {
    const compiledAgent = compileAgent(definition, compiler);
    agents.set(agent, isPromise(compiledAgent) ? await compiledAgent : compiledAgent);
  }
  const compiled: CompiledWorkflow[] = [];
  for (const graph of graphs) compiled.push(compileWorkflow(graph, agents, await inputSchema(graph.workflow, faults)));
  if (faults.length > 0) throw new GraphError(faults);
  return new Map(compiled.map((one) => [workflowKey(one.workflow), one]));
}

/** What a workflow is looked up by. */
export const workflowKey = ({ name, version }: { readonly name: string; readonly version: number }): string =>
  `${name}@${version}`;

/** @throws workflow-invalid where something else stands: after a circular import it may be nothing */
function checkedWorkflows(workflows: EspalierOptions['workflows']): EspalierOptions['workflows'] {
  if (!Array.isArray(workflows)) {
    const message = `createEspalier: workflows: expected a list, got ${describeValue(workflows)}.`;
    throw new EspalierError('workflow-invalid', message, { hint: 'Write createEspalier({ workflows: [report] }).' });
  }
  workflows.forEach((workflow: unknown, index) => {
    if (isWorkflow(workflow)) return;
    throw new EspalierError(
      'workflow-invalid',
      `createEspalier: workflows[${index}]: expected a workflow of defineWorkflow, got ${describeValue(workflow)}.`,
      { hint: 'Pass the workflow itself. If it is imported, two files may import each other: move one of them.' },
    );
  });
  return workflows;
}

/** @throws workflow-invalid when two workflows, registered or called, have one name and version */
function refuseDoubles(workflows: readonly Workflow[]): void {
  const seen = new Set<string>();
  for (const workflow of workflows) {
    const key = workflowKey(workflow);
    if (seen.has(key)) {
      throw new EspalierError(
        'workflow-invalid',
        `createEspalier: two workflows are '${workflow.name}' version ${workflow.version}.`,
        {
          hint: 'Give one of them another name, or the newer one a higher version.',
          where: { workflow: workflow.name },
        },
      );
    }
    seen.add(key);
  }
}

function definitionsOf(graphs: readonly Graph[]): ReadonlyMap<AgentClass, AgentDefinition> {
  const definitions = new Map<AgentClass, AgentDefinition>();
  for (const { nodes, nested } of graphs) {
    for (const { definition } of nested.values()) definitions.set(definition.agent, definition);
    for (const { definition } of nodes) definitions.set(definition.agent, definition);
  }
  return definitions;
}

async function resolverOf(
  options: EspalierOptions,
  definitions: ReadonlyMap<AgentClass, AgentDefinition>,
): Promise<CreatedResolver> {
  if (options.resolver !== undefined) return { resolver: options.resolver, faults: [], dispose: async () => {} };
  const classes = new Set<InjectableClass>();
  for (const [agent, definition] of definitions) {
    classes.add(agent as unknown as InjectableClass);
    for (const tool of definition.options.tools ?? []) if (isClass(tool)) classes.add(tool as InjectableClass);
  }
  const created = await createResolver([...classes], options.providers ?? []);
  const { faults } = created;
  return { ...created, faults: faults.length === 0 ? faults : withFiles(faults, definitions.values()) };
}

/** The container knows classes only; those that are agents also have a file. */
function withFiles(faults: readonly Fault[], definitions: Iterable<AgentDefinition>): readonly Fault[] {
  const files = new Map<string | undefined, string | undefined>();
  for (const { className, file } of definitions) files.set(className, file);
  return faults.map((fault) => {
    const file = files.get(fault.where.class);
    return file === undefined ? fault : { ...fault, where: { ...fault.where, file } };
  });
}

async function inputSchema(workflow: Workflow, faults: Fault[]): Promise<SchemaOf | undefined> {
  const { input } = workflow.options as { readonly input?: SchemaSource };
  if (input === undefined) return undefined;
  try {
    return await readSchema(input, { workflow: workflow.name });
  } catch (error) {
    if (!EspalierError.is(error)) throw error;
    const { code, message, hint } = error;
    faults.push({
      code,
      message: `The input of workflow '${workflow.name}': ${message}`,
      hint,
      where: { workflow: workflow.name },
    });
    return undefined;
  }
}
