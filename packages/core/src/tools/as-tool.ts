import type { AgentClass } from '../metadata/agent-class.js';
import type { AgentTool } from '../metadata/agent-metadata.js';
import type { SchemaSource } from '../schema/schema.js';

export interface AsToolOptions {
  /** @default the agent's name, with `_` for `-` */
  readonly name?: string;
  /** @default the agent's description */
  readonly description?: string;
  /** Shape of the input that `run()` takes. @default `{ task: string }`, of which `run()` gets the text */
  readonly input?: SchemaSource;
}

/**
 * An agent as another agent's tool: the model calls it, and it runs as a nested node with its own policies,
 * budget and records. The agent must depend on nothing.
 *
 * @example
 * \@Agent({ instructions: 'You plan.', tools: [asTool(Researcher)] })
 */
export function asTool(agent: AgentClass, options: AsToolOptions = {}): AgentTool {
  return Object.freeze({
    kind: 'agent-tool',
    agent,
    name: options.name,
    description: options.description,
    input: options.input,
  });
}
