import { describeValue, type ErrorWhere, EspalierError } from '../errors/espalier-error.js';
import type { Fault } from '../errors/graph-error.js';
import type { CompiledTool } from '../generation/compiled-agent.js';
import { agentToolName } from '../graph/agent-tools.js';
import { type AgentDefinition, readAgent, readTools } from '../metadata/agent-definition.js';
import type { AgentTool, InjectableClass, ToolDeclaration } from '../metadata/agent-metadata.js';
import { byOrder } from '../policies/order.js';
import { policiesOfMethod } from '../policies/record-policy.js';
import { readSchema } from '../schema/read-schema.js';
import type { SchemaOf, SchemaSource } from '../schema/schema.js';
import { emptyInput, taskInput } from './built-in-inputs.js';
import type { ToolContext } from './tool-context.js';

/** The most characters of a tool's output that a model gets, where the tool does not say. */
export const MAX_TOOL_OUTPUT = 65_536;

export interface CompileToolsOptions {
  /** The instance of an injectable class whose `@Tool` methods the agent has been given. */
  instanceOf(target: InjectableClass): object;
}

/** Everything that an agent's model may call, by name: its own methods, those of other classes, and other agents. */
export async function compileTools(
  definition: AgentDefinition,
  instance: object,
  { instanceOf }: CompileToolsOptions,
): Promise<{ readonly tools: ReadonlyMap<string, CompiledTool>; readonly faults: readonly Fault[] }> {
  const faults: Fault[] = [];
  const compiled: CompiledTool[] = [];
  const methods = async (owner: object, className: string, declarations: readonly ToolDeclaration[]): Promise<void> => {
    for (const declaration of declarations) {
      const origin = `${className}.${declaration.method}`;
      checkOutput(declaration, origin, definition, faults);
      checkKey(declaration, origin, definition, faults);
      const input = await inputOf(
        declaration.input ?? declaration.parameters?.[0],
        declaration,
        origin,
        definition,
        faults,
      );
      if (input !== undefined) compiled.push(methodTool(owner, declaration, input, origin));
    }
  };
  await methods(instance, definition.className, definition.tools);
  for (const tool of definition.options.tools ?? []) {
    if (typeof tool === 'function') await methods(instanceOf(tool), tool.name, readTools(tool.prototype as object));
    else {
      const made = await agentTool(tool, definition, faults);
      if (made !== undefined) compiled.push(made);
    }
  }
  return { tools: new Map(compiled.map((tool) => [tool.definition.name, tool])), faults };
}

function methodTool(owner: object, declaration: ToolDeclaration, input: SchemaOf, origin: string): CompiledTool {
  const {
    method,
    name = method,
    description,
    approval = false,
    maxOutput = MAX_TOOL_OUTPUT,
    idempotencyKey,
  } = declaration;
  const call = (owner as Record<string, (args: unknown, context: ToolContext) => unknown>)[method];
  const policies = policiesOfMethod(Object.getPrototypeOf(owner) as object, method);
  return {
    definition: { name, description, parameters: input.jsonSchema },
    input,
    approval,
    maxOutput,
    idempotencyKey,
    policies: [...policies].sort(byOrder),
    origin,
    call: (args, context) => call?.call(owner, args, context),
  };
}

async function agentTool(
  { agent, name, description, input }: AgentTool,
  { file }: AgentDefinition,
  faults: Fault[],
): Promise<CompiledTool | undefined> {
  const { name: node, options } = readAgent(agent);
  const origin = `asTool(${agent.name})`;
  const where = { class: origin, ...(file === undefined ? {} : { file }) };
  const schema = input === undefined ? taskInput : await readable(input, origin, where, faults);
  if (schema === undefined) return undefined;
  return {
    definition: {
      name: name ?? agentToolName(node),
      description: description ?? options.description ?? options.instructions?.split('\n')[0] ?? node,
      parameters: schema.jsonSchema,
    },
    input: schema,
    approval: false,
    maxOutput: MAX_TOOL_OUTPUT,
    policies: [],
    origin: agent.name,
    agent,
    call: (args, context) => context.runAgent(agent, [schema === taskInput ? (args as { task: string }).task : args]),
  };
}

function checkOutput({ maxOutput }: ToolDeclaration, origin: string, { file }: AgentDefinition, faults: Fault[]): void {
  if (maxOutput === undefined || (Number.isInteger(maxOutput) && maxOutput >= 1)) return;
  faults.push({
    code: 'option-invalid',
    message: `\`maxOutput\` of tool ${origin}: expected a whole number from 1, got ${describeValue(maxOutput)}.`,
    hint: "Write @Tool({ description: '…', maxOutput: 65_536 }).",
    where: { class: origin, ...(file === undefined ? {} : { file }) },
  });
}

function checkKey(
  { idempotencyKey }: ToolDeclaration,
  origin: string,
  { file }: AgentDefinition,
  faults: Fault[],
): void {
  if (idempotencyKey === undefined || typeof idempotencyKey === 'function') return;
  faults.push({
    code: 'option-invalid',
    message: `\`idempotencyKey\` of tool ${origin}: expected a function, got ${describeValue(idempotencyKey)}.`,
    hint: "Write @Tool({ description: '…', idempotencyKey: ({ order }) => order }).",
    where: { class: origin, ...(file === undefined ? {} : { file }) },
  });
}

/** The schema of a method's arguments; nothing, and a fault, where it cannot be read. */
async function inputOf(
  source: unknown,
  { parameters }: ToolDeclaration,
  origin: string,
  { file }: AgentDefinition,
  faults: Fault[],
): Promise<SchemaOf | undefined> {
  if (source === undefined && (parameters?.length ?? 0) === 0) return emptyInput;
  const where = { class: origin, ...(file === undefined ? {} : { file }) };
  return readable(source as SchemaSource, origin, where, faults);
}

async function readable(
  source: SchemaSource,
  origin: string,
  where: ErrorWhere,
  faults: Fault[],
): Promise<SchemaOf | undefined> {
  try {
    return await readSchema(source, where);
  } catch (error) {
    if (!EspalierError.is(error)) throw error;
    faults.push({
      code: error.code,
      message: `The arguments of tool ${origin}: ${error.message}`,
      hint: error.hint,
      where,
    });
    return undefined;
  }
}
