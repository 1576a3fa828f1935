import { describeValue } from '../../errors/espalier-error.js';
import type { Fault } from '../../errors/graph-error.js';
import { type AgentDefinition, readTools } from '../../metadata/agent-definition.js';
import { agentKey } from '../../metadata/agent-metadata.js';
import { type AgentToolName, agentTools } from '../agent-tools.js';
import { definitionsOf } from '../definitions-of.js';
import { hintForNoClass, isClass } from '../is-class.js';
import { faultOf, type RuleInput } from './rule.js';

/** What OpenAI and Anthropic take as a function's name. */
const allowed = /^[a-zA-Z0-9_-]{1,64}$/;

/** A model can tell the tools of its agent apart, and its provider takes their names. */
export function toolNames({ graph }: RuleInput): Fault[] {
  const faults: Fault[] = [];
  for (const definition of definitionsOf(graph)) {
    if (!definition.usesModel) continue;
    faults.push(...emptyToolClasses(definition));
    const byName = new Map<string, AgentToolName>();
    for (const tool of agentTools(definition)) {
      const other = byName.get(tool.name);
      if (!allowed.test(tool.name)) faults.push(invalidName(definition, tool));
      else if (other === undefined) byName.set(tool.name, tool);
      else faults.push(ambiguous(definition, other, tool));
    }
  }
  return faults;
}

function emptyToolClasses(definition: AgentDefinition): Fault[] {
  const faults: Fault[] = [];
  const { className, options } = definition;
  for (const tool of options.tools ?? []) {
    if (isClass(tool) && readTools(tool.prototype as object).length === 0) {
      const isAgent = agentKey.read(tool) !== undefined;
      faults.push(
        faultOf(definition, 'option-invalid', {
          message: `\`tools\` of ${className}: ${tool.name} has no @Tool() method.`,
          hint: isAgent
            ? `Write @Agent({ tools: [asTool(${tool.name})] }) to let the model call the agent.`
            : `Write @Tool('What it does') above a method of class ${tool.name}.`,
        }),
      );
    } else if (!isClass(tool) && (typeof tool !== 'object' || tool === null)) {
      faults.push(
        faultOf(definition, 'agent-unknown', {
          message: `\`tools\` of ${className}: expected a class with @Tool() methods or asTool(…), got ${describeValue(tool)}.`,
          hint: hintForNoClass,
        }),
      );
    }
  }
  return faults;
}

function invalidName(definition: AgentDefinition, { name, origin }: AgentToolName): Fault {
  return faultOf(definition, 'option-invalid', {
    message: `Tool ${origin} of ${definition.className}: expected a name of 1 to 64 letters, digits, '_' and '-', got ${describeValue(name)}.`,
    hint: renamed(origin, name),
  });
}

function ambiguous(definition: AgentDefinition, first: AgentToolName, second: AgentToolName): Fault {
  return faultOf(definition, 'tool-name-ambiguous', {
    message: `${definition.className} has two tools named '${second.name}': ${first.origin} and ${second.origin}.`,
    hint: renamed(second.origin, `${second.name}_2`),
  });
}

/** How a tool of this origin gets another name. */
function renamed(origin: string, name: string): string {
  const better =
    name
      .replace(/[^a-zA-Z0-9-]+/g, '_')
      .replace(/^_|_$/g, '')
      .slice(0, 64) || 'search';
  const inner = /\((.*)\)$/.exec(origin)?.[1];
  if (origin.startsWith('asTool')) return `Write asTool(${inner}, { name: '${better}' }).`;
  if (origin.startsWith('@Handoff'))
    return `Write @Agent({ name: '…' }) above class ${inner}: the tool's name is made of it.`;
  if (/^(?:memory|notes) '/.test(origin)) return 'Give it another name, or let the model have no tool for it.';
  return `Write @Tool({ name: '${better}', description: '…' }) above ${origin}.`;
}
