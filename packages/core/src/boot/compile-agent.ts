import type { Resolver } from '../container/resolver.js';
import { errorCodes } from '../errors/codes.js';
import { EspalierError } from '../errors/espalier-error.js';
import type { Fault } from '../errors/graph-error.js';
import type { AgentGeneration, CompiledAgent, CompiledHandoff, CompiledTool } from '../generation/compiled-agent.js';
import type { CompiledModel } from '../generation/compiled-model.js';
import { isPromise, type MaybePromise } from '../journal/maybe-promise.js';
import { type ResolvedUse, resolvedUse } from '../memory/agent-memory.js';
import type { AgentClass } from '../metadata/agent-class.js';
import { agentDefaults } from '../metadata/agent-defaults.js';
import type { AgentDefinition } from '../metadata/agent-definition.js';
import type { InjectableClass } from '../metadata/agent-metadata.js';
import { readSchema } from '../schema/read-schema.js';
import type { SchemaOf, SchemaSource } from '../schema/schema.js';
import { type ThreadSettings, threadSettings, windowFault } from '../thread/thread-options.js';

export interface AgentCompiler {
  readonly resolver: Resolver;
  readonly models: ReadonlyMap<string, CompiledModel>;
  /** What is wrong with the agents compiled so far. */
  readonly faults: Fault[];
  /** Finds a compiled agent; asked only after all are. */
  compiled(agent: AgentClass): CompiledAgent;
}

/** Resolves all that an agent's decorators name: its instance, model, schemas and tools. */
export function compileAgent(definition: AgentDefinition, compiler: AgentCompiler): MaybePromise<CompiledAgent> {
  const instance = compiler.resolver.get(definition.agent as InjectableClass<object>);
  const { name, options, usesModel } = definition;
  if (isPromise(instance) || usesModel || options.output !== undefined) {
    return compileWithModel(definition, instance, compiler);
  }
  // Plain code needs to wait for nothing: large graphs consist of it.
  const { run } = instance as { readonly run?: CompiledAgent['run'] };
  return { name, definition, instance, run, output: undefined, generation: undefined };
}

async function compileWithModel(
  definition: AgentDefinition,
  found: MaybePromise<object>,
  compiler: AgentCompiler,
): Promise<CompiledAgent> {
  const instance = await found;
  const { name, options, usesModel } = definition;
  const output = options.output === undefined ? undefined : await schemaOf(options.output, definition, compiler);
  const generation = usesModel ? await compileGeneration(definition, instance, compiler) : undefined;
  const { run } = instance as { readonly run?: CompiledAgent['run'] };
  if (run !== undefined && !definition.hasRun && instance instanceof definition.agent) {
    compiler.faults.push(runIsProperty(definition));
  }
  if (run === undefined && output !== undefined && output.jsonSchema.type !== 'string') {
    compiler.faults.push(textOnly(definition, output));
  }
  return { name, definition, instance, run, output, generation };
}

/** The compiler takes the output of an agent without `run` for a string: data has to be asked for in `run`. */
function textOnly({ className, file }: AgentDefinition, { name }: SchemaOf): Fault {
  return {
    code: 'decorator-conflict',
    message: `${className} has no run(), so its output is the model's text; @Agent({ output }) asks for data of ${name}.`,
    hint: `Write run(…, ctx: RunContext) { return ctx.generate(${name}, '…'); } in class ${className}, and remove \`output\`.`,
    where: { class: className, ...(file === undefined ? {} : { file }) },
  };
}

/** `run = () => …` is there only once there is an instance: the proof took the agent for a plain model agent. */
function runIsProperty({ className, file }: AgentDefinition): Fault {
  return {
    code: 'option-invalid',
    message: `${className}.run is a property: expected a method, which the proof can see.`,
    hint: `Write run(…) { … } instead of run = (…) => … in class ${className}.`,
    where: { class: `${className}.run`, ...(file === undefined ? {} : { file }) },
  };
}

async function compileGeneration(
  definition: AgentDefinition,
  instance: object,
  compiler: AgentCompiler,
): Promise<AgentGeneration | undefined> {
  const { options } = definition;
  const model = compiler.models.get(options.model ?? agentDefaults.model);
  if (model === undefined) return undefined; // the proof has reported it
  const { resolver } = compiler;
  const instances = new Map<InjectableClass, object>();
  for (const tool of options.tools ?? []) {
    if (typeof tool === 'function') instances.set(tool, (await resolver.get(tool)) as object);
  }
  const { compileTools } = await import('../tools/compile-tools.js');
  const { tools: own, faults } = await compileTools(definition, instance, {
    instanceOf: (target) => instances.get(target) as object,
  });
  const uses = (options.memory ?? []).map(resolvedUse);
  const tools = new Map(own);
  for (const tool of await compileMemoryTools(uses, definition, compiler)) tools.set(tool.definition.name, tool);
  compiler.faults.push(...faults, ...unsupportedSchemas(model, [...tools.values()], definition));
  return {
    ask: await import('../generation/ask-model.js'),
    instructions: options.instructions,
    model,
    models: compiler.models,
    settings: options.settings,
    tools,
    maxTurns: options.maxTurns ?? agentDefaults.maxTurns,
    maxModelCalls: options.maxModelCalls ?? agentDefaults.maxModelCalls,
    maxToolCalls: options.maxToolCalls ?? agentDefaults.maxToolCalls,
    corrections: options.corrections ?? agentDefaults.corrections,
    handoff: compileHandoff(definition, compiler),
    thread: compileThread(definition, compiler),
    memories: uses.flatMap((use) => (use.kind === 'memory' ? [use.memory] : [])),
  };
}

/** Arguments of a tool are objects: a memory of anything else can be shown only. */
async function compileMemoryTools(
  uses: readonly ResolvedUse[],
  { className, file }: AgentDefinition,
  { faults }: AgentCompiler,
): Promise<readonly CompiledTool[]> {
  if (uses.length === 0) return [];
  const where = { class: className, ...(file === undefined ? {} : { file }) };
  try {
    const { memoryTools } = await import('../tools/memory-tools.js');
    const tools = await memoryTools(uses);
    for (const { origin, definition } of tools) {
      if (definition.parameters.type === 'object') continue;
      const message = `${className}: ${origin} is no object, so the model gets no tool that changes fields of it.`;
      faults.push({
        code: 'option-invalid',
        message,
        hint: 'Leave out `update`, or make the schema an object.',
        where,
      });
    }
    return tools;
  } catch (error) {
    if (!EspalierError.is(error)) throw error;
    faults.push({ code: error.code, message: `${className}: ${error.message}`, hint: error.hint, where });
    return [];
  }
}

/** What the agent's model, or one that stands in for it, cannot take of its tools' arguments. */
function unsupportedSchemas(
  { candidates }: CompiledModel,
  tools: readonly CompiledTool[],
  { className, file }: AgentDefinition,
): readonly Fault[] {
  return candidates.flatMap(({ model }) =>
    tools.flatMap(({ origin, definition }) =>
      (model.checkSchema?.(definition.parameters, 'tool') ?? []).map(({ path, message }) => ({
        code: 'schema-unsupported' as const,
        message: `The arguments of tool ${origin}: ${model.name} cannot take ${path}: ${message}`,
        hint: errorCodes['schema-unsupported'].hint,
        where: { class: className, path, ...(file === undefined ? {} : { file }) },
      })),
    ),
  );
}

function compileThread(
  { className, file, options }: AgentDefinition,
  { models, faults }: AgentCompiler,
): ThreadSettings | undefined {
  const { thread } = options;
  if (thread === undefined || thread === false) return undefined;
  const where = { class: className, ...(file === undefined ? {} : { file }) };
  const settings = threadSettings(thread);
  const wrong = thread === true ? undefined : windowFault(thread);
  if (wrong !== undefined) {
    const hint = `Write @Agent({ thread: { window: 16_000 } }) on ${className}.`;
    faults.push({ code: 'option-invalid', message: `${className}: ${wrong}`, hint, where });
  }
  const { model } = settings.summarise ?? {};
  if (model !== undefined && !models.has(model)) {
    const message = `${className}: \`thread.summarise.model\` is '${model}'; registered: ${[...models.keys()].join(', ')}.`;
    faults.push({ code: 'model-unknown', message, hint: errorCodes['model-unknown'].hint, where });
  }
  return settings;
}

function compileHandoff({ handoff }: AgentDefinition, compiler: AgentCompiler): CompiledHandoff | undefined {
  if (handoff === undefined) return undefined;
  return {
    max: handoff.max,
    pass: handoff.pass,
    targets: () => handoff.targets.map((target) => compiler.compiled(target)),
  };
}

async function schemaOf(
  source: SchemaSource,
  { className, file }: AgentDefinition,
  compiler: AgentCompiler,
): Promise<SchemaOf | undefined> {
  const where = { class: className, ...(file === undefined ? {} : { file }) };
  try {
    return await readSchema(source, where);
  } catch (error) {
    if (!EspalierError.is(error)) throw error;
    compiler.faults.push({ code: error.code, message: error.message, hint: error.hint, where });
    return undefined;
  }
}
