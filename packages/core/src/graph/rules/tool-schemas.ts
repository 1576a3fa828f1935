import type { Fault } from '../../errors/graph-error.js';
import { type AgentDefinition, readTools } from '../../metadata/agent-definition.js';
import type { ToolDeclaration } from '../../metadata/agent-metadata.js';
import { definitionsOf } from '../definitions-of.js';
import { isClass } from '../is-class.js';
import { faultOf, type RuleInput } from './rule.js';

/** Types that say nothing of a shape, and what TypeScript wrote to get them. */
const shapeless = new Map<unknown, string>([
  [Object, 'an interface, a type literal or a union'],
  [String, 'a string'],
  [Number, 'a number'],
  [Boolean, 'a boolean'],
  [Array, 'an array'],
  [Function, 'a function'],
  [Promise, 'a Promise'],
  [Date, 'a Date'],
  [Map, 'a Map'],
  [Set, 'a Set'],
  [Symbol, 'a symbol'],
  [BigInt, 'a bigint'],
]);

/** The arguments of every tool have a shape that can be read: `input`, or a class as the first parameter. */
export function toolSchemas({ graph }: RuleInput): Fault[] {
  const faults: Fault[] = [];
  for (const definition of definitionsOf(graph)) {
    const { className, agent, tools, options } = definition;
    for (const tool of tools) check(definition, className, agent.prototype as object, tool, faults);
    for (const injected of options.tools ?? []) {
      if (!isClass(injected)) continue;
      const prototype = injected.prototype as object;
      for (const tool of readTools(prototype)) check(definition, String(injected.name), prototype, tool, faults);
    }
  }
  return faults;
}

function check(agent: AgentDefinition, owner: string, prototype: object, tool: ToolDeclaration, faults: Fault[]): void {
  if (tool.input !== undefined) return;
  const problem = unreadable(prototype, tool);
  if (problem === undefined) return;
  const fault = faultOf(agent, 'schema-unreadable', {
    message: `Tool ${owner}.${tool.method}: ${problem}; no schema of its arguments can be read.`,
    hint: `Declare a class with class-validator decorators as the first parameter, or write @Tool({ description: '…', input: z.object({ … }) }).`,
    owner,
    member: tool.method,
  });
  faults.push({ ...fault, where: { ...fault.where, argument: 0 } });
}

function unreadable(prototype: object, { method, parameters }: ToolDeclaration): string | undefined {
  if (parameters === undefined) {
    const { length } = (prototype as Readonly<Record<string, { readonly length: number }>>)[method] ?? { length: 0 };
    return length === 0 ? undefined : 'the compiler wrote no parameter types (emitDecoratorMetadata is off)';
  }
  if (parameters.length === 0) return undefined;
  const [first] = parameters;
  if (first === undefined) return 'its first parameter is undefined: two files may import each other';
  const what = shapeless.get(first);
  return what === undefined ? undefined : `its first parameter is ${what}`;
}
