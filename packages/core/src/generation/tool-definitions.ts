import { handoffToolName } from '../graph/agent-tools.js';
import type { ToolDefinition } from '../model/chat-model.js';
import type { AgentGeneration, CompiledAgent } from './compiled-agent.js';

/** The tools of an agent as its model sees them. */
interface AgentTools {
  readonly own: readonly ToolDefinition[];
  readonly targets: ReadonlyMap<string, CompiledAgent>;
  readonly all: readonly ToolDefinition[];
}

/** @param handoffs whether the conversation may still be passed on */
export function toolDefinitions(generation: AgentGeneration, handoffs: boolean): readonly ToolDefinition[] {
  const { own, all } = toolsOf(generation);
  return handoffs ? all : own;
}

/** Whom an agent may pass the conversation to, by the tools that do it. */
export const handoffTargets = (generation: AgentGeneration): ReadonlyMap<string, CompiledAgent> =>
  toolsOf(generation).targets;

/**
 * Made once an agent, for they go out with every request: who knows a list by its identity, such as the journal and the
 * adapters of providers, need not look at it again.
 */
const known = new WeakMap<AgentGeneration, AgentTools>();

function toolsOf(generation: AgentGeneration): AgentTools {
  const before = known.get(generation);
  if (before !== undefined) return before;
  const own = [...generation.tools.values()].map(({ definition }) => definition);
  const targets = generation.handoff?.targets() ?? [];
  const made: AgentTools = {
    own,
    targets: new Map(targets.map((agent) => [handoffToolName(agent.name), agent])),
    all: targets.length === 0 ? own : [...own, ...targets.map(handoffTool)],
  };
  known.set(generation, made);
  return made;
}

function handoffTool({ name, definition }: CompiledAgent): ToolDefinition {
  const { description, instructions } = definition.options;
  return {
    name: handoffToolName(name),
    description: `Pass the conversation on to ${name}: ${description ?? instructions?.split('\n')[0] ?? name}`,
    parameters: {
      type: 'object',
      properties: { reason: { type: 'string', description: 'Why it is passed on.' } },
      additionalProperties: false,
    },
  };
}
