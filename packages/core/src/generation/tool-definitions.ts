import { handoffToolName } from '../graph/agent-tools.js';
import type { ToolDefinition } from '../model/chat-model.js';
import type { AgentGeneration, CompiledAgent } from './compiled-agent.js';

/** The tools of an agent as its model sees them. */
interface ToolLists {
  readonly own: readonly ToolDefinition[];
  withHandoffs: readonly ToolDefinition[] | undefined;
}

/**
 * Made once an agent, for they go out with every request: who knows a list by its identity, such as the journal and the
 * adapters of providers, need not look at it again.
 */
const lists = new WeakMap<AgentGeneration, ToolLists>();

/** @param handoffs whether the conversation may still be passed on */
export function toolDefinitions(generation: AgentGeneration, handoffs: boolean): readonly ToolDefinition[] {
  let made = lists.get(generation);
  if (made === undefined) {
    made = { own: [...generation.tools.values()].map(({ definition }) => definition), withHandoffs: undefined };
    lists.set(generation, made);
  }
  if (!handoffs || generation.handoff === undefined) return made.own;
  made.withHandoffs ??= [...made.own, ...generation.handoff.targets().map(handoffTool)];
  return made.withHandoffs;
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
