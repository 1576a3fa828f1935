import { memoryToolNames, resolvedUse } from '../memory/agent-memory.js';
import type { AgentClass } from '../metadata/agent-class.js';
import { type AgentDefinition, readAgent, readTools } from '../metadata/agent-definition.js';
import { isClass } from './is-class.js';

/** A tool that an agent's model sees. */
export interface AgentToolName {
  readonly name: string;
  /** What makes it, as people would look for it: `Writer.search`, `asTool(Researcher)`. */
  readonly origin: string;
}

/** Name of an agent as a tool, where `asTool` gives none. */
export const agentToolName = (node: string): string => node.replaceAll('-', '_');

/** Name of the tool that passes a conversation on. */
export const handoffToolName = (node: string): string => `handoff_to_${agentToolName(node)}`;

/** All tools that an agent's model sees, in declared order. What is no class is left out: a rule reports it. */
export function agentTools({ className, tools, options, handoff }: AgentDefinition): readonly AgentToolName[] {
  const all: AgentToolName[] = tools.map(({ name, method }) => ({
    name: name ?? method,
    origin: `${className}.${method}`,
  }));
  for (const tool of options.tools ?? []) {
    if (isClass(tool)) {
      for (const { name, method } of readTools(tool.prototype as object)) {
        all.push({ name: name ?? method, origin: `${tool.name}.${method}` });
      }
    } else if (typeof tool === 'object' && isClass(tool?.agent)) {
      all.push({ name: tool.name ?? agentToolName(nameOf(tool.agent)), origin: `asTool(${tool.agent.name})` });
    }
  }
  for (const use of options.memory ?? []) {
    const resolved = resolvedUse(use);
    const origin = `${resolved.kind} '${(resolved.kind === 'memory' ? resolved.memory : resolved.notes).name}'`;
    for (const name of memoryToolNames(resolved)) all.push({ name, origin });
  }
  for (const target of handoff?.targets ?? []) {
    if (isClass(target)) all.push({ name: handoffToolName(nameOf(target)), origin: `@Handoff(${target.name})` });
  }
  return all;
}

const nameOf = (agent: AgentClass): string => readAgent(agent).name;
